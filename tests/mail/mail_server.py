"""A mail server on this machine, for as long as a test wants one."""

import asyncio
import email
import socket
from collections.abc import Iterator
from contextlib import contextmanager

from aiosmtpd.controller import Controller


class Sink:
    """Answers as it is told, and keeps what it took: to whom, and the letter. ``unknown`` has an answer of
    its own for an address. Whoever gives a letter waits for ``takes`` seconds."""

    def __init__(self) -> None:
        self.answer = "250 OK"
        self.unknown: dict[str, str] = {}
        self.takes = 0.0
        self.taken: list[tuple[str, bytes]] = []

    @staticmethod
    def name(letter: bytes) -> str:
        """The Message-ID."""
        return str(email.message_from_bytes(letter)["Message-ID"])

    @property
    def to(self) -> list[str]:
        return [reader for reader, _ in self.taken]

    async def handle_RCPT(self, server, session, envelope, address, options) -> str:  # noqa: N802
        if address in self.unknown:
            return self.unknown[address]
        envelope.rcpt_tos.append(address)
        return "250 OK"

    async def handle_DATA(self, server, session, envelope) -> str:  # noqa: N802
        if self.answer.startswith("250") and self.takes:
            self.taken.append((envelope.rcpt_tos[0], envelope.content))
            await asyncio.sleep(self.takes)
            return self.answer
        if self.answer.startswith("250"):
            self.taken.append((envelope.rcpt_tos[0], envelope.content))
        return self.answer


@contextmanager
def mail_to(handler: object) -> Iterator[str]:
    """The address (``smtp://``) of a server that gives its letters to ``handler``."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
    controller = Controller(handler, hostname="127.0.0.1", port=port)
    controller.start()
    try:
        yield f"smtp://127.0.0.1:{port}"
    finally:
        controller.stop()
