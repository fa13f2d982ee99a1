"""portal.domain.lists.closures: an institution's own days without school."""

from datetime import date, timedelta

import pytest

from portal.domain.calendar import Span
from portal.domain.errors import Conflict, Refusal
from portal.domain.lists.closures import LONGEST, Days, check_apart, check_days, check_list_unsigned
from portal.domain.month import Month
from portal.domain.submissions import Lock

FIRST, LAST = date(2020, 12, 10), date(2020, 12, 11)
DAYS = Days(FIRST, LAST, "РД-1")


def test_the_months_are_all_that_have_a_day():
    assert DAYS.months == [Month(2020, 12)]
    over_new_year = Days(date(2020, 11, 30), date(2021, 1, 1), "РД-1")
    assert [str(month) for month in over_new_year.months] == ["2020-11", "2020-12", "2021-01"]


@pytest.mark.parametrize(
    "days",
    [
        Days(FIRST, FIRST, "РД-1"),
        Days(FIRST, FIRST + timedelta(days=LONGEST - 1), "д" * 60),
        Days(date(2000, 1, 1), date(2000, 1, 1), "РД-1"),
        Days(date(2099, 12, 31), date(2099, 12, 31), "РД-1"),
    ],
)
def test_one_day_and_the_longest_hold(days):
    check_days(days)


@pytest.mark.parametrize(
    ("days", "field"),
    [
        (Days(LAST, FIRST, "РД-1"), "last"),
        (Days(FIRST, FIRST + timedelta(days=LONGEST), "РД-1"), "last"),
        (Days(date(1999, 12, 31), FIRST, "РД-1"), "first"),
        (Days(FIRST, date(2100, 1, 1), "РД-1"), "last"),
        (Days(FIRST, LAST, ""), "order_number"),
        (Days(FIRST, LAST, "д" * 61), "order_number"),
    ],
)
def test_what_does_not_hold_names_its_field(days, field):
    with pytest.raises(Refusal) as refused:
        check_days(days)

    assert refused.value.field == field


@pytest.mark.parametrize(
    "other",
    [Span(FIRST, FIRST), Span(LAST, LAST + timedelta(days=5)), Span(date(2020, 1, 1), date(2021, 1, 1))],
)
def test_a_day_is_entered_once(other):
    with pytest.raises(Refusal):
        check_apart(DAYS, [other])


def test_neighbouring_days_are_apart():
    one = timedelta(days=1)
    check_apart(DAYS, [Span(FIRST - one, FIRST - one), Span(LAST + one, LAST + one)])


@pytest.mark.parametrize("lock", [Lock.SIGNED, Lock.ERASED])
def test_a_locked_list_keeps_its_days(lock):
    check_list_unsigned(Month(2020, 12), Lock.OPEN)
    with pytest.raises(Conflict, match=r"декември 2020 г\."):
        check_list_unsigned(Month(2020, 12), lock)
