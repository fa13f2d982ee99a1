"""Who is reminded of a deadline, of what, and when: at 5, 3 and 1 days before it, and on its morning."""

from collections.abc import Callable, Set
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from enum import Enum

from portal.domain.oversight.progress import Module, missing
from portal.domain.people import Scope
from portal.domain.submissions import CampaignState, Counts, SubmissionState, Window
from portal.domain.times import local, start_of, today

STAGES = (0, 1, 3, 5)  # days before the last one
EARLY = 3  # days, from which on a reminder is one that a person may do without
FIRST_HOUR, LAST_HOUR = 8, 18  # in Sofia: from the one to before the other
FAR = 60  # days; no row of days off is as long

IsWorking = Callable[[date], bool]


class Task(Enum):
    """What is missing. Of a list it is one; the register's month comes beside it."""

    GET_IN = "get_in"
    OPEN = "open"
    START = "start"
    FINISH = "finish"
    SIGN = "sign"
    SAY_NOTHING = "say_nothing"
    CONFIRM_MONTH = "confirm_month"


# What a delegate has to be allowed to do it, all of it; ``GET_IN`` is nobody's who is in.
_NEEDS = {
    Task.OPEN: frozenset({Scope.DECIDE}),
    Task.START: frozenset({Scope.DECIDE}),
    Task.FINISH: frozenset({Scope.DECIDE}),
    Task.SIGN: frozenset({Scope.SIGN}),
    Task.SAY_NOTHING: frozenset({Scope.SIGN}),
    Task.CONFIRM_MONTH: frozenset({Scope.REGISTER, Scope.SIGN}),
}
_OF_LIST = {
    SubmissionState.NOTHING: Task.SAY_NOTHING,
    SubmissionState.NOT_STARTED: Task.START,
    SubmissionState.IN_PROGRESS: Task.FINISH,
    SubmissionState.READY: Task.SIGN,
}


@dataclass(frozen=True)
class Situation:
    """One institution and month. ``window`` is the list's own, with its exception; ``state`` is that of the
    list, whether there is a director to work on it or not."""

    window: Window
    state: SubmissionState
    has_director: bool
    was_opened: bool
    register_confirmed_at: datetime | None

    @property
    def tasks(self) -> frozenset[Task]:
        """What is missing; nothing where both are done. Where nobody directs, somebody has to get in
        first."""
        if self.state is SubmissionState.ERASED:
            return frozenset()
        lacking = missing(self.state, self.register_confirmed_at)
        found = set() if self.has_director or not lacking else {Task.GET_IN}
        if Module.REGISTER in lacking:
            found.add(Task.CONFIRM_MONTH)
        if Module.LIST in lacking:
            task = _OF_LIST[self.state]
            found.add(Task.OPEN if task is Task.START and not self.was_opened else task)
        return frozenset(found)


def worked_on(state: SubmissionState, counts: Counts) -> SubmissionState:
    """The state of a list that nobody directs, as its delegates find it."""
    if state is not SubmissionState.NO_ACCOUNT:
        return state
    if not counts.pending:
        return SubmissionState.READY
    return SubmissionState.IN_PROGRESS if counts.decided else SubmissionState.NOT_STARTED


def own_tasks(tasks: Set[Task], scopes: Set[Scope], *, is_mailbox: bool = False) -> frozenset[Task]:
    """Those that somebody with these scopes can do; a director has all of them. Who is in is not asked to get
    in, and the institution's own mailbox for nothing else."""
    if is_mailbox:
        return frozenset(tasks & {Task.GET_IN})
    return frozenset(task for task in tasks if task in _NEEDS and _NEEDS[task] <= scopes)


def deadline_of(window: Window, *, now: datetime) -> date | None:
    """The last day on which the list can be worked on, if it can be now: an exception has its own. None while
    the month is suspended, before it opens, once it is over or answered, and in a closed institution; a
    correction after the answer is an exception."""
    if window.closing is not None and window.closing.is_in_force(now):
        return None
    state, until = window.state(now), window.reopened_until
    if state is CampaignState.OPEN:
        return window.closes_on
    is_excepted = state is CampaignState.CLOSED or (state is CampaignState.ANSWERED and window.is_correction)
    return today(until) if is_excepted and until is not None and now < until else None


def due_day(deadline: date, days: int, is_working: IsWorking) -> date:
    """On which a reminder goes: so many days before the deadline, or on the last working day before that, so
    that it is read in time. The last morning is that of the deadline, whatever day it is. Our decision."""
    day = deadline - timedelta(days)
    for back in range(FAR if days else 0):
        if is_working(day - timedelta(back)):
            return day - timedelta(back)
    return day


def stage_by(deadline: date, day: date, is_working: IsWorking) -> int | None:
    """Of the reminders that were due by ``day`` the one of the fewest days; of two on one day only it
    goes."""
    due = (days for days in STAGES if due_day(deadline, days, is_working) <= day <= deadline)
    return next(due, None)


def stage_on(deadline: date, day: date, is_working: IsWorking) -> int | None:
    """The reminder that is due on this very day: who comes to have something left to do later is not reminded
    before the next one."""
    days = stage_by(deadline, day, is_working)
    return days if days is not None and due_day(deadline, days, is_working) == day else None


def reminder_days(deadline: date, since: date, is_working: IsWorking) -> list[date]:
    """On which days reminders of the deadline are still to go, from ``since`` on; two on one day are one."""
    return sorted({day for days in STAGES if (day := due_day(deadline, days, is_working)) >= since})


def is_hour(days: int, is_working: IsWorking, *, now: datetime) -> bool:
    """Whether a reminder of so many days may go at this moment. One of the last morning that was held up goes
    until the day is over."""
    here = local(now)
    if here.hour < FIRST_HOUR:
        return False
    return days == 0 or (here.hour < LAST_HOUR and is_working(here.date()))


def due_now(window: Window, is_working: IsWorking, *, now: datetime) -> tuple[date, int] | None:
    """The deadline and the days of the reminder that has to go at this moment, if one has."""
    deadline = deadline_of(window, now=now)
    days = None if deadline is None else stage_on(deadline, today(now), is_working)
    if deadline is None or days is None or not is_hour(days, is_working, now=now):
        return None
    return deadline, days


def next_hour(is_working: IsWorking, *, now: datetime) -> datetime:
    """The next moment after ``now`` at which reminders begin to go."""
    here = local(now)
    day = here.date() if here.hour < FIRST_HOUR else here.date() + timedelta(1)
    while not is_working(day) and day < here.date() + timedelta(FAR):
        day += timedelta(1)
    return start_of(day) + timedelta(hours=FIRST_HOUR)


@dataclass(frozen=True)
class Reminder:
    """``days`` before the deadline, as the stage has it."""

    days: int
    deadline: date
    tasks: frozenset[Task]


def reminder(situation: Situation, is_working: IsWorking, *, now: datetime) -> Reminder | None:
    """What has to go out now to the people of one institution, if anything has."""
    due = due_now(situation.window, is_working, now=now)
    if due is None or not situation.tasks:
        return None
    deadline, days = due
    return Reminder(days, deadline, situation.tasks)
