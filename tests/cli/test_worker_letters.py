"""Two ``portal worker`` at once: each letter goes once, and the death of one loses none."""

import os
import signal
import subprocess
import sys
from collections import Counter

import pytest

from portal.actions.letters.campaign_letters import tell_of_list
from portal.domain.letters.fate import LetterState
from portal.domain.people import Role
from portal.domain.placement import InstitutionType
from portal.storage.letters import outbox
from portal.storage.tables.campaigns import Submission
from portal.storage.tables.letters import OutboxMessage
from portal.storage.tables.people import User
from tests.cast import NOW, PEPPER, add_institution
from tests.mail.mail_server import Sink, mail_to
from tests.waiting import PATIENCE, until

SCHOOLS = 40
PROGRAM = """
from importlib import import_module
from portal.cli import main
import_module("portal.cli.worker").ROUND = 0.2
main()
"""
pytestmark = pytest.mark.both_databases


@pytest.fixture
def sink():
    return Sink()


@pytest.fixture
def start(world, config, sink, tmp_path):
    """Begin ``portal worker`` in a process of its own, at a time of its own."""
    pepper = tmp_path / "pepper"
    pepper.write_bytes(PEPPER)
    pepper.chmod(0o600)
    kept = {name: value for name, value in os.environ.items() if not name.startswith("PORTAL_")}
    begun = []
    with mail_to(sink) as url:

        def start(at=NOW) -> subprocess.Popen:
            environment = kept | {
                "PORTAL_ENV": "test",
                "PORTAL_DATABASE_URL": config.database_url,
                "PORTAL_PEPPER_FILE": str(pepper),
                "PORTAL_SECRET_KEY": config.secret_key,
                "PORTAL_MAIL_URL": url,
                "PORTAL_CLOCK": at.isoformat(),
            }
            process = subprocess.Popen(
                [sys.executable, "-c", PROGRAM, "worker"],
                cwd=tmp_path,
                env=environment,
                stdout=subprocess.DEVNULL,
                stderr=subprocess.DEVNULL,
            )
            begun.append(process)
            return process

        yield start
        for process in begun:
            process.kill()
            process.wait()


@pytest.fixture
def written(world):
    """A letter for each of many directors; their addresses."""
    for number in range(SCHOOLS):
        code = f"22{number:05}"
        if code not in ("2200000", "2200001", "2200004"):
            add_institution(code, f"Училище {number}", InstitutionType.SCHOOL)
            Submission.create(campaign=world.campaign, institution=code)
            _add_director(f"d{number}@example.org", code)
    tell_of_list(world.campaign, now=NOW)
    return [row.recipient for row in OutboxMessage.select()]


def left() -> int:
    return OutboxMessage.select().where(OutboxMessage.state == LetterState.WAITS).count()


def test_two_at_once_send_each_letter_once(start, written, sink):
    for _ in range(2):
        start()
    until(lambda: not left())

    assert len(written) == SCHOOLS
    assert sorted(sink.to) == sorted(written)


def test_the_death_of_one_between_the_servers_word_and_ours_loses_none(start, written, sink):
    """What it was about to write down goes once more, under the same name; everything else once."""
    sink.takes = 0.3
    first = start()
    until(lambda: len(sink.taken) >= 3)
    first.send_signal(signal.SIGKILL)
    first.wait(timeout=PATIENCE)
    sink.takes = 0.0
    for _ in range(2):
        start(NOW + outbox.LEASE)
    until(lambda: not left())

    assert set(sink.to) == set(written)
    twice = [reader for reader, count in Counter(sink.to).items() if count > 1]
    assert len(twice) <= 1
    for reader in twice:
        assert len({sink.name(letter) for to, letter in sink.taken if to == reader}) == 1


def _add_director(email: str, institution: str) -> None:
    """An account that is written to; nobody logs in to it."""
    User.create(
        email=email,
        name=email,
        role=Role.DIRECTOR,
        institution=institution,
        invited_at=NOW,
        activated_at=NOW,
    )
