"""What waits in the outbox of a test, opened with the tests' pepper."""

import re
from datetime import datetime

from portal.actions.letters.outbox import message_of
from portal.mail.messages import Message
from portal.storage.tables.letters import OutboxMessage
from tests.cast import NOW, SITE


def letters(kind: str = "", *, now: datetime = NOW) -> list[Message]:
    """Every letter of this kind, the oldest first."""
    rows = OutboxMessage.select().order_by(OutboxMessage.id)
    return [message_of(row, site=SITE, now=now) for row in rows if kind in ("", row.kind)]


def readers(kind: str = "") -> list[str]:
    return [letter.to for letter in letters(kind)]


def token_in(letter: Message) -> str:
    found = re.search(r"/activate/([\w-]{43})\n", letter.body)
    assert found, "no address in the letter"
    return found[1]


def text(letter: Message) -> str:
    """The body as one line, as a person reads it."""
    return " ".join(letter.body.split())
