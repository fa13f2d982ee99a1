"""School days: how many days of distance learning a month can hold, and what kind each day is."""

from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass
from datetime import date
from enum import Enum

from portal.domain.month import NAMES, Month

WEEKDAYS = ("понеделник", "вторник", "сряда", "четвъртък", "петък", "събота", "неделя")
SATURDAY = 5


class Band(Enum):
    """Class bands, each with its own school year; the values are those of calendar.csv."""

    PRESCHOOL = "preschool"
    I_III = "I-III"
    IV_VI = "IV-VI"
    VII_XI = "VII-XI"
    XII = "XII"

    @property
    def label(self) -> str:
        return _BAND_LABELS[self]


_BAND_LABELS = {
    Band.PRESCHOOL: "детска градина и подготвителна група",
    Band.I_III: "I – III клас",
    Band.IV_VI: "IV – VI клас",
    Band.VII_XI: "VII – XI клас",
    Band.XII: "XII клас",
}


def band_of(class_code: int) -> Band:
    """The band of a known class; every class but 1–12 is preschool (domain.md, "School days")."""
    if 1 <= class_code <= 3:
        return Band.I_III
    if 4 <= class_code <= 6:
        return Band.IV_VI
    if 7 <= class_code <= 11:
        return Band.VII_XI
    return Band.XII if class_code == 12 else Band.PRESCHOOL


@dataclass(frozen=True)
class Span:
    """From the first day to the last, both included."""

    first: date
    last: date

    def __contains__(self, day: date) -> bool:
        return self.first <= day <= self.last


@dataclass(frozen=True)
class Term(Span):
    """First and last school day of a band; ``school_year`` is its first calendar year."""

    school_year: int
    band: Band
    name: str = ""


@dataclass(frozen=True)
class Vacation(Span):
    """Days that the Ministry's order keeps free for a band."""

    school_year: int
    band: Band
    name: str = ""


class DayKind(Enum):
    """What a decree makes of one day; the values are those of holidays-override.csv."""

    HOLIDAY = "holiday"
    WORKDAY = "workday"

    @property
    def label(self) -> str:
        return "неработен ден" if self is DayKind.HOLIDAY else "работен ден"


@dataclass(frozen=True)
class DayOverride:
    """One day that the library of public holidays does not know, or does not know rightly."""

    day: date
    kind: DayKind
    name: str = ""


@dataclass(frozen=True)
class BandCalendar:
    """The Ministry's order for one band."""

    terms: tuple[Term, ...]
    vacations: tuple[Vacation, ...] = ()

    def has_school(self, day: date) -> bool:
        """Within a term and outside its vacations; weekends and holidays are not known here."""
        return any(day in term for term in self.terms) and not any(day in free for free in self.vacations)


def band_calendar(entries: Iterable[Term | Vacation], band: Band, month: Month) -> BandCalendar | None:
    """The calendar that ``month`` needs for ``band``, or none if its school year is not loaded.

    The school year before is taken along: in a kindergarten it lasts until 14 September, a month
    that counts to the new one.
    """
    years = (month.school_year - 1, month.school_year)
    ours = [entry for entry in entries if entry.band is band and entry.school_year in years]
    terms = tuple(entry for entry in ours if isinstance(entry, Term))
    if all(term.school_year != month.school_year for term in terms):
        return None
    return BandCalendar(terms, tuple(entry for entry in ours if isinstance(entry, Vacation)))


def with_overrides(
    holidays: Mapping[date, str], overrides: Iterable[DayOverride]
) -> tuple[dict[date, str], frozenset[date]]:
    """Public holidays and declared working days, after the decrees that the operator has loaded."""
    free = dict(holidays)
    working = set()
    for override in overrides:
        if override.kind is DayKind.HOLIDAY:
            free[override.day] = override.name
            working.discard(override.day)
        else:
            free.pop(override.day, None)
            working.add(override.day)
    return free, frozenset(working)


def school_days(
    month: Month,
    calendar: BandCalendar | None,
    public_holidays: Collection[date],
    workdays: Collection[date] = (),
    closures: Iterable[tuple[date, date]] = (),
) -> frozenset[date]:
    """The days of ``month`` on which a class of the calendar's band has school.

    Working weekdays, less public holidays with their substitute days, less vacations, within the
    term, less the institution's own ``closures`` (from, to). Without a calendar only holidays and
    closures are taken off, and the page says so.

    ``workdays`` are days that a decree made working. A Saturday among them counts as a school day
    (our decision): this number only bounds what may be confirmed, and a bound that is too low
    would force a director to refuse a true number.

    Source: domain.md, "School days"; December 2020 has 17 days for I–XII and 20 for preschool.
    """
    closed = [Span(*closure) for closure in closures]
    return frozenset(
        day
        for day in month.days
        if (day in workdays or (day.weekday() < SATURDAY and day not in public_holidays))
        and (calendar is None or calendar.has_school(day))
        and not any(day in closure for closure in closed)
    )


def deadline_warnings(day: date, holidays: Mapping[date, str]) -> list[str]:
    """What the operator should know before setting ``day`` as a deadline: it may be one, but
    directors could be away (domain.md, "States")."""
    warnings = []
    if day.weekday() >= SATURDAY:
        warnings.append(
            f"Крайният срок {long_date(day)} е в почивен ден. "
            "Ако може, изберете работен ден; ако не, предупредете директорите."
        )
    if day in holidays:
        warnings.append(
            f"Крайният срок {long_date(day)} е официален празник: {holidays[day]}. "
            "Ако може, изберете работен ден; ако не, предупредете директорите."
        )
    return warnings


def weekday_name(day: date) -> str:
    return WEEKDAYS[day.weekday()]


def long_date(day: date) -> str:
    """``1 февруари 2021 г. (понеделник)``"""
    return f"{day.day} {NAMES[day.month - 1]} {day.year} г. ({weekday_name(day)})"
