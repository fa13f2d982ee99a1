"""What breaks: processes, locks, connections, the disk. Each breaks one thing, waits, and lets it be."""

import os
import random
import signal
import sqlite3
import subprocess
import time
from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass, field
from multiprocessing.process import BaseProcess
from pathlib import Path

import psycopg

from tests.served import started, wait_for
from tests.waiting import PATIENCE, until

BALLAST = 1024 * 1024  # bytes of a write that fills the disk


@dataclass
class Portal:
    """gunicorn on a port that stays the same, ended and begun anew as systemd does it."""

    settings: dict[str, str]
    log: Path
    process: BaseProcess = field(init=False)

    def start(self) -> None:
        self.process = started(self.settings, self.log)
        wait_for(int(self.settings["PORT"]), self.process, self.log)

    @property
    def workers(self) -> list[int]:
        """The process ids; none for the moment in which gunicorn exchanges them."""
        with suppress(OSError):
            children = Path(f"/proc/{self.process.pid}/task/{self.process.pid}/children").read_text()
            return [int(pid) for pid in children.split()]
        return []

    def end(self, how: signal.Signals = signal.SIGTERM) -> None:
        """Killed, all its processes at once; else it finishes what it has begun."""
        workers = self.workers
        os.kill(self.process.pid, how)
        if how is signal.SIGKILL:
            for worker in workers:
                send(worker, how)
        self.process.join(PATIENCE)
        until(lambda: not any(Path(f"/proc/{worker}/stat").exists() for worker in workers))
        self.process.close()


def send(pid: int, how: signal.Signals) -> None:
    with suppress(ProcessLookupError):
        os.kill(pid, how)


@dataclass(frozen=True)
class Breaker:
    """``longest`` in seconds: how long a lock is held, or a process stopped. ``disk`` is a folder on a small
    disk that holds the database, or none; ``cluster`` a PostgreSQL that may be stopped, or none."""

    portal: Portal
    database: str
    random: random.Random
    longest: float
    disk: Path | None = None
    cluster: "Cluster | None" = None

    @property
    def faults(self) -> list[Callable[[], None]]:
        on_postgres = [self.end_connections, self.lock_lists] if not self.is_sqlite else [self.lock_database]
        more = ([self.fill_disk] if self.disk else []) + ([self.stop_database] if self.cluster else [])
        return [
            self.kill_worker, self.stop_worker, self.kill_everything, self.restart, self.reload,
            *on_postgres, *more,
        ]  # fmt: skip

    @property
    def is_sqlite(self) -> bool:
        return self.database.startswith("sqlite")

    def rest(self) -> None:
        time.sleep(self.random.uniform(0.05, self.longest))

    def kill_worker(self) -> None:
        for worker in self.portal.workers[:1]:
            send(worker, signal.SIGKILL)

    def stop_worker(self) -> None:
        """As a machine that swaps, or is moved to another host."""
        for worker in self.portal.workers[-1:]:
            send(worker, signal.SIGSTOP)
            self.rest()
            send(worker, signal.SIGCONT)

    def kill_everything(self) -> None:
        self.portal.end(signal.SIGKILL)
        self.portal.start()

    def restart(self) -> None:
        self.portal.end()
        self.portal.start()

    def reload(self) -> None:
        os.kill(self.portal.process.pid, signal.SIGHUP)

    def lock_database(self) -> None:
        """Somebody else writes, and takes time."""
        line = sqlite3.connect(
            self.database.removeprefix("sqlite:///"), timeout=PATIENCE, isolation_level=None
        )
        with suppress(sqlite3.OperationalError):  # the disk may be full
            line.execute("BEGIN IMMEDIATE")
            self.rest()
            line.execute("ROLLBACK")
        line.close()

    def lock_lists(self) -> None:
        with suppress(psycopg.Error), psycopg.connect(self.database, connect_timeout=5) as line:
            line.execute("SELECT id FROM submission FOR UPDATE")
            self.rest()
            line.rollback()

    def end_connections(self) -> None:
        with suppress(psycopg.Error), psycopg.connect(self.database, connect_timeout=5) as line:
            line.execute(
                "SELECT pg_terminate_backend(pid) FROM pg_stat_activity "
                "WHERE datname = current_database() AND pid <> pg_backend_pid()"
            )

    def fill_disk(self) -> None:
        ballast = self.disk / "ballast"
        with suppress(OSError), ballast.open("wb") as file:
            while True:
                file.write(bytes(BALLAST))
                file.flush()
        self.rest()
        ballast.unlink()
        if self.cluster:
            self.cluster.make_run()  # PostgreSQL ends itself where it cannot write its log

    def stop_database(self) -> None:
        """As a power cut: nothing is written that was not."""
        self.cluster.stop(self.random.choice(("immediate", "fast")))
        self.rest()
        self.cluster.make_run()


@dataclass(frozen=True)
class Cluster:
    """A PostgreSQL of one's own. ``user`` runs it where the driver is root."""

    folder: Path
    port: int
    user: str | None

    @property
    def url(self) -> str:
        return f"postgresql://postgres@127.0.0.1:{self.port}/postgres"

    def make(self) -> None:
        self._run("initdb", "-A", "trust", "-U", "postgres")
        self.make_run()

    def make_run(self) -> None:
        """With durable commits, as it is delivered."""
        until(lambda: self._control("status") == 0 or self._start() == 0)
        until(self._answers)

    def stop(self, how: str) -> None:
        self._control("-m", how, "stop")

    def _start(self) -> int:
        words = f"-p {self.port} -c listen_addresses=127.0.0.1 -c unix_socket_directories={self.folder}"
        return self._control("-o", words, "-l", self.folder.parent / "postgres.log", "start")

    def _answers(self) -> bool:
        with suppress(psycopg.Error), psycopg.connect(self.url, connect_timeout=5):
            return True
        return False

    def _control(self, *words: object) -> int:
        return self._run("pg_ctl", "-w", *words).returncode

    def _run(self, program: str, *words: object) -> subprocess.CompletedProcess:
        as_user = ["runuser", "-u", self.user, "--"] if self.user else []
        command = [*as_user, newest(program), "-D", self.folder, *words]
        return subprocess.run(list(map(str, command)), stdout=subprocess.DEVNULL, stderr=subprocess.STDOUT)


def newest(program: str) -> Path | None:
    """Of PostgreSQL's own programs, as Debian installs them."""
    found = Path("/usr/lib/postgresql").glob(f"*/bin/{program}")
    return max(found, key=lambda path: int(path.parts[-3]), default=None)
