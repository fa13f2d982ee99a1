"""What waits in the outbox of a test, opened with the tests' pepper."""

import re

from portal.actions.letters.outbox import opened
from portal.mail.messages import Message
from portal.storage.tables.people import OutboxMessage
from tests.cast import SITE


def letters(kind: str = "") -> list[Message]:
    """Every letter of this kind, the oldest first."""
    rows = OutboxMessage.select().order_by(OutboxMessage.id)
    return [opened(row, site=SITE) for row in rows if kind in ("", row.kind)]


def readers(kind: str = "") -> list[str]:
    return [letter.to for letter in letters(kind)]


def token_in(letter: Message) -> str:
    found = re.search(r"/activate/([\w-]{43})\n", letter.body)
    assert found, "no address in the letter"
    return found[1]
