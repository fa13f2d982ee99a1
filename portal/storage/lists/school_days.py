"""A month's school days in one institution, from what was loaded and what its director entered."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date

from portal.domain.calendar import (
    Band,
    DayOverride,
    Term,
    Vacation,
    band_calendar,
    school_days,
    with_overrides,
)
from portal.domain.month import Month
from portal.storage.lists.public_holidays import public_holidays
from portal.storage.tables.institutions import BandTerm, BandVacation, Closure, HolidayOverride


@dataclass(frozen=True)
class SchoolDays:
    """Per band, the dates on which there is school. ``without_calendar`` are the bands for which no
    calendar was loaded: weekdays less holidays, and the page says so."""

    dates: Mapping[Band, frozenset[date]]
    without_calendar: frozenset[Band]

    def count(self, band: Band) -> int:
        return len(self.dates[band])


def school_days_of(institution: str, month: Month) -> SchoolDays:
    holidays, workdays = month_holidays(month)
    entries = _entries(month)
    closures = [
        (closure.first, closure.last)
        for closure in Closure.select().where(
            (Closure.institution == institution)
            & (Closure.first <= month.last)
            & (Closure.last >= month.first)
        )
    ]
    dates, without = {}, set()
    for band in Band:
        calendar = band_calendar(entries, band, month)
        if calendar is None:
            without.add(band)
        dates[band] = school_days(month, calendar, holidays, workdays, closures)
    return SchoolDays(dates, frozenset(without))


def month_holidays(month: Month) -> tuple[dict[date, str], frozenset[date]]:
    """Public holidays and declared working days around ``month``, decrees included."""
    overrides = [
        DayOverride(row.day, row.kind, row.name)
        for row in HolidayOverride.select().where(HolidayOverride.day.between(month.first, month.last))
    ]
    return with_overrides(public_holidays(month.year), overrides)


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
