"""How long a letter that opens an account waits behind the country's, at a slow mail server; and what it
costs to put those down, and to decide each when it is sent."""

import asyncio
import socket
import tempfile
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

from aiosmtpd.controller import Controller

from bench.loading import SITE
from bench.table import Measure, show
from bench.town import MONTH, institutions_file
from portal.actions.letters.campaign_letters import tell_of_list
from portal.actions.letters.outbox import enqueue, message_of
from portal.actions.letters.sending import deliver
from portal.actions.loading.files import Source
from portal.actions.loading.institutions import load_institutions
from portal.domain.people import Role
from portal.mail.messages import Message
from portal.storage.letters.outbox import count_waiting
from portal.storage.lists.held import make_lists
from portal.storage.schema.upgrade import upgrade_database
from portal.storage.tables.bulk import add_rows
from portal.storage.tables.campaigns import Campaign
from portal.storage.tables.db import connected, open_database, writing
from portal.storage.tables.institutions import Institution
from portal.storage.tables.letters import OutboxMessage
from portal.storage.tables.people import User

DIRECTORS = 4_500  # of the country, each told at once that the list is there
TAKES = 0.3  # seconds: what the server needs for one letter
ASKED_AFTER = 20  # letters: the reset is asked for while the round is under way
DECIDED, DECIDES = 500, 0.05  # letters, and seconds for one: a sixth of what the slow server takes
WITHIN = 60  # seconds from asking for a new password until the letter has left
SENDER = "portal@portal.example.bg"
RESET = "reset@example.org"


def measured(folder: Path) -> bool:
    folder.mkdir(parents=True, exist_ok=True)
    open_database(f"sqlite:///{folder / 'letters.db'}")
    with connected():
        upgrade_database()
        campaign = _campaign()
        put_down = _timed(lambda: tell_of_list(campaign, now=_now()))
        assert count_waiting() == DIRECTORS
        deciding = _timed(_decide_some) / DECIDED
        server = _Server()
        with _serving(server) as url:
            began = time.monotonic()
            done = deliver(url, SENDER, go_on=server.goes_on, site=SITE, clock=_now)
            took = time.monotonic() - began
    assert server.asked_at is not None and server.came_at is not None
    waited = server.came_at - server.asked_at
    return show(
        f"Letters: {DIRECTORS:,} wait, and one for a new password, at {TAKES} s a letter",
        [
            Measure("from asking for a new password to its letter", waited, "s", WITHIN),
            Measure("sent until then, with it", done.sent, "letters"),
            Measure("to put down the country's letters", put_down, "s"),
            Measure("to decide what one says", deciding * 1000, "ms", DECIDES * 1000),
            Measure("connections for them", server.connections, "", 1),
            Measure("a letter, all in all", took / done.sent * 1000, "ms", TAKES * 1000 * 1.5),
        ],
    )


def _campaign() -> Campaign:
    """A month that is open now, with a director of each institution of the country."""
    file = tempfile.TemporaryFile()  # noqa: SIM115 - whoever loads it closes it
    file.write(institutions_file(DIRECTORS))
    file.seek(0)
    load_institutions(None, Source(file, "institutions.csv"), now=_now())
    today = _now().date()
    campaign = Campaign.create(
        month=MONTH, opens_on=today, closes_on=today + timedelta(days=7), made_at=_now()
    )
    columns = ("email", "name", "role", "institution", "invited_at", "activated_at")
    codes = [code for (code,) in Institution.select(Institution.code).tuples()]
    people = [(f"d{code}@example.org", code, Role.DIRECTOR, code, _now(), _now()) for code in codes]
    with writing():
        make_lists(campaign, day=today)
        add_rows(User, columns, people)
    made: Campaign = campaign
    return made


def _decide_some() -> None:
    for row in OutboxMessage.select().limit(DECIDED):
        message_of(row, site=SITE, now=_now())


def _timed(deed: Callable[[], object]) -> float:
    began = time.perf_counter()
    deed()
    return time.perf_counter() - began


def _now() -> datetime:
    return datetime.now(UTC)


def _ask_for_reset() -> None:
    with writing():
        enqueue(Message(RESET, "Тема", "Текст\n" * 20), "password_reset", site=SITE, now=_now())


class _Server:
    """Takes its time for each letter. In the midst a new password is asked for; its letter ends the round."""

    def __init__(self) -> None:
        self.connections = self.taken = 0
        self.asked_at: float | None = None
        self.came_at: float | None = None

    def goes_on(self) -> bool:
        if self.asked_at is None and self.taken >= ASKED_AFTER + 1:  # just after a new look at what waits
            self.asked_at = time.monotonic()
            _ask_for_reset()
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
