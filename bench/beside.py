"""How long directors wait for a decision while АСП's list, or the enrolments of a region, are loaded into the
month that they work on.

The files are loaded by the command, as the operator loads them; the decisions come over HTTP to gunicorn as
gunicorn.conf.py says. Every director has an account, so that every list that changes is a letter.
"""

import json
import os
import pickle
import statistics
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from bench.deciding import Day
from bench.ours import Portal
from bench.serving import ROOT, Server, served
from bench.table import Measure, show
from bench.throughput import SECRET, on_postgres
from bench.town import asp_file, enrolments_file

INSTITUTIONS, CHILDREN, LINES, ENROLLED = 1_000, 5, 60_000, 300_000
LIST, ENROLMENTS = ("campaign", "load"), ("load", "enrolments", "--sure")  # commands
DIRECTORS, REST = 8, 0.1  # seconds
LONGEST = 1.0  # seconds, that a decision may take because of a load


def measured(folder: Path) -> bool:
    folder.mkdir(parents=True, exist_ok=True)
    within = [_on("SQLite", f"sqlite:///{folder}/portal.db", folder)]
    with on_postgres("beside") as url:
        if url:
            within.append(_on("PostgreSQL", url.format("beside"), folder))
    return all(within)


def _on(database: str, url: str, folder: Path) -> bool:
    side = Portal(url, folder)
    try:
        side.fill(INSTITUTIONS, CHILDREN)
        environment = side.environment | SECRET
        with served(side.app, environment, folder / "gunicorn.log") as server:
            side.log_in(server.port)
            within = [_quiet(database, side, server)]
            for what, command, file in _files(folder):
                beside = _beside(side, server, [*command, str(file)], environment)
                within.append(_shown(f"{database}: {what}", beside))
    finally:
        side.close()
    return all(within)


def _files(folder: Path) -> Iterator[tuple[str, tuple[str, ...], Path]]:
    """One file after the other, as they come: nearly all of АСП's list new, then every figure another one;
    where the children are enrolled, which gives every record its class; and the same once more, with every
    tenth child elsewhere."""
    first, corrected = folder / "ASPCONF1220.txt", folder / "ASPCONF1220 (1).txt"
    first.write_bytes(b"".join(asp_file(LINES, INSTITUTIONS)))
    yield f"{LINES:,} lines, {LINES - INSTITUTIONS * CHILDREN:,} of them new", LIST, first
    content = first.read_bytes()
    for before, after in ((b"|007.00|", b"|008.00|"), (b"|005.50|", b"|006.50|"), (b"|012.33|", b"|013.33|")):
        content = content.replace(before, after)
    corrected.write_bytes(content)
    yield f"{LINES:,} lines, every absence another figure", LIST, corrected
    enrolled, moved = folder / "MONZP1220.txt", folder / "MONZP1220 (1).txt"
    enrolled.write_bytes(b"".join(enrolments_file(ENROLLED, INSTITUTIONS)))
    yield f"{ENROLLED:,} enrolments", ENROLMENTS, enrolled
    moved.write_bytes(b"".join(enrolments_file(ENROLLED, INSTITUTIONS, moved=10)))
    yield f"{ENROLLED:,} enrolments, every tenth child elsewhere", ENROLMENTS, moved


@dataclass(frozen=True)
class Beside:
    """What was decided while something else went on, that took ``took`` seconds."""

    took: float
    seconds: list[float]
    statuses: dict[str, int]

    @property
    def refused(self) -> int:
        """Answers that are neither what was asked, nor the row as it is, nor that it has left the list."""
        return sum(count for status, count in self.statuses.items() if status not in ("200", "404", "409"))


def _quiet(database: str, side: Portal, server: Server) -> bool:
    with _deciding(side, server) as over:
        time.sleep(5)
    beside = Beside(5, **over)
    return show(
        f"{database}: {DIRECTORS} directors decide, nothing is loaded",
        [
            Measure("half of the decisions within", statistics.median(beside.seconds) * 1000, "ms"),
            Measure("the slowest decision", max(beside.seconds) * 1000, "ms"),
        ],
    )


def _beside(side: Portal, server: Server, command: list[str], environment: dict[str, str]) -> Beside:
    settings = {name: value for name, value in os.environ.items() if not name.startswith("PORTAL_")}
    with _deciding(side, server) as over:
        began = time.monotonic()
        load = subprocess.run(
            [sys.executable, "-c", "from portal.cli import main; main()", *command],
            cwd=ROOT,
            env=settings | environment,
            stdout=subprocess.DEVNULL,
            stderr=subprocess.PIPE,
            check=False,
        )
        took = time.monotonic() - began
    assert load.returncode == 0, load.stderr.decode()[-2000:]
    return Beside(took, **over)


def _shown(title: str, beside: Beside) -> bool:
    ordered = sorted(beside.seconds)
    return show(
        f"{title}; {DIRECTORS} directors decide meanwhile",
        [
            Measure("the load takes", beside.took, "s"),
            Measure("decisions meanwhile", len(ordered), ""),
            Measure("half of them within", statistics.median(ordered) * 1000, "ms"),
            Measure("99 of 100 within", ordered[int(len(ordered) * 0.99)] * 1000, "ms"),
            Measure("the slowest decision", ordered[-1] * 1000, "ms", LONGEST * 1000),
            Measure("decisions that were answered with an error", beside.refused, "", 0.5),
        ],
    )


@contextmanager
def _deciding(side: Portal, server: Server) -> Iterator[dict]:
    """Directors decide until the block ends; then what they saw is in the dictionary."""
    seen: dict = {}
    day = pickle.dumps(Day(server.port, side.decisions()[:DIRECTORS], REST))
    with subprocess.Popen(
        [sys.executable, "-m", "bench.deciding"], cwd=ROOT, stdin=subprocess.PIPE, stdout=subprocess.PIPE
    ) as outside:
        outside.stdin.write(len(day).to_bytes(8, "big"))
        outside.stdin.write(day)
        outside.stdin.flush()
        assert outside.stdout.readline() == b"begin\n", "nobody decided"
        yield seen
        outside.stdin.close()
        seen.update(json.loads(outside.stdout.read()))
