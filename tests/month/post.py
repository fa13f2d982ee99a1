"""The mail server of the month: it knows what time it is, and has its days."""

import asyncio
import email
import threading
from collections import Counter
from dataclasses import dataclass
from datetime import datetime
from email import policy


@dataclass(frozen=True)
class Taken:
    """A letter that the server took over."""

    at: datetime
    to: str
    name: str  # the Message-ID
    text: str  # as one line


class Post:
    """``refused`` addresses it does not know; those ``deferred`` it takes at the second try of a day. Between
    taking a letter and saying so it ``takes`` so many seconds."""

    def __init__(self, now: datetime) -> None:
        self.now, self.takes = now, 0.0
        self.refused: set[str] = set()
        self.deferred: set[str] = set()
        self.taken: list[Taken] = []
        self.in_vain: Counter[tuple[str, str]] = Counter()  # by address and day
        self._met: set[tuple[str, str]] = set()
        self._guard = threading.Lock()

    @property
    def day(self) -> str:
        return f"{self.now:%d.%m}"

    async def handle_RCPT(self, server, session, envelope, address, options) -> str:  # noqa: N802
        with self._guard:
            if address in self.refused:
                self.in_vain[address, self.day] += 1
                return "550 5.1.1 no such user"
            if address in self.deferred and (address, self.day) not in self._met:
                self._met.add((address, self.day))
                return "451 4.7.1 greylisted, try again"
        envelope.rcpt_tos.append(address)
        return "250 2.1.5 OK"

    async def handle_DATA(self, server, session, envelope) -> str:  # noqa: N802
        letter = email.message_from_bytes(envelope.content, policy=policy.default)
        body = letter.get_body(("plain",))
        assert body is not None, "a letter without plain text"
        text = " ".join(body.get_content().split())
        with self._guard:
            self.taken.append(Taken(self.now, envelope.rcpt_tos[0], str(letter["Message-ID"]), text))
        await asyncio.sleep(self.takes)
        return "250 2.0.0 OK"
