"""What narrows and orders the institutions that are shown. It stands in the address, so that it can be kept
as a bookmark and sent to somebody; and with a letter to those that were shown, to tell who still is."""

from collections.abc import Mapping

from portal.domain.oversight.progress import ORDERS, URGENCY, Module, Wanted
from portal.domain.oversight.stages import Stage
from portal.domain.placement import InstitutionType

# Beside the states: whoever has something left to do, where nobody of the institution has looked, and where
# nobody can.
UNFINISHED, UNOPENED, UNDIRECTED = "unfinished", "unopened", "undirected"
FINISHED, ONLY_REGISTER = Stage.DONE.value, Stage.ONLY_REGISTER.value
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
    "state": "първо неприключилите",
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
    return {name: sent[name][:LONGEST_SEARCH] for name in NAMES if sent.get(name)}


def in_words(query: Mapping[str, str]) -> str:
    """Who they are, as a sentence says it: ``„не са приключили“, вид „училище“``."""
    state, module = query.get("state", ""), query.get("module", "")
    kind = TYPES.get(query.get("type", ""))
    place, words = (" ".join(query.get(name, "")[:LONGEST_SEARCH].split()) for name in ("municipality", "q"))
    said = (
        f"„{dict(STATE_CHOICES)[state]}“" if state in dict(STATE_CHOICES) else "",
        f"„{MODULE_CHOICES[module]}“" if module in MODULE_CHOICES else "",
        f"вид „{kind.label}“" if kind else "",
        f"община „{place}“" if place else "",
        f"търсене „{words}“" if words else "",
    )
    return ", ".join(filter(None, said)) or "всички институции в региона"
