"""Letters waiting to be sent, and what became of them.

A sealed letter that was sent, or given up, is emptied.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from portal.domain.letters.fate import LetterState, Reply, Verdict
from portal.storage.tables.db import writing
from portal.storage.tables.letters import OutboxMessage

LEASE = timedelta(minutes=10)  # for one try; a sender that died in it is followed by another
DELAYS = tuple(timedelta(minutes=minutes) for minutes in (1, 5, 15, 60, 180, 360, 720))
TRIES = len(DELAYS) + 1


@dataclass(frozen=True)
class Waiting:
    """A letter that may be tried; ``attempts`` says which try this is, from 0. ``is_uncertain``: the last one
    broke off, and the server may have taken it."""

    id: int
    attempts: int
    is_uncertain: bool = False


@dataclass(frozen=True)
class Written:
    """What was sent of a letter about an occasion: it is kept, as it opens nothing."""

    recipient: str
    subject: str
    body: str


def waiting(*, now: datetime, first: Sequence[str] = (), count: int | None = None) -> list[Waiting]:
    """What may be sent now: letters of the kinds ``first`` before all others, then the oldest first."""
    rows = (
        OutboxMessage.select(OutboxMessage.id, OutboxMessage.attempts, OutboxMessage.handing_at)
        .where(_waits() & (OutboxMessage.not_before <= now))
        .order_by(OutboxMessage.kind.in_(first).desc(), OutboxMessage.not_before, OutboxMessage.id)
        .limit(count)
    )
    return [Waiting(row.id, row.attempts, row.handing_at is not None) for row in rows]


def count_waiting() -> int:
    count: int = OutboxMessage.select().where(_waits()).count()
    return count


def claim(letter: Waiting, *, now: datetime) -> OutboxMessage | None:
    """The letter, for this sender alone; None when another one has it. Committed before it is sent."""
    with writing():
        claimed = (
            OutboxMessage.update(attempts=letter.attempts + 1, not_before=now + LEASE, handing_at=now)
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


def mark_sent(letter: OutboxMessage, reply: Reply, written: Written | None, *, now: datetime) -> None:
    kept = {} if written is None else vars(written)
    answered = _answered(reply, Verdict.ACCEPTED, now=now)
    _end(letter, LetterState.SENT, sent_at=now, error="", facts=letter.facts, **kept, **answered)


def try_later(letter: OutboxMessage, error: str, reply: Reply | None = None, *, now: datetime) -> bool:
    """Keep it for another try; False when there were enough."""
    if letter.attempts >= TRIES:
        return False
    answered = _answered(reply, Verdict.DEFERRED, now=now)
    with writing():
        OutboxMessage.update(
            error=error[:200], not_before=now + DELAYS[letter.attempts - 1], handing_at=None, **answered
        ).where(OutboxMessage.id == letter.id).execute()
    return True


def give_up(
    letter: OutboxMessage,
    error: str,
    reply: Reply | None = None,
    verdict: Verdict | None = None,
    *,
    now: datetime,
) -> None:
    """It will not be tried again; the error stays, the content goes."""
    _end(letter, LetterState.GIVEN_UP, error=error[:200], **_answered(reply, verdict, now=now))


def drop(letter: OutboxMessage, reason: str) -> None:
    """It is no longer true, or is not wanted: it is not sent."""
    _end(letter, LetterState.DROPPED, error=reason[:200])


def postpone(letter: OutboxMessage, until: datetime) -> None:
    """Its hour has not come; that was no try."""
    with writing():
        OutboxMessage.update(not_before=until, attempts=letter.attempts - 1, handing_at=None).where(
            OutboxMessage.id == letter.id
        ).execute()


def give_up_all(kinds: Sequence[str], error: str) -> int:
    """The same of every letter of these kinds that waits; how many."""
    of_kinds = _waits() & OutboxMessage.kind.in_(kinds)
    given_up: int = (
        OutboxMessage.update(error=error, sealed=None, state=LetterState.GIVEN_UP).where(of_kinds).execute()
    )
    return given_up


def drop_waiting(user_id: int, kind: str, reason: str) -> None:
    """What is written at once and waits, to this account: it is not sent. One that is being handed over goes.
    In the caller's transaction."""
    theirs = (
        (OutboxMessage.user == user_id) & (OutboxMessage.kind == kind) & OutboxMessage.handing_at.is_null()
    )
    OutboxMessage.update(state=LetterState.DROPPED, sealed=None, error=reason).where(
        theirs & _waits()
    ).execute()


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
    """The newest letters that wait."""
    return list(OutboxMessage.select().where(_waits()).order_by(OutboxMessage.id.desc()).limit(count))


def _end(letter: OutboxMessage, state: LetterState, **columns: Any) -> None:
    with writing():
        OutboxMessage.update(state=state, sealed=None, handing_at=None, **columns).where(
            OutboxMessage.id == letter.id
        ).execute()


def _answered(reply: Reply | None, verdict: Verdict | None, *, now: datetime) -> dict[str, Any]:
    """What the server said; where there was none that spoke, that it was deferred."""
    if reply is None:
        return {"verdict": verdict, "code": None, "status": "", "reply": ""}
    return {
        "verdict": verdict,
        "code": reply.code,
        "status": reply.status,
        "reply": reply.text,
        "replied_at": now,
    }


def _waits() -> Any:
    return OutboxMessage.state == LetterState.WAITS
