"""portal.storage.lists.public_holidays.public_holidays"""

from datetime import date

import pytest

from portal.storage.lists.public_holidays import public_holidays, school_holidays


@pytest.mark.parametrize(
    "day",
    [
        date(2025, 12, 31),  # by decree
        date(2026, 1, 2),  # by decree
        date(2027, 5, 4),  # instead of Saturday 1 May, which is also Easter Saturday
        date(2020, 12, 28),  # instead of Saturday 26 December
    ],
)
def test_knows_the_days_by_decree_and_by_substitution(day):
    assert day in public_holidays(day.year)


def test_names_them_in_bulgarian():
    assert public_holidays(2021)[date(2021, 1, 1)] == "Нова година"


def test_the_day_without_attendance_is_no_public_holiday():
    """Offices work on 1 November: a deadline may fall on it."""
    assert school_holidays(2021).keys() - public_holidays(2021).keys() == {date(2021, 11, 1)}


def test_changing_what_was_given_changes_nothing_for_the_next():
    public_holidays(2021).clear()
    assert public_holidays(2021)
