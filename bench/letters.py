"""How long a letter that opens an account waits behind the country's, at a slow mail server."""

import asyncio
import socket
import time
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from aiosmtpd.controller import Controller

from bench.loading import SITE
from bench.table import Measure, show
from portal.actions.letters.outbox import enqueue
from portal.actions.letters.sending import deliver
from portal.mail.messages import Message
from portal.storage.schema.upgrade import upgrade_database
from portal.storage.tables.db import connected, open_database, writing

DIRECTORS = 4_500  # of the country, each told at once that the list is there
TAKES = 0.3  # seconds: what the server needs for one letter
ASKED_AFTER = 20  # letters: the reset is asked for while the round is under way
WITHIN = 60  # seconds from asking for a new password until the letter has left
SENDER = "portal@portal.example.bg"
RESET = "reset@example.org"


def measured(folder: Path) -> bool:
    folder.mkdir(parents=True, exist_ok=True)
    open_database(f"sqlite:///{folder / 'letters.db'}")
    with connected():
        upgrade_database()
        _write([f"d{number}@example.org" for number in range(DIRECTORS)], "list_received")
        server = _Server()
        with _serving(server) as url:
            began = time.monotonic()
            done = deliver(url, SENDER, go_on=server.goes_on, site=SITE, clock=lambda: datetime.now(UTC))
            took = time.monotonic() - began
    assert server.asked_at is not None and server.came_at is not None
    waited = server.came_at - server.asked_at
    return show(
        f"Letters: {DIRECTORS:,} wait, and one for a new password, at {TAKES} s a letter",
        [
            Measure("from asking for a new password to its letter", waited, "s", WITHIN),
            Measure("sent until then, with it", done.sent, "letters"),
            Measure("connections for them", server.connections, "", 1),
            Measure("a letter, all in all", took / done.sent * 1000, "ms", TAKES * 1000 * 1.5),
        ],
    )


def _write(readers: list[str], kind: str) -> None:
    with writing():
        for reader in readers:
            enqueue(Message(reader, "Тема", "Текст\n" * 20), kind, site=SITE, now=datetime.now(UTC))


class _Server:
    """Takes its time for each letter. In the midst a new password is asked for; its letter ends the round."""

    def __init__(self) -> None:
        self.connections = self.taken = 0
        self.asked_at: float | None = None
        self.came_at: float | None = None

    def goes_on(self) -> bool:
        if self.asked_at is None and self.taken >= ASKED_AFTER + 1:  # just after a new look at what waits
            self.asked_at = time.monotonic()
            _write([RESET], "password_reset")
        return self.came_at is None

    async def handle_EHLO(  # noqa: N802
        self, server: Any, session: Any, envelope: Any, name: str, answers: list[str]
    ) -> list[str]:
        session.host_name = name
        self.connections += 1
        return answers

    async def handle_DATA(self, server: Any, session: Any, envelope: Any) -> str:  # noqa: N802
        await asyncio.sleep(TAKES)
        self.taken += 1
        if envelope.rcpt_tos == [RESET]:
            self.came_at = time.monotonic()
        return "250 OK"


@contextmanager
def _serving(handler: object) -> Iterator[str]:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
    controller = Controller(handler, hostname="127.0.0.1", port=port)
    controller.start()
    try:
        yield f"smtp://127.0.0.1:{port}"
    finally:
        controller.stop()
