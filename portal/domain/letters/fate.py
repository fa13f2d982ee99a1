"""What became of a letter, and what the mail server said to it."""

import re
from dataclasses import dataclass
from enum import Enum
from typing import Self

LONGEST_REPLY = 200  # characters of what a server says that are kept
_STATUS = re.compile(r"([245]\.\d{1,3}\.\d{1,3})(?:\s+|$)")
# RFC 3463, 3.2: no such mailbox, system or address, or it has moved; a null MX (RFC 7505).
NO_SUCH_ADDRESS = frozenset({"5.1.1", "5.1.2", "5.1.3", "5.1.6", "5.1.10"})
NO_SUCH_MAILBOX = frozenset({550, 551, 553})  # RFC 5321, 4.2.3, where no other status says why


class LetterState(Enum):
    WAITS = "waits"
    SENT = "sent"
    DROPPED = "dropped"
    GIVEN_UP = "given_up"

    @property
    def label(self) -> str:
        return {
            "waits": "чака изпращане",
            "sent": "предадено",
            "dropped": "отпаднало",
            "given_up": "не е прието",
        }[self.value]


class Verdict(Enum):
    """What the server's answer means for the letter."""

    ACCEPTED = "accepted"
    DEFERRED = "deferred"
    REFUSED = "refused"
    UNKNOWN_ADDRESS = "unknown_address"

    @property
    def label(self) -> str:
        return {
            "accepted": "прието",
            "deferred": "отложено",
            "refused": "отказано",
            "unknown_address": "няма такъв адрес",
        }[self.value]


IN_VAIN = (Verdict.REFUSED, Verdict.UNKNOWN_ADDRESS)
FINAL = (Verdict.ACCEPTED, *IN_VAIN)  # after it the letter is not tried again


@dataclass(frozen=True)
class Reply:
    """A server's answer: ``code`` of three digits, ``status`` as RFC 3463 has it, or nothing; ``text`` is
    what else it said. It likes to repeat the address, so that it is not for logs."""

    code: int
    status: str
    text: str

    @classmethod
    def read(cls, code: int, said: bytes | str) -> Self:
        text = said.decode("utf-8", "replace") if isinstance(said, bytes) else said
        printable = "".join(letter if letter.isprintable() else " " for letter in text)
        line = " ".join(printable.split())
        found = _STATUS.match(line)
        status = found[1] if found else ""
        return cls(code, status, line[found.end() if found else 0 :][:LONGEST_REPLY])

    def verdict(self, *, about_reader: bool) -> Verdict:
        """``about_reader``: it answers the recipient's address and not the letter. 5xx is for good; 4xx, and
        what is no reply at all, is for now (RFC 5321, 4.2.1)."""
        if 200 <= self.code <= 299:
            return Verdict.ACCEPTED
        if not 500 <= self.code <= 599:
            return Verdict.DEFERRED
        is_unknown = self.status in NO_SUCH_ADDRESS if self.status else self.code in NO_SUCH_MAILBOX
        return Verdict.UNKNOWN_ADDRESS if about_reader and is_unknown else Verdict.REFUSED
