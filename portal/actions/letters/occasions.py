"""Putting letters about occasions into the outbox: each occasion once for each reader, whoever asks and
however often. What they say is written when they are sent."""

import json
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any

from portal.domain.letters.fate import LetterState
from portal.domain.letters.kinds import Occasion
from portal.storage.letters.readers import Reader
from portal.storage.tables.bulk import batches
from portal.storage.tables.db import db, writing
from portal.storage.tables.letters import OutboxMessage

AT_ONCE = 200  # letters in a statement: building one for each costs more than storing it
SETTLES = timedelta(minutes=10)  # what the operator or a file does to a list in one go is one letter

Facts = Mapping[str, Any]


@dataclass(frozen=True)
class About:
    """``thing`` is what, and which version of it: with the kind and the reader it makes the letter one of its
    kind. ``facts`` are what will no longer be seen when the letter is written. No name stands in either."""

    occasion: Occasion
    thing: str
    campaign: int | None = None
    facts: Facts = field(default_factory=dict)


def queue(
    about: About,
    readers: Iterable[Reader],
    *,
    merged: Callable[[Facts, Facts], Facts] | None = None,
    wait: timedelta = timedelta(0),
    now: datetime,
) -> int:
    """How many letters are new. With ``merged`` the facts go into a letter of the kind that waits untried for
    the same reader, if there is one. In the transaction of what happened."""
    if not db.in_transaction():
        raise RuntimeError("a letter is put down in the transaction of what it announces")
    untold = [each for each in readers if merged is None or not _has_merged(about, each, merged)]
    return sum(_insert(about, some, not_before=now + wait, now=now) for some in batches(untold, AT_ONCE))


def queue_in_turns(
    waiting: Iterable[int], some: Callable[[int], int | None], *, go_on: Callable[[], bool] = lambda: True
) -> int:
    """The letters of all that waits, some in each transaction; how many are new. ``some`` puts down the next
    of one, and says None where there are no more."""
    new = 0
    for number in waiting:
        while go_on():
            with writing():
                added = some(number)
            if added is None:
                break
            new += added
    return new


def summed(before: Facts, more: Facts) -> Facts:
    """Counts of both."""
    return {name: before.get(name, 0) + more.get(name, 0) for name in {*before, *more}}


def _insert(about: About, readers: Sequence[Reader], *, not_before: datetime, now: datetime) -> int:
    facts = json.dumps(dict(about.facts))
    rows = [
        {
            "recipient": reader.email,
            "user": reader.user_id,
            "kind": about.occasion.value,
            "state": LetterState.WAITS,
            "occasion": f"{about.occasion.value}/{about.thing}/{reader.mark}",
            "campaign": about.campaign,
            "institution": reader.institution,
            "facts": facts,
            "made_at": now,
            "not_before": not_before,
        }
        for reader in readers
    ]
    inserted: Any = OutboxMessage.insert_many(rows).on_conflict_ignore().as_rowcount().execute()
    return int(inserted)


def _has_merged(about: About, reader: Reader, merged: Callable[[Facts, Facts], Facts]) -> bool:
    """Whether one that waits took the facts. One that is being sent meanwhile takes none: its tries have
    grown."""
    alike = (
        (OutboxMessage.kind == about.occasion.value)
        & (OutboxMessage.campaign == about.campaign)
        & (OutboxMessage.institution == reader.institution)
        & (OutboxMessage.user.is_null() if reader.user_id is None else OutboxMessage.user == reader.user_id)
    )
    waits = (OutboxMessage.state == LetterState.WAITS) & (OutboxMessage.attempts == 0)
    row = OutboxMessage.select().where(alike & waits).order_by(OutboxMessage.id.desc()).first()
    if row is None:
        return False
    facts = json.dumps(dict(merged(json.loads(row.facts or "{}"), about.facts)))
    changed: int = (
        OutboxMessage.update(facts=facts)
        .where((OutboxMessage.id == row.id) & waits & (OutboxMessage.facts == row.facts))
        .execute()
    )
    return changed == 1
