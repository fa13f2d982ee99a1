"""Whom to call, and in what order."""

from collections.abc import Iterable
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from enum import IntEnum
from functools import cache
from typing import Any

from portal.domain.errors import holds
from portal.domain.names import place_order
from portal.domain.oversight.progress import Module, Progress, Standing
from portal.domain.submissions import SubmissionState, Window, check_open
from portal.domain.times import end_of

State = SubmissionState
SHORTEST = timedelta(hours=1)  # of time left, for the rule: within the last hour everybody is as late
LONGEST = timedelta(days=60)  # where no window says how long there is

# By how much something in the way makes a call matter more than to somebody who is at work (which is 1).
UNSIGNED = 5  # all is decided and counts for nothing: one minute of theirs saves the whole list
NO_ACCESS = 3  # nobody there can do anything, whatever they know, before somebody is invited
UNOPENED = 2  # nobody has looked: the commonest mistake by the directorates' letters
LETTER_LOST = 2  # they were written to and do not have it


class Turn(IntEnum):
    """Which of three parts of the list a row stands in."""

    OVERDUE = 0  # it was promised, and is not done
    NOW = 1
    LATER = 2

    @property
    def label(self) -> str:
        return ("Обещано и неизпълнено", "За обаждане сега", "Уговорено за по-късно")[self]


@dataclass(frozen=True)
class Situation:
    """One institution that is late, as whoever calls has to know it. ``window`` is its own, with its
    exception; ``next_call`` what the last call left, UTC, and ``is_promise`` whether that was a promise."""

    standing: Standing
    window: Window
    has_access: bool = True
    letter_lost: bool = False
    next_call: datetime | None = None
    is_promise: bool = False

    def exception(self, now: datetime) -> datetime | None:
        """Until when the list is open for this institution alone, everybody's deadline being over."""
        until = self.window.reopened_until
        return until if until is not None and now < until and self.window.is_past(now) else None

    def turn(self, now: datetime) -> Turn:
        return turn_of(self.next_call, is_promise=self.is_promise, now=now)


def turn_of(next_call: datetime | None, *, is_promise: bool, now: datetime) -> Turn:
    if next_call is None:
        return Turn.NOW
    if next_call > now:
        return Turn.LATER
    return Turn.OVERDUE if is_promise else Turn.NOW


def own_window(window: Window, until: datetime | None, *, now: datetime) -> Window:
    """The campaign's window as it is for one institution: with the operator's exception for it, ``until``
    then. After the final answer only an exception for a correction can still run."""
    runs = until is not None and now < until
    return replace(window, reopened_until=until, is_correction=window.answered and runs)


def is_to_call(window: Window, standing: Standing, *, now: datetime) -> bool:
    """Whether it is late and can still do something about it: its list is unsigned, or „Проверих – няма
    записи“ not said, or the register's month not confirmed, and the window is open for it. Before the window
    opens, while it is suspended and after the deadline no call helps."""
    return bool(to_call(window, (standing,), now=now))


def to_call(window: Window, standings: Iterable[Standing], *, now: datetime) -> list[Standing]:
    """Those of one month of whom ``is_to_call`` is true."""
    is_open = cache(lambda until: may_work(window, until, now=now))
    return [each for each in standings if each.is_unfinished and is_open(each.reopened_until)]


def may_work(window: Window, until: datetime | None, *, now: datetime) -> bool:
    """Whether an institution with such an exception can do something about its list now."""
    return holds(check_open, own_window(window, until, now=now), now=now)


def closes_at(window: Window, *, now: datetime) -> datetime | None:
    """When an institution's own window ends, UTC; none where no day is set."""
    if window.reopened_until is not None and window.is_past(now):
        return window.reopened_until
    return None if window.closes_on is None else end_of(window.closes_on)


def weight(situation: Situation, *, now: datetime) -> float:
    """How much a call to this institution matters: what is at stake, times what stands in the way, over the
    time that is left. Our decision; larger is sooner.

    * At stake is every record of an unsigned list, the decided ones too, since „няма информация“ goes out for
      each of them; those still pending count twice, being work that takes time. Whoever owes only „Проверих“
      or the register's month has one thing at stake.
    * In the way: see UNSIGNED, NO_ACCESS, UNOPENED and LETTER_LOST, which add up.
    * Time left, in hours, is that of the institution's own window: an exception can end sooner or later than
      the month. Within the last hour it makes no difference any more.
    """
    standing = situation.standing
    stake = at_stake(standing, standing.counts.total + standing.counts.pending)
    ahead = in_the_way(standing, has_access=situation.has_access, letter_lost=situation.letter_lost)
    return stake * ahead / hours_left(situation.window, now=now)


def at_stake(progress: Progress, records: int) -> int:
    """``records`` are those of the list, the pending ones twice."""
    return 1 + (records if Module.LIST in progress.missing else 0)


def in_the_way(progress: Progress, *, has_access: bool, letter_lost: bool) -> int:
    return (
        1
        + UNSIGNED * (progress.state is State.READY)
        + NO_ACCESS * (not has_access)
        + UNOPENED * progress.never_opened
        + LETTER_LOST * letter_lost
    )


def hours_left(window: Window, *, now: datetime) -> float:
    ends = closes_at(window, now=now)
    left = LONGEST if ends is None else max(ends - now, SHORTEST)
    return left / timedelta(hours=1)


def in_order(situations: Iterable[Situation], *, now: datetime) -> list[Situation]:
    """The order in which to call.

    First promises whose time has passed, the one that waits longest before the others. Then everybody who may
    be called now, by ``weight``. Last whoever is to be called later, the soonest first. Equals stand by name
    and code, so that two experts read the same list.
    """

    def key(each: Situation) -> tuple[object, ...]:
        place = each.standing.institution
        return order_key(each.turn(now), each.next_call, weight(each, now=now), place.name, place.code)

    return sorted(situations, key=key)


def order_key(turn: Turn, next_call: datetime | None, weight: float, name: str, code: str) -> tuple[Any, ...]:
    """By which ``in_order`` puts them."""
    by_time = next_call.timestamp() if next_call is not None and turn is not Turn.NOW else 0.0
    return (turn, by_time, -weight if turn is Turn.NOW else 0.0, place_order(name), code)


def missing_in_words(situation: Situation) -> list[str]:
    """What is missing at the institution, as whoever calls says it."""
    standing, counts = situation.standing, situation.standing.counts
    said = []
    if not situation.has_access:
        said.append("няма директор с активиран достъп")
    if Module.LIST in standing.missing:
        said.append(_of_list(standing))
    if Module.REGISTER in standing.missing:
        said.append("карантината за месеца не е потвърдена")
    if standing.never_opened and counts.total:
        said.append("никой не е отварял списъка")
    if situation.letter_lost:
        said.append("писмо до тях не е прието")
    return said


def _of_list(standing: Standing) -> str:
    counts = standing.counts
    if counts.total == 0:
        return "не е отбелязано „Проверих – няма записи“"
    if counts.pending == 0:
        return f"всичко е решено, но не е подписано: {counts.total}"
    return f"за преглед: {counts.pending} от {counts.total}"
