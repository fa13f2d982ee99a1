"""portal.domain.letters.reminders: who is reminded of what, and when, beside tables written by hand."""

from datetime import UTC, date, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from portal.domain.institutions import Closing
from portal.domain.letters.reminders import (
    Reminder,
    Situation,
    Task,
    deadline_of,
    next_hour,
    own_tasks,
    reminder,
    stage_on,
    worked_on,
)
from portal.domain.people import Scope
from portal.domain.submissions import Counts, SubmissionState, Window
from portal.domain.times import SOFIA

S, T = SubmissionState, Task
NOBODY_WORKS_ON = frozenset({5, 6})  # Saturday, Sunday

# By the weekday of the deadline: how many days before it somebody is written to, and of which reminder.
# A day on which nobody works gives its reminder to the working day before it; two of one day are one.
DAYS = {
    "Monday": {5: 5, 3: 1, 0: 0},  # the one of Sunday goes on Friday, where that of three days is
    "Tuesday": {5: 5, 4: 3, 1: 1, 0: 0},  # Saturday's on Friday
    "Wednesday": {5: 3, 1: 1, 0: 0},  # Friday's own, and Sunday's
    "Thursday": {6: 5, 3: 3, 1: 1, 0: 0},
    "Friday": {7: 5, 3: 3, 1: 1, 0: 0},
    "Saturday": {5: 5, 3: 3, 1: 1, 0: 0},
    "Sunday": {5: 5, 3: 3, 2: 1, 0: 0},  # Saturday's on Friday
}

# State of the list, opened, register confirmed: what a director has left, and what a delegate who may only
# decide, only sign, or sign and keep the register.
MISSING = [
    (S.NOTHING, False, False, {T.SAY_NOTHING, T.CONFIRM_MONTH}, set(), {T.SAY_NOTHING}, "both"),
    (S.NOTHING, True, True, {T.SAY_NOTHING}, set(), {T.SAY_NOTHING}, {T.SAY_NOTHING}),
    (S.CHECKED, True, False, {T.CONFIRM_MONTH}, set(), set(), {T.CONFIRM_MONTH}),
    (S.CHECKED, True, True, set(), set(), set(), set()),
    (S.NOT_STARTED, False, False, {T.OPEN, T.CONFIRM_MONTH}, {T.OPEN}, set(), {T.CONFIRM_MONTH}),
    (S.NOT_STARTED, False, True, {T.OPEN}, {T.OPEN}, set(), set()),
    (S.NOT_STARTED, True, False, {T.START, T.CONFIRM_MONTH}, {T.START}, set(), {T.CONFIRM_MONTH}),
    (S.NOT_STARTED, True, True, {T.START}, {T.START}, set(), set()),
    (S.IN_PROGRESS, True, False, {T.FINISH, T.CONFIRM_MONTH}, {T.FINISH}, set(), {T.CONFIRM_MONTH}),
    (S.IN_PROGRESS, True, True, {T.FINISH}, {T.FINISH}, set(), set()),
    (S.READY, True, False, {T.SIGN, T.CONFIRM_MONTH}, set(), {T.SIGN}, "both"),
    (S.READY, True, True, {T.SIGN}, set(), {T.SIGN}, {T.SIGN}),
    (S.SIGNED, True, False, {T.CONFIRM_MONTH}, set(), set(), {T.CONFIRM_MONTH}),
    (S.SIGNED, True, True, set(), set(), set(), set()),
    (S.FINAL, True, True, set(), set(), set(), set()),
    (S.ERASED, True, False, set(), set(), set(), set()),
]
NOW = datetime(2021, 1, 29, 10, 0, tzinfo=SOFIA)
OPENS, CLOSES = date(2021, 1, 25), date(2021, 2, 1)


def is_weekday(day: date) -> bool:
    return day.weekday() not in NOBODY_WORKS_ON


def situation(state=S.READY, *, window=None, director=True, opened=True, confirmed=False) -> Situation:
    return Situation(window or Window(OPENS, CLOSES), state, director, opened, NOW if confirmed else None)


def due(at: datetime, deadline: date, is_working=is_weekday) -> Reminder | None:
    window = Window(deadline - timedelta(20), deadline)
    return reminder(situation(window=window), is_working, now=at)


@pytest.mark.parametrize(("state", "opened", "confirmed", "director", "decides", "signs", "both"), MISSING)
def test_who_is_asked_for_what(state, opened, confirmed, director, decides, signs, both):
    tasks = situation(state, opened=opened, confirmed=confirmed).tasks

    assert own_tasks(tasks, frozenset(Scope)) == director
    assert own_tasks(tasks, {Scope.DECIDE}) == decides
    assert own_tasks(tasks, {Scope.SIGN}) == signs
    assert own_tasks(tasks, {Scope.SIGN, Scope.REGISTER}) == (director if both == "both" else both)


def test_every_state_stands_in_the_table():
    assert {row[0] for row in MISSING} == set(SubmissionState) - {S.NO_ACCOUNT}


@pytest.mark.parametrize(("state", "opened", "confirmed", "director"), [row[:4] for row in MISSING])
def test_where_nobody_directs_somebody_has_to_get_in(state, opened, confirmed, director):
    tasks = situation(state, opened=opened, confirmed=confirmed, director=False).tasks
    assert tasks == (director | {T.GET_IN} if director else set())


@pytest.mark.parametrize(
    ("counts", "state"),
    [
        (Counts(3, 3, 0, 0), S.NOT_STARTED),
        (Counts(3, 1, 1, 1), S.IN_PROGRESS),
        (Counts(3, 0, 2, 1), S.READY),
    ],
)
def test_a_list_that_nobody_directs_is_as_its_delegates_find_it(counts, state):
    assert worked_on(S.NO_ACCOUNT, counts) is state
    assert worked_on(S.SIGNED, counts) is S.SIGNED


@given(
    deadline=st.dates(date(2020, 1, 1), date(2035, 12, 31)),
    before=st.integers(-3, 12),
    hour=st.integers(0, 23),
    minute=st.integers(0, 59),
)
def test_on_which_days_and_at_which_hours(deadline, before, hour, minute):
    day = deadline - timedelta(before)
    at = datetime(day.year, day.month, day.day, hour, minute, tzinfo=SOFIA).astimezone(UTC)
    expected = DAYS[f"{deadline:%A}"].get(before)
    is_time = hour >= 8 if expected == 0 else 8 <= hour < 18
    found = due(at, deadline)

    assert (None if found is None else found.days) == (expected if is_time else None)


@given(
    deadline=st.dates(date(2020, 1, 1), date(2035, 12, 31)),
    off=st.sets(st.integers(0, 20), max_size=15),
)
def test_among_holidays_nothing_comes_late_twice_or_on_a_day_off(deadline, off):
    """Counted day by day: ``off`` are holidays, so many days before the deadline."""
    days_off = {deadline - timedelta(back) for back in off}

    def is_working(day: date) -> bool:
        return is_weekday(day) and day not in days_off

    sent = {}
    for before in range(40, -5, -1):
        day = deadline - timedelta(before)
        stage = stage_on(deadline, day, is_working)
        if stage is not None:
            assert stage not in sent, "twice"
            sent[stage] = before
    assert sent.pop(0) == 0, "the last morning always"
    last = None
    for stage in (1, 3, 5):
        wanted = next(n for n in range(stage, 60) if is_working(deadline - timedelta(n)))
        if wanted == last:
            assert stage not in sent, "one of two on one day"
        else:
            assert sent[stage] == wanted
        last = wanted


@pytest.mark.parametrize(
    "window",
    [
        Window(),
        Window(OPENS, CLOSES, suspended=True),
        Window(OPENS, CLOSES, answered=True),
        Window(date(2021, 1, 30), CLOSES),
        Window(OPENS, date(2021, 1, 28)),
        Window(OPENS, date(2021, 1, 28), reopened_until=NOW),
        Window(OPENS, CLOSES, closing=Closing(date(2021, 1, 29))),
    ],
    ids=["no window", "suspended", "answered", "not open yet", "over", "exception over", "closed"],
)
def test_nobody_is_reminded_of_what_cannot_be_worked_on(window):
    assert deadline_of(window, now=NOW) is None
    assert reminder(situation(window=window), is_weekday, now=NOW) is None


def test_an_exception_has_its_own_deadline():
    until = datetime(2021, 2, 3, 23, 59, 59, tzinfo=SOFIA)
    window = Window(OPENS, CLOSES, reopened_until=until)
    morning = datetime(2021, 2, 3, 8, 0, tzinfo=SOFIA)

    found = reminder(situation(window=window), is_weekday, now=morning)
    assert (found.days, found.deadline) == (0, date(2021, 2, 3))


def test_who_is_done_with_both_is_not_reminded():
    assert reminder(situation(S.SIGNED, confirmed=True), is_weekday, now=NOW) is None
    assert reminder(situation(S.SIGNED), is_weekday, now=NOW).tasks == {T.CONFIRM_MONTH}


@pytest.mark.parametrize(
    ("at", "then"),
    [
        ((2021, 1, 28, 7, 59), (2021, 1, 28)),
        ((2021, 1, 28, 18, 0), (2021, 1, 29)),
        ((2021, 1, 29, 18, 0), (2021, 2, 1)),
        ((2021, 1, 30, 7, 0), (2021, 2, 1)),
    ],
)
def test_what_missed_its_hour_goes_on_the_next_working_morning(at, then):
    found = next_hour(is_weekday, now=datetime(*at, tzinfo=SOFIA))
    assert found == datetime(*then, 8, 0, tzinfo=SOFIA)
