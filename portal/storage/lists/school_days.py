"""A month's school days in one institution, from what was loaded and what its director entered."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from datetime import date

from portal.domain.calendar import (
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


def _asked_of_country(month: Month) -> SchoolDays:
    """Before any institution's own closures."""
    holidays, workdays = with_overrides(school_holidays(month.year), _overrides(month))
    entries = _entries(month)
    calendars = {band: band_calendar(entries, band, month) for band in Band}
    return SchoolDays(
        {band: school_days(month, calendar, holidays, workdays) for band, calendar in calendars.items()},
        frozenset(band for band, calendar in calendars.items() if calendar is None),
    )


_of_country = Remembered(_asked_of_country)


def month_holidays(month: Month) -> tuple[dict[date, str], frozenset[date]]:
    """Public holidays and declared working days around ``month``, decrees included."""
    return with_overrides(public_holidays(month.year), _overrides(month))


def _overrides(month: Month) -> list[DayOverride]:
    rows = HolidayOverride.select().where(HolidayOverride.day.between(month.first, month.last))
    return [DayOverride(row.day, row.kind, row.name) for row in rows]


def _entries(month: Month) -> list[Term | Vacation]:
    years = (month.school_year - 1, month.school_year)
    terms: list[Term | Vacation] = [
        Term(row.first, row.last, row.school_year, row.band)
        for row in BandTerm.select().where(BandTerm.school_year.in_(years))
    ]
    vacations = [
        Vacation(row.first, row.last, row.school_year, row.band, row.name)
        for row in BandVacation.select().where(BandVacation.school_year.in_(years))
    ]
    return terms + vacations
