"""The institution's enrolled children beside the register: finding one, filling in a form, naming classes."""

from collections.abc import Iterable
from dataclasses import dataclass, replace
from datetime import date

from portal.domain.errors import NotFound
from portal.domain.identifiers import IdType, in_capitals, masked
from portal.domain.names import by_number
from portal.domain.people import Staff
from portal.domain.placement import class_label
from portal.domain.register.days import Standing, standing, standing_sentence
from portal.domain.register.entry import Draft, Entry, PersonKind, folded_class
from portal.domain.register.striking import counted
from portal.storage.lists.enrolled import classes_of, enrolled_in, find_among, names_of
from portal.storage.tables.institutions import Enrolment
from portal.web.register.forms import EntryForm

SHOWN = 20  # children found at once; whoever looks for one types a little more

Standings = dict[tuple[IdType | None, str], str]


@dataclass(frozen=True)
class Child:
    """An enrolled child as a page shows it. ``standing`` tells of a quarantine that is not over."""

    id: int
    names: str
    class_name: str
    masked_number: str
    standing: str
    is_ticked: bool = False


@dataclass(frozen=True)
class Found:
    """Whom a search found, the first ``SHOWN`` of ``total``."""

    words: str
    children: list[Child]
    total: int


def standings(entries: Iterable[Entry | None], day: date) -> Standings:
    """Who is in the register with a quarantine that is not over, by identifier."""
    return {
        (entry.id_type, entry.id_number): standing_sentence(entry, day)
        for entry in counted(entries)
        if standing(entry, day) is not Standing.RELEASED
    }


def identity(child: Enrolment) -> tuple[IdType | None, str]:
    return child.id_type, in_capitals(child.id_number)


def shown(child: Enrolment, in_register: Standings, *, is_ticked: bool = False) -> Child:
    return Child(
        child.id,
        names_of(child),
        class_label(child.class_code),
        f"{child.id_type.label} {masked(child.id_number)}",
        in_register.get(identity(child), ""),
        is_ticked,
    )


def find(person: Staff, words: str, in_register: Standings) -> Found:
    """Of the person's own institution; nobody else's child is ever found."""
    found = find_among(enrolled_in(person.institution), words)
    return Found(words, [shown(child, in_register) for child in found[:SHOWN]], len(found))


def filled(person: Staff, form: EntryForm, child_id: str) -> EntryForm:
    """The form with this child in it; of what was typed, the days and the rest of the case stay."""
    child = next((each for each in enrolled_in(person.institution) if str(each.id) == child_id), None)
    if child is None:
        raise NotFound("В записванията на вашата институция няма такова дете. Потърсете го отново.")
    form.look.data = ""
    form.person.data = PersonKind.CHILD.value
    form.first_name.data, form.middle_name.data, form.last_name.data = child.given, child.middle, child.family
    form.id_type.data, form.id_number.data = str(child.id_type.value), child.id_number
    form.class_name.data = class_label(child.class_code)
    return form


def with_class(person: Staff, draft: Draft) -> Draft:
    """With the enrolment's class, by which school days are counted, where the child stands in it as the
    enrolment says. A class typed otherwise is no longer the enrolment's."""
    if draft.person is not PersonKind.CHILD or not draft.id_number:
        return draft
    wanted = draft.id_type, in_capitals(draft.id_number)
    for child in enrolled_in(person.institution):
        if identity(child) == wanted and class_label(child.class_code) == draft.class_name:
            return replace(draft, class_code=child.class_code)
    return draft


def class_names(entries: Iterable[Entry | None], children: list[Enrolment]) -> list[str]:
    """To choose from: as classes were typed first in the register, then those of the enrolments."""
    typed = [entry.class_name for entry in counted(entries) if entry.class_name]
    found: dict[str, str] = {}
    for name in typed:
        found.setdefault(folded_class(name), name)
    names = sorted(found.values(), key=by_number)
    return names + [label for _, label, _ in classes_of(children) if folded_class(label) not in found]
