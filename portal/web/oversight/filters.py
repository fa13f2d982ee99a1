"""What narrows and orders the institutions that are shown. It stands in the address, so that it can be kept
as a bookmark and sent to somebody."""

from collections.abc import Mapping, Sequence
from typing import Any

from portal.domain.names import by_number
from portal.domain.oversight.progress import ORDERS, URGENCY, Module, Standing, Wanted
from portal.domain.placement import InstitutionType
from portal.domain.submissions import SubmissionState

# Beside the states: whoever has something left to do, where nobody of the institution has looked, and where
# nobody can.
UNFINISHED, UNOPENED, UNDIRECTED = "unfinished", "unopened", "undirected"
FINISHED, ONLY_REGISTER = "done", "only_register"
STATES = {state.value: state for state in URGENCY}
TYPES = {kind.value: kind for kind in InstitutionType}
STATE_CHOICES = [
    (UNFINISHED, "не са приключили"),
    (UNOPENED, "никога неотварян"),
    (UNDIRECTED, "без активиран директор"),
    (FINISHED, "приключили"),
    (ONLY_REGISTER, "липсва само карантината"),
    *((state.value, state.label) for state in URGENCY),
]
LACKS_ONE = "one"
MODULES = {module.value: module for module in Module}
MODULE_CHOICES = {
    Module.LIST.value: "липсва списъкът",
    Module.REGISTER.value: "липсва карантината",
    LACKS_ONE: "липсва само едното",
}
SORTS = {
    "state": "първо за обаждане",
    "one": "първо с липсващо едно",
    "name": "по име",
    "share": "най-малко решени",
    "pending": "най-много необработени",
}
assert SORTS.keys() == ORDERS.keys()
LONGEST_SEARCH = 100  # characters
NAMES = ("state", "module", "type", "municipality", "q", "sort")


def read_wanted(sent: Mapping[str, str]) -> Wanted:
    """``?state=&module=&q=&type=&municipality=&sort=``; what is not known filters nothing."""
    state, module, sort = sent.get("state", ""), sent.get("module", ""), sent.get("sort", "")
    return Wanted(
        state=STATES.get(state),
        unopened=state == UNOPENED,
        unfinished=state == UNFINISHED,
        undirected=state == UNDIRECTED,
        finished=state == FINISHED,
        only_register=state == ONLY_REGISTER,
        module=MODULES.get(module),
        lacks_one=module == LACKS_ONE,
        type=TYPES.get(sent.get("type", "")),
        municipality=sent.get("municipality", "")[:LONGEST_SEARCH],
        words=sent.get("q", "")[:LONGEST_SEARCH],
        sort=sort if sort in ORDERS else "state",
    )


def query_of(sent: Mapping[str, str]) -> dict[str, str]:
    """The part of an address that shows the same institutions in the same order."""
    return {name: sent[name] for name in NAMES if sent.get(name)}


def choices(found: Sequence[Standing]) -> dict[str, Any]:
    """What the form offers of the institutions that there are: erased are only old months, and then all of
    it."""
    has_erased = any(each.state is SubmissionState.ERASED for each in found)
    places = {each.institution.municipality for each in found} - {""}
    return {
        "states": [each for each in STATE_CHOICES if has_erased or each[0] != SubmissionState.ERASED.value],
        "modules": MODULE_CHOICES,
        "types": list(TYPES.values()),
        "municipalities": sorted(places, key=by_number) if len(places) > 1 else [],
        "sorts": SORTS,
    }


def asked_page(sent: Mapping[str, str]) -> int:
    """From 1; what is no number is the first."""
    text = sent.get("page", "")
    return max(1, int(text)) if text.isascii() and text.isdecimal() and len(text) < 6 else 1


def asked_region(sent: Mapping[str, str]) -> int | None:
    text = sent.get("region", "")
    return int(text) if text.isascii() and text.isdecimal() and len(text) < 4 else None
