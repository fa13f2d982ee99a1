"""Institutions that were closed: from which day, who takes their records, and what that ends."""

from dataclasses import dataclass
from datetime import date, datetime, timedelta

from portal.domain.calendar import long_date
from portal.domain.errors import Conflict, Refusal
from portal.domain.times import today

FAR = timedelta(days=366)  # before and after today: a date further off is a slip of the pen; our decision


@dataclass(frozen=True)
class Closing:
    """That an institution is closed from ``on`` (00:00 in Sofia); ``successor`` is a name, or empty."""

    on: date
    successor: str = ""

    @property
    def sentence(self) -> str:
        """Why nothing can be decided there any more, for its own people."""
        to = self.successor or "други институции"
        return (
            f"Институцията е закрита от {_plain_date(self.on)}: подписаното остава, а записите, които не са "
            f"подписани, се насочват от ЦИОО към {to}."
        )

    def is_in_force(self, now: datetime) -> bool:
        return self.on <= today(now)


def check_not_closed(closing: Closing | None, *, now: datetime) -> None:
    """Raise Conflict if the institution is closed by now: nobody there decides or signs.

    Source: domain.md, "Where a child belongs".
    """
    if closing is not None and closing.is_in_force(now):
        raise Conflict(closing.sentence)


def check_may_close(closing: Closing | None, on: date, *, now: datetime) -> None:
    """Raise unless an institution can be closed from this day."""
    if closing is not None:
        raise Conflict(
            f"Тази институция вече е закрита от {_plain_date(closing.on)} За друга дата първо отменете "
            "закриването."
        )
    if abs(on - today(now)) > FAR:
        raise Refusal(
            f"Проверете датата: {_plain_date(on)} е на повече от година от днес.",
            field="on",
        )


def check_successor(institution: str, successor: str, closing: Closing | None) -> None:
    """Raise Refusal unless ``successor`` can take over from ``institution``; both are codes, ``closing``
    is the successor's own."""
    if successor == institution:
        raise Refusal("Институцията не може да бъде приемник на себе си.", field="successor")
    if closing is not None:
        raise Refusal(
            f"И приемникът е закрит, от {_plain_date(closing.on)} Изберете друг.", field="successor"
        )


def check_may_reopen(closing: Closing | None) -> None:
    if closing is None:
        raise Conflict("Тази институция не е закрита.")


def _plain_date(day: date) -> str:
    """Without the weekday: ``1 февруари 2021 г.``"""
    return long_date(day).partition(" (")[0]
