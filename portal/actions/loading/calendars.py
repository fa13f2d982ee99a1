"""Loading the school calendar, and the days that a decree has made free or working."""

from collections.abc import Iterable
from datetime import datetime

from portal.actions.loading.files import (
    Source,
    begin,
    check_named,
    check_not_empty,
    check_readable,
    finish,
    reject,
    rejects_of,
)
from portal.domain.calendar import Band, DayOverride, Term, Vacation
from portal.domain.people import Operator
from portal.exchange.calendar_file import read_calendar
from portal.exchange.holidays_override import read_holidays_override
from portal.storage.lists.school_days import forget_calendar
from portal.storage.loading.tables import Load
from portal.storage.tables.bulk import add_rows
from portal.storage.tables.db import lock_name, writing
from portal.storage.tables.institutions import BandTerm, BandVacation, HolidayOverride


def load_calendar(person: Operator | None, source: Source, *, now: datetime) -> Load:
    """First and last school days replace those of the same year and band, and so do all vacations
    of the years and bands that the file names."""
    check_named(source.name, "calendar")
    reading = read_calendar(source.stream)
    check_readable(reading)
    rows = list(reading)  # a page of lines: one school year has about thirty
    check_not_empty(len(rows))
    entries = [row.line for row in rows if row.line is not None]
    with writing():
        lock_name("calendar")
        load = begin("calendar", source, reading.encoding, person, now=now)
        reject(load, rejects_of(rows))
        _store_terms([entry for entry in entries if isinstance(entry, Term)])
        _forget_vacations({(entry.school_year, entry.band) for entry in entries})
        _store_vacations([entry for entry in entries if isinstance(entry, Vacation)])
        load.distributed = len(entries)
        finish(load, person, now=now)
    forget_calendar()
    return load


def _store_terms(terms: Iterable[Term]) -> None:
    rows = [(term.school_year, term.band, term.first, term.last) for term in terms]
    add_rows(BandTerm, ("school_year", "band", "first", "last"), rows, replacing=("school_year", "band"))


def _forget_vacations(years: Iterable[tuple[int, Band]]) -> None:
    for year, band in years:
        BandVacation.delete().where(
            (BandVacation.school_year == year) & (BandVacation.band == band)
        ).execute()


def _store_vacations(vacations: Iterable[Vacation]) -> None:
    rows = [(free.school_year, free.band, free.first, free.last, free.name) for free in vacations]
    add_rows(BandVacation, ("school_year", "band", "first", "last", "name"), rows)


def load_holidays_override(person: Operator | None, source: Source, *, now: datetime) -> Load:
    """Each day of the file replaces what was said of that day; other days stay."""
    check_named(source.name, "holidays")
    reading = read_holidays_override(source.stream)
    check_readable(reading)
    rows = list(reading)
    check_not_empty(len(rows))
    days: list[DayOverride] = [row.line for row in rows if row.line is not None]
    with writing():
        lock_name("calendar")
        load = begin("holidays", source, reading.encoding, person, now=now)
        reject(load, rejects_of(rows))
        values = [(day.day, day.kind, day.name) for day in days]
        add_rows(HolidayOverride, ("day", "kind", "name"), values, replacing=("day",))
        load.distributed = len(days)
        finish(load, person, now=now)
    forget_calendar()
    return load
