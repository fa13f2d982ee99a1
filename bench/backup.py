"""What a backup and a restore take with a country's data, while people decide; SQLite and PostgreSQL."""

import os
import random
import resource
import subprocess
import sys
import threading
import time
from collections.abc import Iterator
from dataclasses import dataclass
from itertools import islice
from pathlib import Path

from bench.loading import SITE, _source
from bench.ours import Portal
from bench.serving import ROOT
from bench.table import Measure, show
from bench.throughput import on_postgres
from bench.town import CLOSES, FAMILY, GIVEN, MIDDLE, MONTH, NOW, OPENS, asp_file, institutions_file, number
from portal.actions.campaigns.window import Days
from portal.actions.keys.marks import mark
from portal.actions.lists.confirmations import decide
from portal.actions.loading.asp_list import load_asp_list
from portal.actions.loading.institutions import load_institutions
from portal.crypto.backups import make_identity
from portal.domain.decisions import Decided, Decision
from portal.domain.identifiers import IdType
from portal.domain.people import Role
from portal.storage.campaigns.pictures import count_of, put_in_force
from portal.storage.people.persons import person_of
from portal.storage.schema.upgrade import upgrade_database
from portal.storage.tables.bulk import add_rows, batches, know_size
from portal.storage.tables.campaigns import Record
from portal.storage.tables.db import connected, db
from portal.storage.tables.institutions import Enrolment
from portal.storage.tables.people import User

RECORDS, ENROLMENTS, INSTITUTIONS = 60_000, 800_000, 2_000
A_SECOND = 100  # decisions


def measured(folder: Path) -> bool:
    folder.mkdir()
    (folder / "back").mkdir()
    with on_postgres("portal", "back") as url:
        pairs = {"SQLite": (f"sqlite:///{folder}/portal.db", f"sqlite:///{folder}/back/portal.db")}
        if url:
            pairs["PostgreSQL"] = url.format("portal"), url.format("back")
        within = [_measured(name, *pair, folder / name) for name, pair in pairs.items()]
    return all(within)


def _measured(name: str, there: str, back: str, folder: Path) -> bool:
    folder.mkdir()
    key = folder / "key"
    recipient = make_identity(key, "only for measuring")
    from_here, to_there = Portal(back, folder).environment, Portal(there, folder).environment
    with connected():
        _fill()
        alone = _run(to_there, "backup", folder / "first", "--recipient", recipient)
        deciding = _Deciding()
        busy = _run(to_there, "backup", folder / "second", "--recipient", recipient)
        slowest = deciding.end()
    restored = _run(from_here, "restore", folder / "second", "--identity", key)
    _run(from_here, "verify")
    return show(
        f"Backup of {RECORDS:,} records and {ENROLMENTS:,} enrolments, {name}",
        [
            Measure("the file, encrypted", (folder / "second").stat().st_size / 1e6, "MB"),
            Measure("portal backup, nobody works", alone.seconds, "s"),
            Measure("the processor's time for it", alone.processor, "s"),
            Measure(f"portal backup, while up to {A_SECOND} decisions a second are made", busy.seconds, "s"),
            Measure("decisions made meanwhile, a second", deciding.count / busy.seconds, ""),
            Measure("the slowest of them", slowest, "s"),
            Measure("portal restore", restored.seconds, "s"),
            Measure("the processor's time for it, beside the database's own", restored.processor, "s"),
            Measure("memory at its peak, of the largest of these", _peak(), "MB"),
        ],
    )


@dataclass(frozen=True)
class Taken:
    """By one command, in seconds."""

    seconds: float
    processor: float


def _run(environment: dict[str, str], *words: object) -> Taken:
    """A command in a process of its own, as cron starts it."""
    code = "from portal.cli import main; main()"
    command = [sys.executable, "-c", code, *map(str, words)]
    started, before = time.perf_counter(), _processor()
    subprocess.run(command, cwd=ROOT, env=os.environ | environment, check=True, capture_output=True)
    return Taken(time.perf_counter() - started, _processor() - before)


def _processor() -> float:
    used = resource.getrusage(resource.RUSAGE_CHILDREN)
    return used.ru_utime + used.ru_stime


def _peak() -> float:
    return resource.getrusage(resource.RUSAGE_CHILDREN).ru_maxrss / 1e3


def _fill() -> None:
    upgrade_database()
    load_institutions(None, _source("institutions.csv", [institutions_file(INSTITUTIONS)]), now=NOW)
    names = [name for name in Enrolment._meta.sorted_field_names if name not in ("id", "picture")]
    for batch in batches(_enrolments(), 10_000):
        with db.atomic():
            add_rows(Enrolment, [*names, "picture"], ((*row, 0) for row in batch))
    put_in_force(MONTH, 0, count_of(MONTH, 0))
    know_size(Enrolment)
    file = _source("ASPCONF1220.txt", asp_file(RECORDS, INSTITUTIONS))
    load_asp_list(None, file, window=Days(OPENS, CLOSES), now=NOW)


def _enrolments() -> Iterator[tuple[object, ...]]:
    rnd = random.Random(800)
    for n in range(ENROLMENTS):
        names = rnd.choice(GIVEN), rnd.choice(MIDDLE), rnd.choice(FAMILY)
        place = str(2200000 + n % INSTITUTIONS)
        yield MONTH, n + 1, place, IdType.EGN, number(n), *names, "1", n % 12 + 1, 1


class _Deciding:
    """Directors who decide, one child after the other, in a thread of this process."""

    def __init__(self) -> None:
        self.count, self._slowest, self._is_over = 0, 0.0, False
        self._thread = threading.Thread(target=self._decide)
        self._thread.start()

    def end(self) -> float:
        """The slowest decision, in seconds."""
        self._is_over = True
        self._thread.join()
        return self._slowest

    def _decide(self) -> None:
        with connected():
            person = person_of(_director(), NOW.date())
            mine = Record.select().where(Record.institution == person.institution)
            versions = {record.id: record.version for record in islice(mine, 30)}
            while not self._is_over:
                for record_id in versions:
                    started = time.perf_counter()
                    answer = Decided((Decision.CONFIRMED, Decision.PENDING)[self.count // len(versions) % 2])
                    decide(person, MONTH, record_id, answer, seen=versions[record_id], now=NOW)
                    versions[record_id] += 1
                    self.count += 1
                    took = time.perf_counter() - started
                    self._slowest = max(self._slowest, took)
                    time.sleep(max(0.0, 1 / A_SECOND - took))


def _director() -> User:
    user = User.create(
        email="dir@example.org",
        name="Анна Пример",
        role=Role.DIRECTOR,
        institution="2200000",
        invited_at=NOW,
        activated_at=NOW,
    )
    mark(user, site=SITE)
    return user
