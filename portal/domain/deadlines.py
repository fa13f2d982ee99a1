"""How much time is left, in words."""

from collections.abc import Sequence
from datetime import date, datetime
from typing import Protocol, TypeVar

from portal.domain.calendar import WEEKDAYS, long_date
from portal.domain.month import NAMES
from portal.domain.submissions import CampaignState, Window
from portal.domain.times import stamp, today

TUESDAY = 1
SOON = 2  # days left from which on a deadline is said loudly: our decision


class Windowed(Protocol):
    """What can be worked on between two days."""

    @property
    def window(self) -> Window: ...


Campaign = TypeVar("Campaign", bound=Windowed)


def most_pressing(campaigns: Sequence[Campaign], *, now: datetime) -> Campaign | None:
    """Of those that can be worked on now, the one whose deadline comes first; of several the oldest.
    ``campaigns`` begin with the newest month."""
    running = [each for each in reversed(campaigns) if each.window.state(now) is CampaignState.OPEN]
    return min(running, key=lambda each: each.window.closes_on or date.max, default=None)


def first_looked_at(campaigns: Sequence[Campaign], *, now: datetime) -> Campaign:
    """What a desk opens with: what is most pressing; else the newest that has begun; else the newest.
    ``campaigns`` are in that order, and at least one."""
    begun = (each for each in campaigns if each.window.state(now) is not CampaignState.LOADED)
    return most_pressing(campaigns, now=now) or next(begun, campaigns[0])


def spoken_date(day: date) -> str:
    """``понеделник, 1 февруари 2021 г.``"""
    return f"{WEEKDAYS[day.weekday()]}, {day.day} {NAMES[day.month - 1]} {day.year} г."


def on_day(day: date) -> str:
    """``в понеделник, …``, ``във вторник, …``"""
    return f"{'във' if day.weekday() == TUESDAY else 'в'} {spoken_date(day)}"


def days_left(closes_on: date, *, now: datetime) -> int:
    """Until the last day in Sofia: 0 on that day, below zero afterwards."""
    return (closes_on - today(now)).days


def is_pressing(window: Window, *, now: datetime) -> bool:
    """Whether lists can be worked on now, and not for long."""
    if window.state(now) is not CampaignState.OPEN or window.closes_on is None:
        return False
    return days_left(window.closes_on, now=now) <= SOON


def deadline_sentence(window: Window, *, now: datetime) -> str:
    """What the deadline is today."""
    if window.reopened_until is not None and now < window.reopened_until and window.is_past(now):
        return f"Срокът изтече, но списъкът е отворен за вас до {stamp(window.reopened_until)}"
    if window.closes_on is None or window.opens_on is None:
        return "Срокът още не е определен."
    if today(now) < window.opens_on:
        return f"Отваря се {on_day(window.opens_on)}, и е до {spoken_date(window.closes_on)}"
    return _left(window.closes_on, days_left(window.closes_on, now=now))


def removal_sentence(window: Window, *, now: datetime) -> str:
    """Until when a signature that stands can be taken off; asked while the list can be worked on."""
    if window.reopened_until is not None and window.is_past(now):
        return f"Подписът може да се премахне до {stamp(window.reopened_until)} После е окончателен."
    assert window.closes_on is not None
    return f"Подписът може да се премахне до края на {long_date(window.closes_on)}; после е окончателен."


def _left(closes_on: date, days: int) -> str:
    day = spoken_date(closes_on)
    if days > 1:
        return f"Остават {days} дни – до {day}"
    if days == 1:
        return f"Остава един ден – до утре, {day}"
    if days == 0:
        return "Днес е последният ден – до края на деня."
    if days == -1:
        return f"Срокът изтече вчера, {day}"
    return f"Срокът изтече преди {-days} дни, {on_day(closes_on)}"
