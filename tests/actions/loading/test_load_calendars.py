"""load_calendar and load_holidays_override: what a file replaces, what it leaves, and from when it counts."""

import io
from datetime import date

import pytest

from portal.actions.loading.calendars import load_calendar, load_holidays_override
from portal.actions.loading.files import Source
from portal.domain.calendar import Band, DayKind
from portal.domain.errors import Refusal
from portal.storage.lists.school_days import school_days_of
from portal.storage.loading.tables import Load
from portal.storage.tables.audit import AuditEntry
from portal.storage.tables.institutions import BandTerm, BandVacation, HolidayOverride
from tests.actions.loading.loaded import counts, rejected
from tests.cast import MONTH, NOW, SCHOOL

CALENDAR, OVERRIDE = "school_year,band,kind,first,last,name", "date,kind,name"
LONGER = "2020,XII,vacation,2020-12-21,2021-01-03,коледна"


def source(header: str, *lines: str) -> Source:
    return Source(io.BytesIO("\n".join((header, *lines)).encode()), "файл.csv")


def load(person, *lines: str) -> Load:
    return load_calendar(person, source(CALENDAR, *lines), now=NOW)


def load_days(person, *lines: str) -> Load:
    return load_holidays_override(person, source(OVERRIDE, *lines), now=NOW)


def school_days(band: Band) -> int:
    return school_days_of(SCHOOL, MONTH).count(band)


def test_vacations_of_the_years_and_bands_in_the_file_are_replaced_and_no_others(world):
    BandVacation.create(
        school_year=2021, band=Band.XII, first=date(2021, 12, 24), last=date(2022, 1, 2), name="коледна"
    )
    assert (school_days(Band.XII), school_days(Band.VII_XI)) == (17, 17)

    load(world.oleg, LONGER)

    assert (school_days(Band.XII), school_days(Band.VII_XI)) == (14, 17), "from now on"
    found = [(free.school_year, free.band, free.first) for free in BandVacation.select()]
    assert len(found) == 5
    assert {(2020, Band.XII, date(2020, 12, 21)), (2021, Band.XII, date(2021, 12, 24))} < set(found)
    assert BandTerm.select().count() == 5


def test_what_is_wrong_in_a_file_is_kept_beside_what_is_stored(world):
    done = load(world.oleg, LONGER, "2020,XIII,term,2020-09-15,2021-05-14,")
    days = load_days(world.oleg, "2020-12-11,holiday,по решение", "2020-12-32,holiday,x")

    for each in (done, days):
        assert counts(each) == {"received": 2, "distributed": 1, "rejected": 1}
        assert list(rejected(each)) == [3]
    assert [(entry.what, entry.who, entry.content) for entry in AuditEntry.select()] == [
        ("loaded_calendar", world.oleg.user_id, done.sha256),
        ("loaded_holidays", world.oleg.user_id, days.sha256),
    ]


def test_a_day_of_the_file_replaces_what_was_said_of_that_day_and_counts_from_now_on(world):
    HolidayOverride.create(day=date(2020, 12, 12), kind=DayKind.WORKDAY, name="отработва се")
    HolidayOverride.create(day=date(2020, 12, 11), kind=DayKind.WORKDAY, name="сгрешено")
    before = school_days(Band.XII)

    load_days(world.oleg, "2020-12-11,holiday,по решение")

    assert school_days(Band.XII) == before - 1
    found = {row.day: (row.kind, row.name) for row in HolidayOverride.select()}
    assert found == {
        date(2020, 12, 11): (DayKind.HOLIDAY, "по решение"),
        date(2020, 12, 12): (DayKind.WORKDAY, "отработва се"),
    }


@pytest.mark.parametrize("deed", [load, load_days])
def test_a_file_without_lines_is_refused(world, deed):
    with pytest.raises(Refusal, match="нито един ред"):
        deed(world.oleg)

    assert Load.select().count() == 0
