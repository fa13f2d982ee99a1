"""Letters: written in the same transaction as the event they announce, and sent later.

A letter may hold an address that opens an account, so it is sealed with a key made from the pepper and
bound to its row and recipient: a stolen database opens none, and a changed recipient gets nothing.
"""

import json
import logging
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime

from portal.actions.letters.links import OPENING, begin_link
from portal.actions.site import Site
from portal.crypto.errors import CannotOpen
from portal.crypto.pepper import outbox_key
from portal.crypto.vault import Vault
from portal.mail.messages import Message
from portal.mail.smtp import MailError, Session
from portal.storage.tables import outbox
from portal.storage.tables.db import db, writing
from portal.storage.tables.people import OutboxMessage, User

logger = logging.getLogger(__name__)

PATIENCE = 3  # letters in a row that the server would not take now; the rest wait for the next round
AT_A_TIME = 20  # letters; then what came meanwhile is looked at: some seconds of a slow server
DOES_NOT_OPEN = "Писмото не може да бъде отворено."


@dataclass(frozen=True)
class Round:
    """What became of the letters of one round."""

    sent: int = 0
    later: int = 0
    given_up: int = 0


@dataclass(frozen=True)
class Letter:
    """A letter that can still be read."""

    made_at: datetime
    message: Message


def enqueue(
    message: Message, kind: str, *, user: User | int | None = None, site: Site, now: datetime
) -> None:
    """Put a letter into the outbox, in the transaction of what it announces. ``kind`` is a word of
    at most 24 letters; ``user`` the account that it is written to."""
    if not db.in_transaction():
        raise RuntimeError("a letter is written in the transaction of what it announces")
    row = OutboxMessage.create(recipient=message.to, user=user, kind=kind, made_at=now, not_before=now)
    content = json.dumps([message.subject, message.body]).encode()
    row.sealed = _vault(site=site).seal(content, _place(row))
    row.save(only=[OutboxMessage.sealed])


def opened(row: OutboxMessage, *, site: Site) -> Message:
    """The letter as it was written; CannotOpen if the row, its recipient or the pepper is another."""
    subject, body = json.loads(_vault(site=site).open(bytes(row.sealed or b""), _place(row)))
    return Message(row.recipient, subject, body)


def letters(count: int = 100, *, site: Site) -> list[Letter]:
    """The newest letters, for the demo, where nothing is sent."""
    return [Letter(row.made_at, opened(row, site=site)) for row in outbox.latest(count)]


def deliver(
    mail_url: str,
    sender: str,
    *,
    go_on: Callable[[], bool] = lambda: True,
    site: Site,
    clock: Callable[[], datetime],
) -> Round:
    """Try every letter that is due, once. ``clock`` and ``go_on`` are asked for each: a slow server takes
    its time. Letters that open an account go before all others, also before those of a round under way."""
    sent = later = given_up = in_a_row = 0
    with Session(mail_url, sender) as session:
        while letters := outbox.waiting(now=clock(), first=tuple(OPENING), count=AT_A_TIME):
            for letter in letters:
                if in_a_row >= PATIENCE or not go_on():
                    return Round(sent, later, given_up)
                row = outbox.claim(letter, now=clock())
                if row is None:  # another sender has it
                    continue
                error = _sent(row, session, sender, clock(), site=site)
                if error is None:
                    _mark_sent(row, site=site, now=clock())
                    sent, in_a_row = sent + 1, 0
                elif error.temporary and outbox.try_later(row, str(error), now=clock()):
                    later, in_a_row = later + 1, in_a_row + 1
                else:
                    outbox.give_up(row, str(error))
                    given_up += 1
                logger.info("letter %s (%s): %s", row.id, row.kind, "sent" if error is None else error)
    return Round(sent, later, given_up)


def _sent(row: OutboxMessage, session: Session, sender: str, at: datetime, *, site: Site) -> MailError | None:
    """None when the server took it. A letter keeps its Message-ID over all its tries."""
    try:
        message = opened(row, site=site)
        identity = f"<{row.id}.{row.made_at:%Y%m%d%H%M%S}@{sender.rpartition('@')[2]}>"
        session.send(message, at=at, message_id=identity)
    except CannotOpen:
        return MailError(DOES_NOT_OPEN, temporary=False)
    except MailError as error:
        return error
    return None


def _mark_sent(row: OutboxMessage, *, site: Site, now: datetime) -> None:
    with writing():
        outbox.mark_sent(row, now=now)
        begin_link(row, site=site, now=now)


def _vault(*, site: Site) -> Vault:
    return Vault([outbox_key(site.pepper)])


def _place(row: OutboxMessage) -> str:
    return f"outbox/{row.id}/{row.recipient}"
