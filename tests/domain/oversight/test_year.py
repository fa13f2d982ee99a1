"""marker() and Year: one institution's twelve months."""

from datetime import date, timedelta

import pytest

from portal.domain.month import Month
from portal.domain.oversight.year import Mark, Year, marker
from portal.domain.submissions import Window
from portal.domain.times import end_of

OPENS, CLOSES = date(2021, 1, 25), date(2021, 2, 1)
WINDOW = Window(OPENS, CLOSES)
END = end_of(CLOSES)
INSTANT = timedelta(microseconds=1)


@pytest.mark.parametrize(
    ("done_at", "now", "mark"),
    [
        (END - INSTANT, END, Mark.IN_TIME),
        (END, END + INSTANT, Mark.LATE),
        (None, END - INSTANT, Mark.OPEN),
        (None, END, Mark.NOT),
    ],
)
def test_the_deadline_divides_in_time_from_late_and_open_from_not(done_at, now, mark):
    assert marker(WINDOW, now=now)(done_at) is mark


def test_what_was_answered_is_open_no_longer():
    assert marker(Window(answered=True), now=END)(None) is Mark.NOT


@pytest.mark.parametrize("now", [END - INSTANT, END])
def test_who_was_not_done_when_the_month_was_suspended_is_not_blamed(now):
    mark_of = marker(Window(OPENS, CLOSES, suspended=True), now=now)

    assert (mark_of(None), mark_of(END - INSTANT)) == (Mark.SUSPENDED, Mark.IN_TIME)


def test_counts_what_is_as_it_should_be_and_names_the_rest():
    marks = (Mark.NO_LIST,) * 2 + (Mark.IN_TIME,) * 7 + (Mark.NOT, Mark.LATE, Mark.OPEN)

    spoken = Year(Month(2020, 12), marks).spoken

    assert spoken == "в срок: 7; след срока: ноември; не: октомври; срокът тече: декември; без списък: 2"
