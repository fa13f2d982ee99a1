"""How a month goes on within its window, beside the month before, and where that leads.

An institution is done („приключила“) since the later of the two: its list signed or „няма записи“ said, and
the month of its register confirmed. A signature that was removed and given again counts since it was given
again.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime, timedelta

from portal.domain.month import Month
from portal.domain.times import end_of, start_of

HOUR = timedelta(hours=1)
AT_THE_END = timedelta(0)


@dataclass(frozen=True)
class Course:
    """``done`` has how many of the ``due`` institutions became done in the hour that begins then (UTC)."""

    month: Month
    opens_on: date
    closes_on: date
    due: int
    done: Mapping[datetime, int]

    @property
    def begins(self) -> datetime:
        return start_of(self.opens_on)

    @property
    def ends(self) -> datetime:
        return end_of(self.closes_on)

    def done_by(self, at: datetime) -> int:
        """How many in the hours that began before then."""
        return sum(many for hour, many in self.done.items() if hour < at)

    def share_left(self, left: timedelta) -> float:
        """The share, 0 to 1, that was done so long before the deadline; whoever was late counts nowhere. Of
        an hour that goes on then, as much as has passed of it."""
        at = self.ends - left
        done = sum(many * min((at - hour) / HOUR, 1.0) for hour, many in self.done.items() if hour < at)
        return done / self.due if self.due else 1.0

    def even(self, at: datetime) -> float:
        """The share that would be done by then, if every hour of the window brought as many: 0 to 1."""
        passed = (at - self.begins) / (self.ends - self.begins)
        return min(max(passed, 0.0), 1.0)


def expected(share: float, before: Course, *, left: timedelta) -> float | None:
    """The share that will be done at the deadline, where ``share`` is done ``left`` before it: of those who
    are not done as many more as last month of those who were not done at the same time before the deadline.

    None where last month everybody was done by then: it says nothing of those who are still waited for.
    Source: our decision. It is the plainest rule that uses where both months stand, needs no parameter, and
    stays between what is done and all.
    """
    then = before.share_left(left)
    if then >= 1:
        return None
    return share + (1 - share) * (before.share_left(AT_THE_END) - then) / (1 - then)


@dataclass(frozen=True)
class Forecast:
    """``complete`` of ``due`` institutions by the deadline, by how ``after`` went. ``checked`` is the same
    rule asked of that month at the same time before its deadline, where a month before it is known."""

    complete: int
    due: int
    after: Month
    checked: "Check | None" = None


@dataclass(frozen=True)
class Check:
    """What the rule said, and what came true, in whole percent of the institutions."""

    said: int
    was: int

    @property
    def off(self) -> int:
        """By how many percentage points it said too much; too little is below zero."""
        return self.said - self.was


def forecast(
    this: Course, before: Course | None, earlier: Course | None, *, now: datetime
) -> Forecast | None:
    """None outside the window, where there is no month before, or where that one says nothing."""
    if before is None or not this.begins <= now < this.ends:
        return None
    left = this.ends - now
    share = expected(this.done_by(now) / this.due if this.due else 1.0, before, left=left)
    if share is None:
        return None
    return Forecast(int(share * this.due + 0.5), this.due, before.month, _checked(before, earlier, left))


def _checked(before: Course, earlier: Course | None, left: timedelta) -> Check | None:
    said = None if earlier is None else expected(before.share_left(left), earlier, left=left)
    if said is None:
        return None
    return Check(percent(said), percent(before.share_left(AT_THE_END)))


def percent(share: float) -> int:
    """Rounded down, as everywhere: 100 is said only when all of them are done."""
    return int(100 * share + 1e-9)
