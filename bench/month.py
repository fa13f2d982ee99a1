"""A whole month of 300 institutions that behave differently: who was written to when, beside what had to be;
and what it costs to remind them, and to have nothing to say."""

import os
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any
from unittest.mock import patch

from bench.table import Measure, show
from portal.actions.letters.reminding import remind
from portal.actions.letters.sending import deliver
from portal.cli.worker import Worker
from portal.config import Config
from portal.crypto import passwords
from portal.storage.letters import outbox
from portal.storage.schema.upgrade import upgrade_database
from portal.storage.tables.db import connected, open_database
from tests.cast import PEPPER, SITE
from tests.crypto.stretching import Quick
from tests.mail.mail_server import mail_to
from tests.month.days import LOADED, at
from tests.month.playing import Month
from tests.month.post import Post
from tests.month.reading import Found, found, tries_expected
from tests.month.town import Town
from tests.statements import noted
from tests.storage.together import at_once

INSTITUTIONS = 300
IDLE = 21  # statements of a round with nothing to say, however many institutions there are
DIES_AFTER = 40  # letters
WAITS = 120  # seconds for the processes to have sent everything
PROGRAM = """
from importlib import import_module
from portal.cli import main
import_module("portal.cli.worker").ROUND = 0.2
main()
"""


@dataclass
class Costs:
    """Of one round of reminders, of sending them, and of rounds with nothing to say."""

    asked: int = 0
    put_down: int = 0
    put_down_in: float = 0.0
    sent: int = 0
    sent_in: float = 0.0
    sent_with: float = 0.0  # of the processor's time, the mail server's too
    asked_to_send: int = 0
    idle: dict[str, int] = field(default_factory=dict)


def measured(folder: Path) -> bool:
    folder.mkdir(parents=True, exist_ok=True)
    (folder / "pepper").write_bytes(PEPPER)
    (folder / "pepper").chmod(0o600)
    post, costs = Post(LOADED), Costs()
    with mail_to(post) as url, patch.object(passwords, "Argon2id", Quick):
        config = Config(
            env="test", base_url="http://localhost", database_url=f"sqlite:///{folder}/portal.db",
            secret_key="only for measuring, and long enough", pepper=PEPPER, mail_url=url,
        )  # fmt: skip
        open_database(config.database_url)
        with connected():
            upgrade_database()
            month = _month(config, post, costs, folder)
            month.play()
            was = found(month)
    return _shown(month, was, costs)


def _month(config: Config, post: Post, costs: Costs, folder: Path) -> Month:
    month = Month(config, Town(INSTITUTIONS), post)
    month.workers |= {
        at(14, 4): _idle("on any day", costs),
        at(16, 4): lambda config: _remind(config, costs),
        at(16, 4, 9, 10): _idle("after a reminder", costs),
        at(2, 5): lambda config: _processes(config, post, folder),
        at(8, 5): _idle("while exceptions run", costs),
        at(11, 5, 9, 10): _idle("after one of exceptions", costs),
    }
    return month


def _remind(config: Config, costs: Costs) -> None:
    """One worker alone, its two parts by themselves."""
    assert config.clock is not None and config.mail_url is not None
    mail_url, now = config.mail_url, config.clock
    with noted() as asked:
        began = time.perf_counter()
        (costs.put_down,) = at_once(lambda: remind(now=now))
        costs.put_down_in, costs.asked = time.perf_counter() - began, len(asked.statements)
        asked.forget()
        began, used = time.perf_counter(), time.process_time()
        (done,) = at_once(lambda: deliver(mail_url, config.mail_sender, site=SITE, clock=lambda: now))
        costs.sent, costs.sent_in = done.sent, time.perf_counter() - began
        costs.sent_with, costs.asked_to_send = time.process_time() - used, len(asked.statements)


def _idle(when: str, costs: Costs) -> Any:
    """A round, which must have nothing to say."""

    def round_(config: Config) -> None:
        worker = Worker(config, go_on=lambda: True)
        worker.round()  # what has come until now
        with noted() as asked:
            at_once(worker.round)
        costs.idle[when] = len(asked.statements)

    return round_


def _processes(config: Config, post: Post, folder: Path) -> None:
    """Two ``portal worker``, one of which is killed in the midst of its work."""
    before, post.takes = len(post.taken), 0.05
    with _worker(config, folder) as first, _worker(config, folder):
        _until(lambda: len(post.taken) >= before + DIES_AFTER)
        first.send_signal(signal.SIGKILL)
        first.wait()
        post.takes = 0.0
        _until(lambda: not outbox.waiting(now=config.clock))
    post.takes = 0.0


@contextmanager
def _worker(config: Config, folder: Path) -> Iterator[subprocess.Popen]:
    assert config.clock is not None and config.mail_url is not None
    kept = {name: value for name, value in os.environ.items() if not name.startswith("PORTAL_")}
    process = subprocess.Popen(
        [sys.executable, "-c", PROGRAM, "worker"],
        env=kept | {
            "PORTAL_ENV": "test",
            "PORTAL_DATABASE_URL": config.database_url,
            "PORTAL_PEPPER_FILE": str(folder / "pepper"),
            "PORTAL_SECRET_KEY": config.secret_key,
            "PORTAL_MAIL_URL": config.mail_url,
            "PORTAL_CLOCK": config.clock.isoformat(),
        },
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
    )  # fmt: skip
    try:
        yield process
    finally:
        process.kill()
        process.wait()


def _until(holds: Any) -> None:
    end = time.monotonic() + WAITS
    while not holds():
        assert time.monotonic() < end, "the workers did not send everything"
        time.sleep(0.02)


def _shown(month: Month, was: Found, costs: Costs) -> bool:
    faults = [*was.missing, *was.too_many, *was.out_of_hours]
    for line in faults[:20]:
        print(f"  {line}")
    by_kill = set(was.twice) - month.again  # at most the one that the killed process had in hand
    in_vain = "" if was.tried_in_vain == tries_expected(month) else "; refused letters were not tried once"
    assert not in_vain and was.refused == month.post.refused and not month.doomed, in_vain
    title = f"Month: {INSTITUTIONS} institutions, two workers, one killed, an hour without mail (SQLite)"
    return show(
        title,
        [
            Measure("letters that were read", was.letters, ""),
            Measure("missing", len(was.missing), "", 0.1),
            Measure("too many", len(was.too_many), "", 0.1),
            Measure("reminders out of hours", len(was.out_of_hours), "", 0.1),
            Measure("came a second time under its name: a thread died", len(month.again), ""),
            Measure("the same: a process was killed", len(by_kill), "", 1),
            Measure("one reminder: letters put down", costs.put_down, ""),
            Measure("statements for an institution", costs.asked / INSTITUTIONS, ""),
            Measure("time for all of them", costs.put_down_in, "s"),
            Measure("letters in a second, by one worker", costs.sent / costs.sent_in, ""),
            Measure(
                "processor time for a letter, the mail server's too",
                costs.sent_with / costs.sent * 1000,
                "ms",
            ),
            Measure("statements for a letter", costs.asked_to_send / costs.sent, ""),
            *(
                Measure(f"statements of an idle round, {when}", count, "", IDLE)
                for when, count in costs.idle.items()
            ),
        ],
    )
