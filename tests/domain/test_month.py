"""portal.domain.month.Month"""

from datetime import date

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from portal.domain.month import Month

months = st.builds(Month, st.integers(2000, 2099), st.integers(1, 12))


@given(months)
@settings(deadline=None)
def test_a_month_is_read_back_from_its_text(month):
    assert Month.parse(str(month)) == month


@given(st.text(max_size=8))
@settings(deadline=None)
def test_any_other_text_is_a_value_error(text):
    try:
        month = Month.parse(text)
    except ValueError:
        return
    assert str(month) == text


@pytest.mark.parametrize(
    "text",
    ["2020-13", "2020-00", "1999-12", "2100-01", "2020-1", "2020-12 ", " 2020-12", "٢٠٢٠-12", "2020-12\n"],
)
def test_refuses_what_only_looks_like_a_month(text):
    with pytest.raises(ValueError, match="not a month"):
        Month.parse(text)


@given(months)
@settings(deadline=None)
def test_its_days_are_the_calendars(month):
    assert month.days[0] == month.first
    assert month.days[-1] == month.last
    assert all(Month.of(day) == month for day in month.days)
    assert (month.last - month.first).days == len(month.days) - 1
    assert date.fromordinal(month.last.toordinal() + 1).day == 1


@given(months, st.integers(-600, 600))
@settings(deadline=None)
def test_months_are_counted_forth_and_back(month, count):
    try:
        later = month.plus(count)
    except ValueError:
        return  # outside of 2000–2099
    assert later.plus(-count) == month
    assert (later > month) == (count > 0)


@pytest.mark.parametrize(
    ("month", "school_year"),
    [(Month(2020, 9), 2020), (Month(2020, 12), 2020), (Month(2021, 1), 2020), (Month(2021, 8), 2020),
     (Month(2021, 9), 2021)],
)  # fmt: skip
def test_the_school_year_begins_in_september(month, school_year):
    assert month.school_year == school_year


def test_people_read_its_bulgarian_name():
    assert Month(2020, 12).label == "декември 2020 г."


def test_february_knows_leap_years():
    assert (Month(2020, 2).last, Month(2021, 2).last) == (date(2020, 2, 29), date(2021, 2, 28))
