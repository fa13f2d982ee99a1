"""How long others wait for their turn at writing while something long goes on: enrolments, and the answer to
АСП."""

import io
import time
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from pathlib import Path
from unittest.mock import patch

from bench.loading import _source
from bench.table import Measure, show
from bench.throughput import on_postgres
from bench.town import CLOSES, MONTH, NOW, OPENS, asp_file, enrolments_file, institutions_file
from portal.actions.campaigns.answers import make_answer
from portal.actions.campaigns.window import Days
from portal.actions.loading.asp_list import load_asp_list
from portal.actions.loading.enrolments import Picture, load_enrolments
from portal.actions.loading.institutions import load_institutions
from portal.domain.decisions import Decision
from portal.domain.submissions import Lock
from portal.storage.schema.upgrade import upgrade_database
from portal.storage.tables import db as database
from portal.storage.tables.campaigns import Record, Submission
from portal.storage.tables.db import connected, open_database, writing

INSTITUTIONS, RECORDS, ENROLLED = 1_000, 62_500, 300_000
LONGEST = 0.3  # seconds, that the answer may hold others up
AFTER = datetime(2021, 2, 2, 8, 0, tzinfo=UTC)


@contextmanager
def turns_at_writing() -> Iterator[list[float]]:
    """The seconds for which each transaction kept others waiting, from the moment that it had its turn."""
    seconds: list[float] = []
    turn = database._turn

    @contextmanager
    def timed() -> Iterator[None]:
        with turn():
            began = time.perf_counter()
            try:
                yield
            finally:
                seconds.append(time.perf_counter() - began)

    with patch.object(database, "_turn", timed):
        yield seconds


def measured(folder: Path) -> bool:
    folder.mkdir(parents=True, exist_ok=True)
    within = [_on("SQLite", f"sqlite:///{folder}/portal.db")]
    with on_postgres("turns") as url:
        if url:
            within.append(_on("PostgreSQL", url.format("turns")))
    return all(within)


def _on(name: str, url: str) -> bool:
    open_database(url)
    with connected():
        upgrade_database()
        load_institutions(None, _source("institutions.csv", [institutions_file(INSTITUTIONS)]), now=NOW)
        lines = _source("ASPCONF1220.txt", asp_file(RECORDS, INSTITUTIONS))
        load_asp_list(None, lines, window=Days(OPENS, CLOSES), now=NOW)
        measures = [each for moved in (0, 10) for each in _enrolments(moved)]
        with writing():  # as if all had been confirmed and signed
            Record.update(decision=Decision.CONFIRMED).execute()
            Submission.recount(each.id for each in Submission.select(Submission.id))
            Submission.update(lock=Lock.SIGNED, signed_at=NOW).execute()
        measures += [each for final in (False, True, True) for each in _answer(final=final)]
    if hasattr(database.db.obj, "close_all"):
        database.db.close_all()
    return show(f"{name}: others while {RECORDS:,} records of {INSTITUTIONS:,} institutions …", measures)


def _enrolments(moved: int) -> list[Measure]:
    """First all of them, then with every tenth child elsewhere."""
    source = _source("MONZP1220.txt", enrolments_file(ENROLLED, INSTITUTIONS, moved=moved))
    picture = Picture(MONTH, is_correction=False, sure=True)
    with turns_at_writing() as turns:
        began = time.perf_counter()
        load = load_enrolments(None, source, picture=picture, now=NOW)
        took = time.perf_counter() - began
    source.stream.close()
    assert load.received == ENROLLED
    what = "and other" if moved else "get their first"
    return [
        Measure(f"{what} {ENROLLED:,} enrolments: it takes", took, "s"),
        Measure("  others wait for it at most", max(turns) * 1000, "ms", LONGEST * 1000),
    ]


def _answer(*, final: bool) -> list[Measure]:
    what = "are answered" if final else "are in a preview"
    with turns_at_writing() as turns:
        began = time.perf_counter()
        made = make_answer(None, MONTH, io.BytesIO(), now=AFTER if final else NOW, final=final)
        took = time.perf_counter() - began
    assert made.records == RECORDS
    return [
        Measure(f"{what}: it takes", took, "s"),
        Measure("  others wait for it at most", max(turns) * 1000, "ms", LONGEST * 1000),
    ]
