"""What has been loaded: institutions, enrolments, calendars, and days moved by decree."""

from dataclasses import dataclass
from datetime import datetime

from peewee import fn

from portal.domain.calendar import Band
from portal.domain.month import Month
from portal.domain.placement import InstitutionType
from portal.storage.tables.bulk import tuples
from portal.storage.tables.institutions import (
    BandTerm,
    BandVacation,
    EnrolmentMonth,
    HolidayOverride,
    Institution,
)


@dataclass(frozen=True)
class BandYear:
    """What is known of one class band in one school year; ``term`` is none where only vacations are."""

    school_year: int
    band: Band
    term: BandTerm | None
    vacations: list[BandVacation]


def institution_counts() -> dict[InstitutionType, int]:
    query = Institution.select(Institution.type, fn.COUNT(Institution.code)).group_by(Institution.type)
    found = dict(tuples(query))
    return {kind: found.get(kind, 0) for kind in InstitutionType}


def missing_institutions(until: datetime | None = None) -> list[Institution]:
    """Those that the newest file left out, by code, without the closed; of those that were missing by
    ``until`` already, if it is given."""
    missing = Institution.missing_since.is_null(False) & Institution.closed_on.is_null()
    if until is not None:
        missing &= Institution.missing_since <= until
    return list(Institution.select().where(missing).order_by(Institution.code))


def closed_institutions() -> list[Institution]:
    """Closed, or going to be; the latest day first."""
    closed = Institution.select().where(Institution.closed_on.is_null(False))
    return list(closed.order_by(Institution.closed_on.desc(), Institution.code))


def enrolment_months() -> list[tuple[Month, int]]:
    """The months with enrolments, newest first, and how many each has."""
    query = EnrolmentMonth.select(EnrolmentMonth.month, EnrolmentMonth.enrolments)
    return [(month, count) for month, count in tuples(query.order_by(EnrolmentMonth.month.desc()))]


def band_years() -> list[BandYear]:
    """Newest school year first, bands from the youngest."""
    terms = {(term.school_year, term.band): term for term in BandTerm.select()}
    vacations: dict[tuple[int, Band], list[BandVacation]] = {}
    for vacation in BandVacation.select().order_by(BandVacation.first):
        vacations.setdefault((vacation.school_year, vacation.band), []).append(vacation)
    years = sorted({year for year, _ in (*terms, *vacations)}, reverse=True)
    return [
        BandYear(year, band, terms.get((year, band)), vacations.get((year, band), []))
        for year in years
        for band in Band
        if (year, band) in terms or (year, band) in vacations
    ]


def moved_days() -> list[HolidayOverride]:
    """Latest first."""
    return list(HolidayOverride.select().order_by(HolidayOverride.day.desc()))
