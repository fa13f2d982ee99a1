"""expected(), forecast() and Course: how a month goes on, and where that leads."""

from datetime import date, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from portal.domain.month import Month
from portal.domain.oversight.pace import AT_THE_END, HOUR, Check, Course, expected, forecast
from portal.domain.times import end_of, start_of

OPENS, CLOSES = date(2021, 1, 25), date(2021, 2, 1)
MONTH = Month(2020, 12)
HOURS = 8 * 24


def course(done, due=10, month=MONTH):
    """``done`` by hours before the deadline: {3: 2} are two institutions in the third last hour."""
    ends = end_of(CLOSES)
    return Course(month, OPENS, CLOSES, due, {ends - HOUR * left: many for left, many in done.items()})


courses = st.builds(
    lambda done, more: course(done, sum(done.values()) + more),
    st.dictionaries(st.integers(-48, HOURS), st.integers(0, 5), max_size=8),
    st.integers(1, 9),
)


def test_counts_who_is_done_by_a_time():
    this = course({30: 2, 3: 1, -2: 4})

    assert [this.done_by(this.ends - HOUR * left) for left in (31, 30, 29, 2, 0, -5)] == [0, 0, 2, 3, 3, 7]


def test_who_was_late_is_in_no_share():
    assert course({3: 5, -2: 5}).share_left(AT_THE_END) == 0.5


def test_the_even_pace_leads_from_nobody_to_everybody():
    this = course({})

    assert this.even(this.begins - HOUR) == this.even(this.begins) == 0
    assert this.even(start_of(date(2021, 1, 29))) == 0.5
    assert this.even(this.ends) == this.even(this.ends + HOUR) == 1


def test_expects_as_many_of_the_rest_as_last_month():
    """Last month 4 of 10 were done a day before the deadline, and 3 of the 6 others came."""
    before = course({30: 4, 5: 3})

    assert expected(0.2, before, left=timedelta(days=1)) == pytest.approx(0.2 + 0.8 * 3 / 6)


def test_a_month_in_which_all_were_done_says_nothing_of_the_rest():
    assert expected(0.2, course({30: 10}), left=HOUR) is None


@given(courses, courses, st.integers(0, HOURS))
def test_expects_no_fewer_than_are_done_and_no_more_than_there_are(this, before, left):
    done = this.share_left(HOUR * left)

    share = expected(done, before, left=HOUR * left)
    assert share is None or done - 1e-9 <= share <= 1 + 1e-9


@given(courses, st.integers(0, HOURS))
def test_a_month_like_the_last_one_is_foreseen_exactly(this, left):
    share = expected(this.share_left(HOUR * left), this, left=HOUR * left)

    assert share is None or share == pytest.approx(this.share_left(AT_THE_END))


def test_says_how_wrong_the_rule_was_last_time():
    this, before, earlier = course({40: 2}), course({30: 4, 5: 3}), course({30: 5, 5: 5})
    at = this.ends - timedelta(days=1)

    told = forecast(this, before, earlier, now=at)

    assert (told.complete, told.due, told.checked) == (6, 10, Check(said=100, was=70))
    assert told.checked.off == 30
    assert forecast(this, before, None, now=at).checked is None


def test_of_the_hour_that_goes_on_last_month_as_much_had_passed():
    """At a quarter past, a quarter of those who came within that hour last month had come."""
    before, at = course({2: 4}), end_of(CLOSES) - HOUR * 1.75
    this = course({2: 1})

    assert before.share_left(HOUR * 1.75) == pytest.approx(0.1)
    assert forecast(this, before, None, now=at).complete == 4  # 0.1 + 0.9 * 0.3 / 0.9


def test_some_are_expected_within_the_last_hour():
    this, before = course({40: 2}), course({40: 2, 1: 4})

    assert forecast(this, before, None, now=this.ends - HOUR / 2).complete == 5  # 2, and a third of 8


def test_foresees_nothing_outside_the_window_or_without_a_month_before():
    this, before = course({}), course({5: 3})

    assert forecast(this, None, None, now=this.begins) is None
    assert forecast(this, before, None, now=this.begins - HOUR) is None
    assert forecast(this, before, None, now=this.ends) is None
