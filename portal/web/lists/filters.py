"""What of a list is shown: by state, class and diary, as an address says it and as people read it."""

from collections.abc import Mapping

from portal.domain.decisions import Decision
from portal.domain.diary.agreement import Agreement
from portal.storage.lists.reading import UNKNOWN_CLASS, Filter

STATES = {decision.code: decision for decision in Decision}
AGREEMENTS = {agreement.value: agreement for agreement in Agreement}
STATE_LABELS = {"pending": "за преглед", "confirmed": "потвърдени", "refused": "отказани"}


def read_filter(sent: Mapping[str, str]) -> Filter:
    """``?state=pending&class=7&diary=equal``; what is not known filters nothing."""
    return Filter(
        STATES.get(sent.get("state", "")),
        sent.get("class", "")[:8],
        agreement=AGREEMENTS.get(sent.get("diary", "")),
    )


def filter_query(wanted: Filter) -> dict[str, str]:
    """The filter as it stands in an address; the searched words never do."""
    query = {
        "state": wanted.state.code if wanted.state is not None else "",
        "class": wanted.class_code,
        "diary": wanted.agreement.value if wanted.agreement is not None else "",
    }
    return {name: value for name, value in query.items() if value}


def inside(within: Filter, classes: Mapping[str, str]) -> str:
    """Where „останалите“ are: ``във V клас``, ``в целия списък, при които дневникът съвпада``. ``classes``
    are the list's, by how they stand in an address."""
    which = ", при които дневникът съвпада" if within.agreement is Agreement.EQUAL else ""
    return f"{_inside_class(within.class_code, classes)}{which}"


def _inside_class(class_code: str, classes: Mapping[str, str]) -> str:
    if not class_code:
        return "в целия списък"
    if class_code == UNKNOWN_CLASS:
        return "сред децата без посочен клас"
    label = classes.get(class_code, "този клас")
    return f"{'във' if label.startswith('V') else 'в'} {label}"
