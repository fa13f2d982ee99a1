"""portal.storage.lists.school_days.school_days_of: calendar, holidays, decrees and closures together."""

from datetime import date

import pytest

from portal.domain.calendar import Band, DayKind
from portal.domain.month import Month
from portal.storage.lists.school_days import school_days_of
from portal.storage.tables.institutions import BandTerm, HolidayOverride
from tests.cast import SCHOOL

NOVEMBER = Month(2021, 11)
FIRST = date(2021, 11, 1)  # a Monday


@pytest.fixture
def calendar(world):
    """Every band has school all through the autumn."""
    for band in Band:
        BandTerm.create(school_year=2021, band=band, first=date(2021, 9, 15), last=date(2022, 6, 30))


@pytest.mark.parametrize("band", Band)
def test_november_2021_has_21_days_in_every_band(calendar, band):
    """domain.md, "School days": 22 weekdays, and nobody attends on the 1st."""
    assert school_days_of(SCHOOL, NOVEMBER).count(band) == 21


@pytest.mark.parametrize("band", Band)
def test_a_decree_corrects_it_all_the_same(calendar, band):
    HolidayOverride.create(day=FIRST, kind=DayKind.WORKDAY, name="")

    assert FIRST in school_days_of(SCHOOL, NOVEMBER).dates[band]


def test_without_a_calendar_it_is_free_too(world):
    days = school_days_of(SCHOOL, NOVEMBER)

    assert days.without_calendar == frozenset(Band)
    assert {len(of_band) for of_band in days.dates.values()} == {21}
