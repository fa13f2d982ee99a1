"""The year of one institution in twelve marks: whether it was done with each month in time."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from enum import Enum

from portal.domain.month import NAMES, Month
from portal.domain.submissions import Window
from portal.domain.times import end_of

MONTHS = 12


class Mark(Enum):
    IN_TIME = "in-time"
    LATE = "late"
    NOT = "not"
    OPEN = "open"
    SUSPENDED = "suspended"
    NO_LIST = "no-list"

    @property
    def label(self) -> str:
        return {
            "in-time": "в срок",
            "late": "след срока",
            "not": "не",
            "open": "срокът тече",
            "suspended": "спрян",
            "no-list": "без списък",
        }[self.value]


def marker(window: Window, *, now: datetime) -> Callable[[datetime | None], Mark]:
    """Marks each institution in a month by since when both its list and the register's month are done, none
    where they are not."""
    ends = None if window.closes_on is None else end_of(window.closes_on)
    undone = _undone(window, now=now)

    def mark_of(done_at: datetime | None) -> Mark:
        if done_at is None:
            return undone
        return Mark.IN_TIME if ends is None or done_at < ends else Mark.LATE

    return mark_of


def _undone(window: Window, *, now: datetime) -> Mark:
    """Of who is not done: while a month is suspended nobody can be, and so nobody is to be blamed."""
    if window.suspended:
        return Mark.SUSPENDED
    return Mark.NOT if window.answered or window.is_past(now) else Mark.OPEN


@dataclass(frozen=True)
class Year:
    """The marks of twelve months that end with ``last``, the oldest first."""

    last: Month
    marks: tuple[Mark, ...]

    @property
    def spoken(self) -> str:
        """``в срок: 9; след срока: март; не: юни, юли``: what is as it should be is counted, the rest is
        named."""
        named: dict[Mark, list[str]] = {}
        for back, mark in enumerate(reversed(self.marks)):
            named.setdefault(mark, []).insert(0, NAMES[self.last.plus(-back).number - 1])
        said = []
        for mark in Mark:
            if mark in named:
                is_counted = mark in (Mark.IN_TIME, Mark.NO_LIST)
                said.append(f"{mark.label}: {len(named[mark]) if is_counted else ', '.join(named[mark])}")
        return "; ".join(said)
