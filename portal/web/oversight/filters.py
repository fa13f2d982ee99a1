"""What the form offers that narrows and orders the institutions, and what else stands in the address."""

from collections.abc import Mapping, Sequence
from typing import Any

from portal.domain.names import place_order
from portal.domain.oversight.progress import Standing
from portal.domain.oversight.wanted import MODULE_CHOICES, SORTS, STATE_CHOICES, TYPES
from portal.domain.submissions import SubmissionState


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
    text = sent.get("page", "")
    return max(1, int(text)) if text.isascii() and text.isdecimal() and len(text) < 6 else 1


def asked_region(sent: Mapping[str, str]) -> int | None:
    text = sent.get("region", "")
    return int(text) if text.isascii() and text.isdecimal() and len(text) < 4 else None
