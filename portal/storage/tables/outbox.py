"""Letters waiting to be sent, and what became of them.

A letter waits for as long as it has its sealed content; once sent or given up, it is emptied.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from portal.storage.tables.db import writing
from portal.storage.tables.people import OutboxMessage

LEASE = timedelta(minutes=10)  # for one try; a sender that died in it is followed by another
DELAYS = tuple(timedelta(minutes=minutes) for minutes in (1, 5, 15, 60, 180, 360, 720))
TRIES = len(DELAYS) + 1


@dataclass(frozen=True)
class Waiting:
    """A letter that may be tried; ``attempts`` says which try this is, from 0."""

    id: int
    attempts: int


def waiting(*, now: datetime, first: Sequence[str] = (), count: int | None = None) -> list[Waiting]:
    """What may be sent now: letters of the kinds ``first`` before all others, then the oldest first."""
    rows = (
        OutboxMessage.select(OutboxMessage.id, OutboxMessage.attempts)
        .where(_waits() & (OutboxMessage.not_before <= now))
        .order_by(OutboxMessage.kind.in_(first).desc(), OutboxMessage.not_before, OutboxMessage.id)
        .limit(count)
    )
    return [Waiting(row.id, row.attempts) for row in rows]


def count_waiting() -> int:
    count: int = OutboxMessage.select().where(_waits()).count()
    return count


def claim(letter: Waiting, *, now: datetime) -> OutboxMessage | None:
    """The letter, for this sender alone; None when another one has it. Committed before it is sent."""
    with writing():
        claimed = (
            OutboxMessage.update(attempts=letter.attempts + 1, not_before=now + LEASE)
            .where(
                (OutboxMessage.id == letter.id)
                & (OutboxMessage.attempts == letter.attempts)
                & (OutboxMessage.not_before <= now)
                & _waits()
            )
            .execute()
        )
    row: OutboxMessage | None = OutboxMessage.get_by_id(letter.id) if claimed else None
    return row


def mark_sent(letter: OutboxMessage, *, now: datetime) -> None:
    with writing():
        OutboxMessage.update(sent_at=now, sealed=None, error="").where(
            OutboxMessage.id == letter.id
        ).execute()


def try_later(letter: OutboxMessage, error: str, *, now: datetime) -> bool:
    """Keep it for another try; False when there were enough."""
    if letter.attempts >= TRIES:
        return False
    with writing():
        OutboxMessage.update(error=error[:200], not_before=now + DELAYS[letter.attempts - 1]).where(
            OutboxMessage.id == letter.id
        ).execute()
    return True


def give_up(letter: OutboxMessage, error: str) -> None:
    """It will not be tried again; the error stays, the content goes."""
    with writing():
        OutboxMessage.update(error=error[:200], sealed=None).where(OutboxMessage.id == letter.id).execute()


def give_up_all(kinds: Sequence[str], error: str) -> int:
    """The same of every letter of these kinds that waits; how many."""
    of_kinds = _waits() & OutboxMessage.kind.in_(kinds)
    given_up: int = OutboxMessage.update(error=error, sealed=None).where(of_kinds).execute()
    return given_up


def last_letter(user_id: int) -> OutboxMessage | None:
    """The newest letter to this account."""
    row: OutboxMessage | None = (
        OutboxMessage.select().where(OutboxMessage.user == user_id).order_by(OutboxMessage.id.desc()).first()
    )
    return row


def count_lately(user_id: int, kind: str, *, since: datetime) -> int:
    """How many letters of this kind were written to the account, sent or not."""
    theirs = (OutboxMessage.user == user_id) & (OutboxMessage.kind == kind)
    count: int = OutboxMessage.select().where(theirs & (OutboxMessage.made_at > since)).count()
    return count


def latest(count: int) -> list[OutboxMessage]:
    """The newest letters that still have their content."""
    return list(
        OutboxMessage.select()
        .where(OutboxMessage.sealed.is_null(False))
        .order_by(OutboxMessage.id.desc())
        .limit(count)
    )


def _waits() -> Any:
    return OutboxMessage.sent_at.is_null() & OutboxMessage.sealed.is_null(False)
