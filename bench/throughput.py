"""Decisions and lists a second, and the processor's time for each, beside a minimal app in the same run.

Both are served by gunicorn as gunicorn.conf.py says, and asked by browsers that stay connected and never
rest. What is promised is the ratio of the two: it holds on every machine.
"""

import os
import pickle
import statistics
import subprocess
import sys
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from pathlib import Path

import psycopg

from bench.clients import Plan
from bench.minimal.side import Minimal
from bench.ours import Portal
from bench.serving import ROOT, Server, served

CLIENTS, CHILDREN = 50, 60
ROUNDS, WARM, SECONDS = 2, 2.0, 8.0  # the rounds are interleaved: what slows the machine slows both
POSTGRES = os.environ.get("PORTAL_TEST_POSTGRES", "postgresql://postgres@127.0.0.1:5432/test")
SECRET = {"PORTAL_SECRET_KEY": "only for measuring, and long enough"}


@dataclass(frozen=True)
class Promise:
    """What the ratio of the portal's figure to the minimal app's may be."""

    what: str
    kind: str
    figure: str
    limit: float
    at_least: bool = False

    def holds(self, ratio: float) -> bool:
        return ratio >= self.limit if self.at_least else ratio <= self.limit


PROMISES = (
    Promise("decisions a second", "decisions", "per_second", 0.5, at_least=True),
    Promise("lists a second", "lists", "per_second", 0.5, at_least=True),
    # 7 and 16 ms on the machine where the minimal app takes 3.5 and 6.
    Promise("processor time of a decision, ms", "decisions", "milliseconds", 7 / 3.5),
    Promise("processor time of a list, ms", "lists", "milliseconds", 16 / 6),
)


@dataclass(frozen=True)
class Cell:
    """One app with one kind of request, for some seconds."""

    per_second: float
    milliseconds: float  # of the processor, for one


Cells = dict[tuple[type, str], list[Cell]]  # by app and kind of request


def measured(folder: Path) -> bool:
    folder.mkdir(parents=True, exist_ok=True)
    print(f"\n{CLIENTS} clients, lists of {CHILDREN}, under gunicorn ({ROUNDS} × {SECONDS:.0f} s, medians)")
    print(f"  {'':<46}{'portal':>9}{'minimal':>9}{'ratio':>7}")
    within = [_shown("SQLite", _cells(f"sqlite:///{folder}/{{}}.db", folder))]
    with on_postgres("portal", "minimal") as url:
        if url:
            within.append(_shown("PostgreSQL", _cells(url, folder)))
    return all(within)


def _cells(url: str, folder: Path) -> Cells:
    """Both apps with their databases on this kind of server."""
    cells: Cells = {}
    with ExitStack() as ends:
        sides = [Portal(url.format("portal"), folder), Minimal(url.format("minimal"), folder)]
        servers = []
        for side in sides:
            ends.callback(side.close)
            side.fill(CLIENTS, CHILDREN)
            log = folder / f"{type(side).__name__}.log"
            servers.append(ends.enter_context(served(side.app, side.environment | SECRET, log)))
            side.log_in(servers[-1].port)
        for _ in range(ROUNDS):
            for kind in ("decisions", "lists"):
                for side, server in zip(sides, servers, strict=True):
                    cell = _cell(server, getattr(side, kind)())
                    cells.setdefault((type(side), kind), []).append(cell)
    return cells


def _cell(server: Server, asked: list) -> Cell:
    plan = pickle.dumps(Plan(server.port, asked, WARM, SECONDS))
    with subprocess.Popen(
        [sys.executable, "-m", "bench.clients"], cwd=ROOT, stdin=subprocess.PIPE, stdout=subprocess.PIPE
    ) as clients:
        clients.stdin.write(plan)
        clients.stdin.close()
        assert clients.stdout.readline() == b"begin\n", "the clients gave up"
        before = server.processor_seconds()
        answered, seconds = clients.stdout.readline().split()
        spent = server.processor_seconds() - before
    assert clients.returncode == 0, "the clients gave up"
    return Cell(int(answered) / float(seconds), spent / int(answered) * 1000)


def _shown(database: str, cells: Cells) -> bool:
    """Print the rows of one database; whether all are within their limits."""
    holding = [_line(database, promise, cells) for promise in PROMISES]
    return all(holding)


def _line(database: str, promise: Promise, cells: Cells) -> bool:
    portal, minimal = (
        statistics.median(getattr(cell, promise.figure) for cell in cells[app, promise.kind])
        for app in (Portal, Minimal)
    )
    ratio = portal / minimal
    note = "" if promise.holds(ratio) else "  MISSED"
    limit = f"limit: {'at least' if promise.at_least else 'at most'} {promise.limit:.2f}"
    print(f"  {f'{database}: {promise.what}':<46}{portal:>9.1f}{minimal:>9.1f}{ratio:>7.2f}  {limit}{note}")
    return promise.holds(ratio)


@contextmanager
def on_postgres(*apps: str) -> Iterator[str]:
    """The address of databases made for this, ``{}`` for the app's name; empty where no server answers."""
    name = f"portal_bench_{{}}_{os.getpid()}"
    names = [name.format(app) for app in apps]
    try:
        server = psycopg.connect(POSTGRES, autocommit=True, connect_timeout=3)
    except psycopg.OperationalError:
        print("  no PostgreSQL answers at PORTAL_TEST_POSTGRES: measured on SQLite alone")
        yield ""
        return
    with server:
        try:
            for made in names:
                server.execute(f'CREATE DATABASE "{made}"')
            yield f"{POSTGRES.rsplit('/', 1)[0]}/{name}"
        finally:
            for made in names:
                server.execute(f'DROP DATABASE IF EXISTS "{made}" WITH (FORCE)')
