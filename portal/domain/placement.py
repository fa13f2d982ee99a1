"""Where a child belongs: institution, class, and what follows from them."""

from collections.abc import Collection, Iterable
from dataclasses import dataclass
from datetime import date
from enum import Enum

from portal.domain.calendar import Band, band_of
from portal.domain.identifiers import IdType
from portal.domain.month import Month

ENROLLED = 1  # formats.md, F5; status 3 is no enrolment
FIRST_CLASS, LAST_CLASS = 1, 12
FIRST_CLASS_AGE = 7  # school year less birth year; domain.md calls 6 and under preschool

_ROMAN = ("I", "II", "III", "IV", "V", "VI", "VII", "VIII", "IX", "X", "XI", "XII")


class InstitutionType(Enum):
    """The values are those of institutions.csv."""

    SCHOOL = "school"
    KINDERGARTEN = "kindergarten"

    @property
    def label(self) -> str:
        return "училище" if self is InstitutionType.SCHOOL else "детска градина"


@dataclass(frozen=True)
class Enrolment:
    """A child at an institution, as the enrolment files say; a later line has a higher ``order``."""

    institution: str
    class_code: int
    status: int
    order: int

    @property
    def rank(self) -> int:
        return rank(self.status, self.class_code)


@dataclass(frozen=True)
class Placement:
    """Where a record goes; ``class_code`` is None when nothing says which class it is."""

    institution: str
    class_code: int | None


class Doubt(Enum):
    """Why nobody can be sure where a record's child is; the values are those of addresses, and the names of
    a load's counts."""

    WITHOUT_ENROLMENT = "without_enrolment"
    UNKNOWN_INSTITUTION = "unknown_institution"
    BY_NUMBER = "by_number"

    @property
    def label(self) -> str:
        return _DOUBTS[self]


_DOUBTS = {
    Doubt.WITHOUT_ENROLMENT: "без записване",
    Doubt.UNKNOWN_INSTITUTION: "записани в институция извън портала",
    Doubt.BY_NUMBER: "познати само по номера",
}


def doubts(*, enrolled: Collection[str], known: Collection[str], by_number: bool) -> frozenset[Doubt]:
    """What is to be said of a record whose child is ``enrolled`` at these institutions now, where ``known``
    are those of the portal.

    Source: domain.md, "Where a child belongs": silence is how a child gets lost.
    """
    if not enrolled:
        return frozenset({Doubt.WITHOUT_ENROLMENT})
    said = {
        Doubt.UNKNOWN_INSTITUTION: not any(institution in known for institution in enrolled),
        Doubt.BY_NUMBER: by_number,
    }
    return frozenset(doubt for doubt, holds in said.items() if holds)


def known_as(kind: IdType, kinds: Collection[IdType]) -> IdType | None:
    """Under which type of identifier the enrolments know the child, of those that they hold its number with:
    its own, else the only other one there is. Two others could be two people.

    Source: domain.md, "Where a child belongs".
    """
    if kind in kinds:
        return kind
    return next(iter(kinds)) if len(kinds) == 1 else None


def rank(status: int, class_code: int) -> int:
    """How much an enrolment says of where its child is, whichever line comes first: 2 in a class 1–12,
    1 in a group, 0 unenrolled. Of two that say as much, the later line stands.

    A pupil who is in a group of the same school as well (an afternoon group, a mixed one) is a pupil.

    Source: domain.md, "Where a child belongs".
    """
    if status != ENROLLED:
        return 0
    return 2 if FIRST_CLASS <= class_code <= LAST_CLASS else 1


def place(asp_institution: str, enrolments: Iterable[Enrolment]) -> Placement:
    """Where the child is enrolled now: at АСП's institution if that is one of several, else by ``rank``,
    else at the later line; with no enrolment the record stays with АСП's institution.

    Source: domain.md, "Where a child belongs".
    """
    current = [enrolment for enrolment in enrolments if enrolment.status == ENROLLED]
    if not current:
        return Placement(asp_institution, None)
    best = max(current, key=lambda e: (e.institution == asp_institution, e.rank, e.order))
    return Placement(best.institution, best.class_code)


def band(
    class_code: int | None, institution_type: InstitutionType, month: Month, birth_date: date | None
) -> Band:
    """The class band; where the class is unknown, by the institution and the birth year.

    Our reading of "the band of that age": a child begins class 1 in the school year in which it
    turns 7, and a class lasts one year. From 18 on it is class 12, which ends first of all; with
    no birth date it is VII–XI, as domain.md says.
    """
    if class_code is not None:
        return band_of(class_code)
    if institution_type is InstitutionType.KINDERGARTEN:
        return Band.PRESCHOOL
    if birth_date is None:
        return Band.VII_XI
    age = month.school_year - birth_date.year
    return band_of(min(age - FIRST_CLASS_AGE + FIRST_CLASS, LAST_CLASS))


def class_label(class_code: int | None, *, with_code: bool = True) -> str:
    """As people say it: ``IV клас``, ``предучилищна група (код −3)``, ``сборна група (код 13)``."""
    if class_code is None:
        return "без посочен клас"
    if FIRST_CLASS <= class_code <= LAST_CLASS:
        return f"{_ROMAN[class_code - 1]} клас"
    group = "предучилищна група" if class_order(class_code)[0] == 0 else "сборна група"
    return f"{group} (код {str(class_code).replace('-', '−')})" if with_code else group


def class_labels(class_codes: Iterable[int | None]) -> dict[int | None, str]:
    """Of the classes of one list, in their order. A group's code says which of several it is: where it is the
    only one of its kind, nobody has to read it."""
    codes = sorted(set(class_codes), key=class_order)
    names = [class_label(code, with_code=False) for code in codes]
    return {
        code: class_label(code, with_code=names.count(name) > 1)
        for code, name in zip(codes, names, strict=True)
    }


def class_order(class_code: int | None) -> tuple[int, int]:
    """Sort key: preschool groups by age, classes 1–12, mixed groups, and unknown last."""
    if class_code is None:
        return 3, 0
    if -6 <= class_code <= -1:
        return 0, class_code
    return (1 if FIRST_CLASS <= class_code <= LAST_CLASS else 2), class_code
