"""What the form offers that narrows and orders the institutions, and what else stands in the address."""

from collections.abc import Mapping, Sequence
from typing import Any

from portal.domain.names import place_order
from portal.domain.oversight.progress import Standing
from portal.domain.oversight.wanted import MODULE_CHOICES, SORTS, STATE_CHOICES, TYPES
from portal.domain.submissions import SubmissionState
from portal.web.http.converters import number_in


def choices(found: Sequence[Standing]) -> dict[str, Any]:
    """What the form offers of the institutions that there are: erased are only old months, and then all of
    it."""
    has_erased = any(each.state is SubmissionState.ERASED for each in found)
    places = {each.institution.municipality for each in found} - {""}
    return {
        "states": [each for each in STATE_CHOICES if has_erased or each[0] != SubmissionState.ERASED.value],
        "modules": MODULE_CHOICES,
        "types": list(TYPES.values()),
        "municipalities": sorted(places, key=place_order) if len(places) > 1 else [],
        "sorts": SORTS,
    }


def asked_page(sent: Mapping[str, str]) -> int:
    """From 1; what is no number is the first."""
    return number_in(sent.get("page", "")) or 1
