"""A month's school days in one institution, from what was loaded and what its director entered."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date

from portal.domain.calendar import (
    SATURDAY,
    Band,
    DayOverride,
    Span,
    Term,
    Vacation,
    band_calendar,
    school_days,
    with_overrides,
)
from portal.domain.decisions import Case, Reason
from portal.domain.month import Month
from portal.storage.lists.public_holidays import public_holidays, school_holidays
from portal.storage.tables.bulk import tuples
from portal.storage.tables.campaigns import Record
from portal.storage.tables.institutions import BandTerm, BandVacation, Closure, HolidayOverride
from portal.storage.tables.remembered import Remembered


@dataclass(frozen=True)
class SchoolDays:
    """Per band, the dates on which there is school. ``without_calendar`` are the bands for which no
    calendar was loaded: weekdays less holidays, and the page says so."""

    dates: Mapping[Band, frozenset[date]]
    without_calendar: frozenset[Band]

    def count(self, band: Band) -> int:
        return len(self.dates[band])


def school_days_of(institution: str, month: Month) -> SchoolDays:
    """Of the month's calendar, less what the institution's director has closed."""
    country = _of_country(month)
    closed = [Span(row.first, row.last) for row in _closures(institution, month)]
    if not closed:
        return country
    dates = {
        band: frozenset(day for day in days if not any(day in span for span in closed))
        for band, days in country.dates.items()
    }
    return replace(country, dates=dates)


def _closures(institution: str, month: Month) -> Iterable[Closure]:
    ours = Closure.institution == institution
    return Closure.select().where(ours & (Closure.first <= month.last) & (Closure.last >= month.first))


def case_of(record: Record, month: Month) -> Case:
    """What the rules have to know of a record. School days bound only days at distance, and are asked for
    nothing else."""
    if record.reason is not Reason.DISTANCE:
        return record.case(school_days=0)
    return record.case(school_days_of(record.institution_id, month).count(record.band))


def forget_calendar() -> None:
    """After the calendar or a decree was loaded in this process; another sees it within seconds."""
    _of_country.forget()


def school_days_in(months: Sequence[Month]) -> dict[Month, SchoolDays]:
    """Of several months in a row, before any institution's own closures, in as many statements as of one."""
    first, last = months[0], months[-1]
    overrides, entries = _overrides(first, last), _entries(first, last)
    return {month: _of_month(month, entries, overrides) for month in months}


def bands_without_calendar(months: Iterable[Month]) -> dict[Month, list[Band]]:
    """The months for which the calendar of some class band is not loaded, with these bands."""
    asked = sorted(months)
    years = {month.school_year for month in asked}
    terms = BandTerm.select(BandTerm.school_year, BandTerm.band).where(BandTerm.school_year.in_(years))
    known = set(tuples(terms))
    lacking = {month: [band for band in Band if (month.school_year, band) not in known] for month in asked}
    return {month: bands for month, bands in lacking.items() if bands}


def _asked_of_country(month: Month) -> SchoolDays:
    """Before any institution's own closures."""
    return _of_month(month, _entries(month, month), _overrides(month, month))


def _of_month(
    month: Month, entries: Sequence[Term | Vacation], overrides: Sequence[DayOverride]
) -> SchoolDays:
    holidays, workdays = with_overrides(school_holidays(month.year), overrides)
    calendars = {band: band_calendar(entries, band, month) for band in Band}
    return SchoolDays(
        {band: school_days(month, calendar, holidays, workdays) for band, calendar in calendars.items()},
        frozenset(band for band, calendar in calendars.items() if calendar is None),
    )


_of_country = Remembered(_asked_of_country)


def month_holidays(month: Month) -> tuple[dict[date, str], frozenset[date]]:
    """Public holidays and declared working days around ``month``, decrees included."""
    return with_overrides(public_holidays(month.year), _overrides(month, month))


def holidays_in(months: Iterable[Month]) -> dict[Month, dict[date, str]]:
    """Of each of these months the same holidays, in one question."""
    asked = sorted(set(months))
    overrides = _overrides(asked[0], asked[-1]) if asked else []
    return {month: with_overrides(public_holidays(month.year), overrides)[0] for month in asked}


def free_days(months: Sequence[Month]) -> dict[date, str]:
    """The days in these months in a row on which nobody has school anywhere, with why; no weekends."""
    every = {
        day: name for year in {month.year for month in months} for day, name in school_holidays(year).items()
    }
    free, _ = with_overrides(every, _overrides(months[0], months[-1]))
    within = Span(months[0].first, months[-1].last)
    return {day: free[day] for day in sorted(free) if day in within and day.weekday() < SATURDAY}


def _overrides(first: Month, last: Month) -> list[DayOverride]:
    rows = HolidayOverride.select().where(HolidayOverride.day.between(first.first, last.last))
    return [DayOverride(row.day, row.kind, row.name) for row in rows]


def _entries(first: Month, last: Month) -> list[Term | Vacation]:
    years = range(first.school_year - 1, last.school_year + 1)
    terms: list[Term | Vacation] = [
        Term(row.first, row.last, row.school_year, row.band)
        for row in BandTerm.select().where(BandTerm.school_year.in_(years))
    ]
    vacations = [
        Vacation(row.first, row.last, row.school_year, row.band, row.name)
        for row in BandVacation.select().where(BandVacation.school_year.in_(years))
    ]
    return terms + vacations
