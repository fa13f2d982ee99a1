"""portal worker: letters go out, lists come in, what waited for them is completed; a signal ends it."""

import json
import os
import signal
import subprocess
import sys
import threading
import time
from dataclasses import replace
from datetime import timedelta
from pathlib import Path

import psycopg
import pytest
from click.testing import CliRunner

from portal.actions.letters.outbox import enqueue
from portal.cli import main
from portal.cli.worker import COMPLETE_AGAIN, Worker
from portal.domain.decisions import Decision
from portal.domain.submissions import Lock
from portal.mail.messages import Message
from portal.storage.lists.current import list_of
from portal.storage.tables.campaigns import Campaign, Submission
from portal.storage.tables.db import writing
from portal.storage.tables.letters import OutboxMessage
from portal.storage.tables.qualified import PendingSignature
from tests.actions.qualified.signed import BOTH, authority, give_egn, p7s, take_as, trust
from tests.actions.trust.list_server import say_nothing, serving
from tests.cast import MONTH, NOW, PEPPER, SCHOOL, SITE, add_record
from tests.mail.mail_server import Sink, mail_to
from tests.waiting import PATIENCE, until

# Who ends in the hour between two rounds was told to.
PROGRAM = """
from importlib import import_module
from portal.cli import main
import_module("portal.cli.worker").ROUND = 3600
main()
"""
HOUR = timedelta(hours=1)


@pytest.fixture
def sink():
    return Sink()


@pytest.fixture
def mail_url(sink):
    with mail_to(sink) as url:
        yield url


@pytest.fixture
def server():
    with serving() as server:
        yield server


@pytest.fixture
def folder(tmp_path, server) -> Path:
    """A trust folder without a list, and the address of one."""
    trust(tmp_path / "trust", fresh=False)
    (tmp_path / "trust/crls.txt").write_text(f"{server.url}/list.crl\n")
    return tmp_path / "trust"


@pytest.fixture(autouse=True)
def no_proxies(monkeypatch):
    for variable in [name for name in os.environ if name.lower().endswith("_proxy")]:
        monkeypatch.delenv(variable)


@pytest.fixture
def config(config, mail_url, folder):
    return replace(config, mail_url=mail_url, trust_dir=folder, signatures=BOTH)


@pytest.fixture
def begun(world, config):
    return Worker(config, go_on=lambda: True)


def write(to: str) -> None:
    with writing():
        enqueue(Message(to, "Покана", "текст\n"), "invitation", site=SITE, now=NOW)


@pytest.fixture
def waits(world, folder):
    """Ана's signature, that waits for the list."""
    give_egn(world.ana)
    add_record(decision=Decision.CONFIRMED, decided_by=world.ana.user_id, decided_at=NOW)
    take_as(world.ana, p7s(world.ana), trust(folder.parent / "bare", fresh=False))
    assert lock() is Lock.OPEN


def lock() -> Lock:
    return list_of(SCHOOL, MONTH).lock


def test_a_round_does_everything(begun, waits, server, sink):
    server.answers["/list.crl"] = authority().crl(this_update=NOW)
    write("boris@example.org")

    assert begun.round()

    assert sink.to == ["boris@example.org"]
    assert lock() is Lock.SIGNED
    assert begun.said[0] == "Писма: изпратени 1, за нов опит 0, без повече опити 0, отпаднали 0."
    assert begun.said[1].startswith(f"Списък new {server.url}/list.crl: нов списък на ")
    assert begun.said[2] == "Подписи с КЕП: приети 1, отказани 0, чакащи 0."

    assert begun.round()
    assert sink.to[1:] == ["ana@example.org"]


def test_a_list_that_somebody_put_there_completes_too(begun, waits, server, folder):
    assert not begun.round()
    assert lock() is Lock.OPEN
    (folder / "crls/by-hand.crl").write_bytes(authority().crl(this_update=NOW))

    assert begun.round()
    assert lock() is Lock.SIGNED


def test_asks_what_waits_again_when_something_has_changed_or_time_went_by(begun, waits, folder):
    begun.round()
    begun.round()
    assert begun.said == ["Писма: изпратени 0, за нов опит 0, без повече опити 0, отпаднали 0."]

    begun._completed = (begun._completed[0], time.monotonic() - COMPLETE_AGAIN)
    begun.round()
    assert begun.said[-1] == "Подписи с КЕП: приети 0, отказани 0, чакащи 1."


def test_while_a_window_is_open_lists_are_asked_for_more_often(begun, world, monkeypatch):
    asked = []

    def due(trust, *, is_open, now, go_on):
        asked.append(is_open)
        return []

    monkeypatch.setattr(begun._fetching, "fetch_due", due)
    begun.round()
    Campaign.update(closes_on=NOW.date() - timedelta(days=1)).execute()
    begun.round()
    submission = list_of(SCHOOL, MONTH)
    Submission.update(reopened_until=NOW + HOUR).where(Submission.id == submission.id).execute()
    begun.round()
    Submission.update(reopened_until=NOW - HOUR).where(Submission.id == submission.id).execute()
    begun.round()

    assert asked == [True, False, True, False]


def test_where_no_trust_is_set_nothing_is_fetched(world, config, server, sink):
    write("boris@example.org")
    worker = Worker(replace(config, trust_dir=None, signatures=frozenset({"password"})), go_on=lambda: True)

    assert worker.round()
    assert (server.asked, sink.to) == ([], ["boris@example.org"])


def test_where_no_mail_is_set_letters_wait(world, config, sink):
    write("boris@example.org")

    Worker(replace(config, mail_url=None), go_on=lambda: True).round()

    assert OutboxMessage.select().where(OutboxMessage.attempts == 0).count() == 1


def test_a_mail_server_that_is_away_holds_up_nothing_else(waits, config, server):
    server.answers["/list.crl"] = authority().crl(this_update=NOW)
    write("boris@example.org")

    assert not Worker(replace(config, mail_url="smtp://127.0.0.1:1"), go_on=lambda: True).round()
    assert lock() is Lock.SIGNED


def test_a_list_that_does_not_come_holds_up_nothing_else(begun, waits, sink):
    write("boris@example.org")

    assert not begun.round()
    assert sink.to == ["boris@example.org"]
    assert begun.said[-1] == "Подписи с КЕП: приети 0, отказани 0, чакащи 1."


def test_goes_on_when_the_database_is_back(begun, waits, server, database, caplog):
    server.answers["/list.crl"] = authority().crl(this_update=NOW)
    path = Path(database.removeprefix("sqlite:///"))
    closed_database()
    kept = {file: file.read_bytes() for file in path.parent.glob("portal.db*")}
    for file in kept:
        file.unlink()
    path.write_bytes(b"no database at all" * 1000)

    assert not begun.round()
    assert [record.getMessage() for record in caplog.records if record.exc_info] == [
        "reminders: failed, to be tried again",
        "letters: failed, to be tried again",
        "signatures: failed, to be tried again",
    ]

    for file, content in kept.items():
        file.write_bytes(content)
    assert begun.round()
    assert lock() is Lock.SIGNED


def closed_database() -> None:
    from portal.storage.tables.db import db

    if not db.is_closed():
        db.close()


def test_waits_for_a_database_of_its_own_version(begun, database):
    closed_database()
    Path(database.removeprefix("sqlite:///")).unlink()

    assert not begun.round()
    assert begun.said.count("Базата данни липсва или е от друга версия: изпълнете portal db upgrade.") == 3


def cut_off(database: str) -> None:
    """As a server does that is started again."""
    address, _, name = database.rpartition("/")
    with psycopg.connect(f"{address}/postgres", autocommit=True) as server:
        server.execute("SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE datname = %s", (name,))


@pytest.mark.both_databases
def test_outlives_its_connections(begun, folder, waits, server, sink, database):
    begun.round()
    closed_database()
    if database.startswith("postgres"):
        cut_off(database)
    (folder / "crls/by-hand.crl").write_bytes(authority().crl(this_update=NOW))

    begun.round()
    begun.round()

    assert lock() is Lock.SIGNED


def test_ends_between_two_letters(world, config, sink):
    for number in range(5):
        write(f"n{number}@example.org")

    Worker(config, go_on=lambda: not sink.taken).round()

    assert sink.to == ["n0@example.org"]
    assert OutboxMessage.select().where(OutboxMessage.attempts == 0).count() == 4


# The command


@pytest.fixture
def environment(world, config, tmp_path):
    pepper = tmp_path / "pepper"
    pepper.write_bytes(PEPPER)
    pepper.chmod(0o600)
    kept = {name: value for name, value in os.environ.items() if not name.startswith("PORTAL_")}
    return kept | {
        "PORTAL_ENV": "test",
        "PORTAL_DATABASE_URL": config.database_url,
        "PORTAL_PEPPER_FILE": str(pepper),
        "PORTAL_SECRET_KEY": config.secret_key,
        "PORTAL_MAIL_URL": config.mail_url,
        "PORTAL_TRUST_DIR": str(config.trust_dir),
        "PORTAL_SIGNATURES": "password,qualified",
        "PORTAL_CLOCK": NOW.isoformat(),
    }


@pytest.fixture
def start(environment, tmp_path):
    """Begin ``portal worker`` in a process of its own; what is left of it at the end is killed."""
    begun = []

    def start(*arguments: str) -> subprocess.Popen:
        process = subprocess.Popen(
            [sys.executable, "-c", PROGRAM, "worker", *arguments],
            cwd=tmp_path,
            env=environment,
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            text=True,
        )
        begun.append(process)
        return process

    yield start
    for process in begun:
        process.kill()
        process.communicate()


def heard_until(process, message: str) -> str:
    """What it logs, up to this message; one that says nothing is killed."""
    with_patience = threading.Timer(PATIENCE, process.kill)
    with_patience.start()
    heard = ""
    while message not in heard and (line := process.stderr.readline()):
        heard += line
    with_patience.cancel()
    return heard


def told(errors: str) -> list[str]:
    return [json.loads(line)["message"] for line in errors.splitlines()]


def test_does_one_round_and_ends(start, waits, server, sink):
    server.answers["/list.crl"] = authority().crl(this_update=NOW)
    write("boris@example.org")

    output, errors = (process := start("--once")).communicate(timeout=PATIENCE)

    assert process.returncode == 0, errors
    assert "Подписи с КЕП: приети 1, отказани 0, чакащи 0.\n" in output, errors
    assert (lock(), sink.to) == (Lock.SIGNED, ["boris@example.org"])
    assert f"list at {server.url}/list.crl: new" in told(errors)


def test_one_round_says_what_failed(start, waits, server):
    output, errors = (process := start("--once")).communicate(timeout=PATIENCE)

    assert process.returncode == 1, errors
    assert f"Списък status {server.url}/list.crl: отговори с грешка 404." in output
    assert PendingSignature.select().count() == 1


@pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGINT], ids=["SIGTERM", "Ctrl-C"])
def test_works_until_it_is_told_to_end(start, waits, server, sink, number):
    server.answers["/list.crl"] = authority().crl(this_update=NOW)
    write("boris@example.org")
    process = start()
    until(lambda: lock() is Lock.SIGNED)

    process.send_signal(number)
    output, errors = process.communicate(timeout=PATIENCE)

    assert process.returncode == 0, errors
    assert (sink.to, output) == (["boris@example.org"], "")
    assert told(errors)[0] == "worker begins"
    assert told(errors)[-1] == "worker ends"


def test_ends_while_a_server_keeps_it_waiting(start, waits, server):
    server.answers["/list.crl"] = say_nothing
    process = start()
    until(lambda: server.asked)

    process.terminate()
    errors = process.communicate(timeout=PATIENCE)[1]

    assert process.returncode == 0, errors
    assert told(errors) == ["worker begins", "worker ends"]  # nor was the server given up for its silence


def test_goes_on_whatever_happens_and_logs_no_values(start, waits, database, server):
    path = Path(database.removeprefix("sqlite:///"))
    closed_database()
    path.write_bytes(b"5045170420 Petrova" * 1000)
    process = start()
    heard = heard_until(process, "signatures: failed, to be tried again")

    assert process.poll() is None
    process.terminate()
    errors = heard + process.communicate(timeout=PATIENCE)[1]
    assert process.returncode == 0
    assert "letters: failed, to be tried again" in told(errors)
    assert "Petrova" not in errors
    assert str(path) not in errors


def test_says_which_settings_are_wrong(monkeypatch):
    monkeypatch.setenv("PORTAL_ENV", "production")
    monkeypatch.delenv("PORTAL_SECRET_KEY", raising=False)

    done = CliRunner().invoke(main, ["worker", "--once"])

    assert done.exit_code == 2
    assert "PORTAL_SECRET_KEY" in done.stderr
