"""What is left of a month in the files of the database when it has been purged: every number, looked for byte
by byte; and how long a purge takes."""

import io
import re
import time
from collections.abc import Iterable, Iterator
from datetime import UTC, datetime
from pathlib import Path

from bench.loading import SITE, _source
from bench.ours import Portal
from bench.table import Measure, show
from bench.throughput import on_postgres
from bench.town import CLOSES, FAMILY, GIVEN, MIDDLE, MONTH, NOW, OPENS, asp_file, institutions_file, number
from portal.actions.campaigns.answers import make_answer
from portal.actions.campaigns.window import Days
from portal.actions.keys.marks import mark
from portal.actions.keys.passwords import make_keys, set_password, stretched_anew
from portal.actions.loading.asp_list import load_asp_list
from portal.actions.loading.institutions import load_institutions
from portal.actions.retention.purging import purge
from portal.actions.signing.signing import sign
from portal.domain.decisions import Decision
from portal.domain.identifiers import IdType
from portal.domain.month import Month
from portal.domain.people import Role
from portal.storage.campaigns.pictures import count_of, put_in_force
from portal.storage.loading.tables import RejectedLine
from portal.storage.people.persons import person_of
from portal.storage.schema.upgrade import upgrade_database
from portal.storage.tables.bulk import add_rows, batches, know_size
from portal.storage.tables.campaigns import Record, Submission
from portal.storage.tables.db import connected, db, is_sqlite, writing
from portal.storage.tables.institutions import Enrolment, Institution
from portal.storage.tables.people import User

RECORDS, REJECTED, INSTITUTIONS, SIGNED = 60_000, 1_000, 1_000, 20
PASSWORD = "дълга парола за измерването"
NOTE = "Единственчева донесе бележка"
AFTER, LATER = datetime(2021, 2, 2, 8, 0, tzinfo=UTC), datetime(2022, 1, 3, 8, 0, tzinfo=UTC)
DIGITS = re.compile(rb"[0-9]{10,}")
LENGTH = 10  # digits of an ЕГН
NAMES = tuple(name.encode() for name in (*GIVEN, *FAMILY, NOTE))


def measured(folder: Path) -> bool:
    folder.mkdir(parents=True, exist_ok=True)
    within = [_on("SQLite", f"sqlite:///{folder}/portal.db", folder)]
    with on_postgres("purging") as url:
        if url:
            within.append(_on("PostgreSQL", url.format("purging"), folder))
    return all(within)


def _on(database: str, url: str, folder: Path) -> bool:
    side = Portal(url, folder)
    try:
        with connected():
            _fill()
            sought = {number(n).encode() for n in range(RECORDS + REJECTED)}
            before, bytes_before = _found(sought, _files()), sum(map(len, _files()))
            began = time.monotonic()
            purged = purge(Month(2021, 3), site=SITE, now=LATER)
            took = time.monotonic() - began
            assert (purged.records, purged.is_overwritten) == (RECORDS, True)
            after, log = _found(sought, _files()), _found(sought, _log())
            names = sum(content.count(name) for content in _files() for name in NAMES)
            bytes_after = sum(map(len, _files()))
    finally:
        side.close()
    figures = [
        Measure("numbers of children in its files before", len(before), ""),
        Measure("its files before", bytes_before / 1e6, "MB"),
        Measure("portal purge", took, "s"),
        Measure("numbers in its files afterwards", len(after), "", 0.5),
        Measure("names and notes in its files afterwards", names, "", 0.5),
        Measure("its files afterwards", bytes_after / 1e6, "MB"),
    ]
    if database == "PostgreSQL":
        figures.append(Measure("numbers in the server's write-ahead log, which it reuses", len(log), ""))
    return show(f"{database}: {RECORDS:,} records, as many enrolments, {REJECTED:,} rejected lines", figures)


def _fill() -> None:
    """A whole month: loaded, decided with notes, some lists signed, answered."""
    upgrade_database()
    load_institutions(None, _source("institutions.csv", [institutions_file(INSTITUTIONS)]), now=NOW)
    names = [name for name in Enrolment._meta.sorted_field_names if name not in ("id", "picture")]
    for batch in batches(_enrolments(), 10_000):
        with db.atomic():
            add_rows(Enrolment, [*names, "picture"], ((*row, 0) for row in batch))
    put_in_force(MONTH, 0, count_of(MONTH, 0))
    know_size(Enrolment)
    load_asp_list(None, _source("ASPCONF1220.txt", _lines()), window=Days(OPENS, CLOSES), now=NOW)
    assert RejectedLine.select().count() == REJECTED
    with writing():
        Record.update(decision=Decision.CONFIRMED, note=NOTE, decided_at=NOW).execute()
        Submission.recount(id for (id,) in Submission.select(Submission.id).tuples())
    given = stretched_anew(PASSWORD)
    for institution in Institution.select().limit(SIGNED):
        sign(person_of(_director(institution, given), NOW.date()), MONTH, PASSWORD, site=SITE, now=NOW)
    make_answer(None, MONTH, io.BytesIO(), now=AFTER, final=True)


def _lines() -> Iterator[bytes]:
    """The last thousand with a figure that is none."""
    for n, line in enumerate(asp_file(RECORDS + REJECTED, INSTITUTIONS)):
        yield line if n < RECORDS else re.sub(rb"\|\d\d\d\.\d\d\|", b"|7|", line)


def _enrolments() -> Iterator[tuple[object, ...]]:
    for n in range(RECORDS):
        names = GIVEN[n % len(GIVEN)], MIDDLE[n % len(MIDDLE)], FAMILY[n % len(FAMILY)]
        place = str(2200000 + n % INSTITUTIONS)
        yield MONTH, n + 1, place, IdType.EGN, number(n), *names, "1", n % 12 + 1, 1


def _director(institution: Institution, given: object) -> User:
    user = User.create(
        email=institution.email, name="Ана Янева", role=Role.DIRECTOR, institution=institution,
        invited_at=NOW, activated_at=NOW,
    )  # fmt: skip
    mark(user, site=SITE)
    set_password(user, given, site=SITE)
    make_keys(user, given, site=SITE, now=NOW)
    return user


def _found(sought: set[bytes], contents: Iterable[bytes]) -> set[bytes]:
    """Those that stand in these bytes, within whatever other digits: a row is written without gaps."""
    return {
        run[at : at + LENGTH]
        for content in contents
        for run in DIGITS.findall(content)
        for at in range(len(run) - LENGTH + 1)
    } & sought


def _files() -> Iterator[bytes]:
    """The bytes of this database as they lie on the disk, file by file."""
    if is_sqlite():
        path = Path(db.obj.database)
        yield from (file.read_bytes() for file in sorted(path.parent.glob(f"{path.name}*")))
        return
    db.execute_sql("CHECKPOINT")
    paths = db.execute_sql(
        "SELECT pg_relation_filepath(oid) FROM pg_class WHERE relkind IN ('r', 'i', 't', 'm') "
        "AND pg_relation_filepath(oid) LIKE 'base/%%'"
    )
    yield from (_read(path) for (path,) in paths.fetchall())


def _log() -> Iterator[bytes]:
    """PostgreSQL's write-ahead log; of SQLite it is among its files."""
    if not is_sqlite():
        segments = db.execute_sql("SELECT name FROM pg_ls_waldir()").fetchall()
        yield from (_read(f"pg_wal/{name}") for (name,) in segments)


def _read(path: str) -> bytes:
    (content,) = db.execute_sql("SELECT pg_read_binary_file(%s, 0, 1000000000, true)", (path,)).fetchone()
    return bytes(content or b"")
