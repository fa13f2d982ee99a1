"""One month of the quarantine register: who was in it, and each child's days of distance learning."""

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date
from enum import Enum

from portal.domain.calendar import Band, Span, band_of
from portal.domain.errors import Conflict
from portal.domain.identifiers import IdType, birth_date, in_capitals
from portal.domain.month import Month
from portal.domain.names import folded
from portal.domain.placement import InstitutionType
from portal.domain.placement import band as usual_band
from portal.domain.register.days import days_at_distance, period, touches
from portal.domain.register.entry import Entry, PersonKind, folded_class

_ROMAN = ("I", "II", "III", "IV", "V", "VI", "VII", "VIII", "IX", "X", "XI", "XII")
_GRADE = re.compile(r"(1[0-2]|[1-9])(?![0-9])|(X(?:I{0,2})|IX|V?I{1,3}|I?V)(?![IVX])", re.ASCII)
_NUMERALS = str.maketrans("ХІ", "XI")  # as typed on a Bulgarian keyboard
_GROUPS = ("груп", "подгот", "предуч", "пг", "ясл")  # how the words for preschool begin


class Placed(Enum):
    """What says to which band a child belongs."""

    BY_CODE = "code"
    BY_NAME = "name"
    BY_AGE = "age"


@dataclass(frozen=True)
class Child:
    """One child's month. ``days`` are school days at distance; ``placed`` says how ``band`` is known."""

    names: str
    id_type: IdType | None
    id_number: str
    class_name: str
    band: Band
    placed: Placed
    periods: tuple[Span, ...]
    days: int

    @property
    def is_guessed(self) -> bool:
        """Whether neither a class code nor the class as it was typed tells the band."""
        return self.placed is Placed.BY_AGE


@dataclass(frozen=True)
class Worker:
    """A teacher or another of the staff: no days are counted for them."""

    names: str
    kind: PersonKind
    periods: tuple[Span, ...]


@dataclass(frozen=True)
class MonthList:
    """Everyone who was in quarantine on a day of the month; children by class and name."""

    children: tuple[Child, ...] = ()
    staff: tuple[Worker, ...] = ()

    @property
    def is_empty(self) -> bool:
        return not self.children and not self.staff


def check_may_confirm(found: MonthList) -> None:
    """Raise Conflict if there is nobody to confirm."""
    if found.is_empty:
        raise Conflict("За този месец в регистъра няма никого. Отбележете „няма лица“.")


def check_may_say_nobody(found: MonthList) -> None:
    """Raise Conflict unless „няма лица“ is true."""
    if not found.is_empty:
        count = len(found.children) + len(found.staff)
        raise Conflict(f"За този месец в регистъра има лица: {count}. Прегледайте списъка и го потвърдете.")


def month_list(
    entries: Iterable[Entry],
    month: Month,
    institution_type: InstitutionType,
    school_days: Mapping[Band, frozenset[date]],
) -> MonthList:
    """``school_days`` are those of ``month`` for each band. A child with two periods is one line."""
    people: dict[object, list[Entry]] = {}
    for entry in sorted(entries, key=lambda entry: (entry.by_class, entry.placed_on)):
        if touches(entry, month.first, month.last):
            people.setdefault(_same(entry), []).append(entry)
    children = [
        _child(of, month, institution_type, school_days) for of in people.values() if _is_child(of[0])
    ]
    staff = [
        Worker(of[0].names, of[0].person, _periods(of)) for of in people.values() if not _is_child(of[0])
    ]
    return MonthList(tuple(children), tuple(staff))


def band_in(entry: Entry, institution_type: InstitutionType, month: Month) -> tuple[Band, Placed]:
    """A child's band: by the class code of the enrolment, else by the class as it was typed, else as for
    АСП's list where the class is unknown, by the institution and the age."""
    if entry.class_code is not None:
        return band_of(entry.class_code), Placed.BY_CODE
    if institution_type is InstitutionType.KINDERGARTEN:
        return Band.PRESCHOOL, Placed.BY_NAME
    typed = band_of_name(entry.class_name)
    if typed is not None:
        return typed, Placed.BY_NAME
    born = None if entry.id_type is None else birth_date(entry.id_type, entry.id_number)
    return usual_band(None, institution_type, month, born), Placed.BY_AGE


def band_of_name(class_name: str) -> Band | None:
    """``7а``, ``VII б``, ``подготвителна група``: the band that the words begin with, or none."""
    if any(word.startswith(_GROUPS) for word in folded(class_name).split()):
        return Band.PRESCHOOL
    found = _GRADE.match(class_name.strip().translate(_NUMERALS))
    if found is None:
        return None
    return band_of(int(found[1]) if found[1] else _ROMAN.index(found[2]) + 1)


def _same(entry: Entry) -> tuple[object, ...]:
    """Equal for two entries of one person: by identifier, or where there is none by names and class."""
    if entry.id_number:
        return _is_child(entry), entry.id_type, in_capitals(entry.id_number)
    return _is_child(entry), folded(entry.names), folded_class(entry.class_name)


def _is_child(entry: Entry) -> bool:
    return entry.person is PersonKind.CHILD


def _child(
    entries: list[Entry],
    month: Month,
    institution_type: InstitutionType,
    school_days: Mapping[Band, frozenset[date]],
) -> Child:
    last = max(entries, key=lambda entry: entry.placed_on)
    band, placed = band_in(last, institution_type, month)
    return Child(
        names=last.names,
        id_type=last.id_type,
        id_number=last.id_number,
        class_name=last.class_name,
        band=band,
        placed=placed,
        periods=_periods(entries),
        days=days_at_distance(entries, school_days[band]),
    )


def _periods(entries: list[Entry]) -> tuple[Span, ...]:
    return tuple(sorted((period(entry) for entry in entries), key=lambda span: span.first))
