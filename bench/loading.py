"""What it costs to load АСП's list and to export the answer: time for each line, and memory."""

import io
import tempfile
import time
import tracemalloc
from collections.abc import Iterator
from pathlib import Path

from bench.table import Measure, show
from bench.town import CLOSES, MONTH, NOW, OPENS, asp_file, institutions_file
from portal.actions.campaigns.window import Days
from portal.actions.loading.asp_list import load_asp_list
from portal.actions.loading.files import Source
from portal.actions.loading.institutions import load_institutions
from portal.actions.site import Site
from portal.crypto.qualified.trust import Trust
from portal.storage.schema.upgrade import upgrade_database
from portal.storage.tables.campaigns import Submission
from portal.storage.tables.db import connected, open_database

INSTITUTIONS = 500
LINES, MORE_LINES = 5_000, 50_000
SITE = Site(b"p" * 32, "http://localhost", frozenset({"password"}), Trust)


def measured(folder: Path) -> bool:
    small = _load(folder / "small", LINES)
    large = _load(folder / "large", MORE_LINES)
    growth = large["peak"] / small["peak"]
    return show(
        f"Loading АСП's list into {INSTITUTIONS} institutions (SQLite, synchronous=FULL)",
        [
            Measure(f"{MORE_LINES:,} lines: time", large["seconds"], "s"),
            Measure("time for 1,000 lines", large["seconds"] / MORE_LINES * 1e6, "ms", 1_000),
            Measure(f"Python's memory at its peak, {LINES:,} lines", small["peak"] / 1e6, "MB"),
            Measure(f"Python's memory at its peak, {MORE_LINES:,} lines", large["peak"] / 1e6, "MB"),
            Measure("memory for ten times the lines, in times", growth, "×", 2),
            Measure("the same file again", large["again"], "s"),
        ],
    )


def _load(folder: Path, lines: int) -> dict[str, float]:
    open_database(f"sqlite:///{folder}/portal.db")
    with connected():
        upgrade_database()
        load_institutions(None, _source("institutions.csv", [institutions_file(INSTITUTIONS)]), now=NOW)
        seconds, _ = _timed(lines)
        again, peak = _timed(lines, watch=True)
        assert sum(s.total for s in Submission.select()) == lines
    return {"seconds": seconds, "again": again, "peak": peak}


def _timed(lines: int, *, watch: bool = False) -> tuple[float, float]:
    source = _source("ASPCONF1220.txt", asp_file(lines, INSTITUTIONS))
    if watch:
        tracemalloc.start()
    started = time.perf_counter()
    load = load_asp_list(None, source, window=Days(OPENS, CLOSES), now=NOW)
    seconds = time.perf_counter() - started
    peak = tracemalloc.get_traced_memory()[1] if watch else 0
    tracemalloc.stop()
    assert (load.month, load.received, load.rejected) == (MONTH, lines, 0)
    source.stream.close()
    return seconds, peak


def _source(name: str, parts: Iterator[bytes] | list[bytes]) -> Source:
    stream = tempfile.TemporaryFile()  # noqa: SIM115 - whoever loads it closes it
    stream.writelines(parts)
    stream.seek(0, io.SEEK_SET)
    return Source(stream, name)
