"""Letters that are written at once, in the same transaction as the event they announce, and sent later.

Such a letter may hold an address that opens an account, so it is sealed with a key made from the pepper and
bound to its row and recipient: a stolen database opens none, and a changed recipient gets nothing.
"""

import json
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime

from portal.actions.letters.deciding import decided
from portal.actions.letters.matter import NoLonger, NotYet
from portal.actions.site import Site
from portal.crypto.pepper import outbox_key
from portal.crypto.vault import Vault
from portal.mail.messages import Message
from portal.storage.letters import outbox
from portal.storage.tables.db import db
from portal.storage.tables.letters import OutboxMessage
from portal.storage.tables.people import User


@dataclass(frozen=True)
class Letter:
    """A letter that can still be read."""

    made_at: datetime
    message: Message


def enqueue(
    message: Message,
    kind: str,
    *,
    user: User | int | None = None,
    opens_nothing: bool = False,
    site: Site,
    now: datetime,
) -> None:
    """Put a letter into the outbox, in the transaction of what it announces. ``kind`` is a word of
    at most 24 letters; ``user`` the account that it is written to. The subject of one that ``opens_nothing``
    is kept beside what is sealed: it says of which institution of many the letter is."""
    if not db.in_transaction():
        raise RuntimeError("a letter is written in the transaction of what it announces")
    subject = message.subject if opens_nothing else ""
    row = OutboxMessage.create(
        recipient=message.to, user=user, kind=kind, subject=subject, made_at=now, not_before=now
    )
    content = json.dumps([message.subject, message.body]).encode()
    row.sealed = _vault(site=site).seal(content, _place(row))
    row.save(only=[OutboxMessage.sealed])


def opened(row: OutboxMessage, *, site: Site) -> Message:
    """The letter as it was written; CannotOpen if the row, its recipient or the pepper is another."""
    subject, body = json.loads(_vault(site=site).open(bytes(row.sealed or b""), _place(row)))
    return Message(row.recipient, subject, body)


def message_of(row: OutboxMessage, *, site: Site, now: datetime) -> Message:
    """What is sent of a letter now: as it was written, or as it is decided at this moment (NoLonger,
    NotYet)."""
    return opened(row, site=site) if row.occasion is None else decided(row, site=site, now=now)


def letters(count: int = 100, *, site: Site, now: datetime) -> list[Letter]:
    """The newest letters, for the demo, where nothing is sent."""
    return list(_readable(outbox.latest(count), site=site, now=now))


def _readable(rows: list[OutboxMessage], *, site: Site, now: datetime) -> Iterator[Letter]:
    for row in rows:
        try:
            yield Letter(row.made_at, message_of(row, site=site, now=now))
        except (NoLonger, NotYet):
            continue


def _vault(*, site: Site) -> Vault:
    return Vault([outbox_key(site.pepper)])


def _place(row: OutboxMessage) -> str:
    return f"outbox/{row.id}/{row.recipient}"
