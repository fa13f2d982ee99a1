"""Filling an empty database with rows that were read from another one, perhaps of an older version."""

from collections.abc import Iterable, Iterator
from contextlib import closing, contextmanager
from pathlib import Path

from peewee import DataError, IntegrityError

from portal.storage.backup.contents import Part, blocks, quoted
from portal.storage.backup.copy_text import row_of
from portal.storage.schema.models import TABLES
from portal.storage.schema.upgrade import HISTORY, migrations, upgrade_to
from portal.storage.tables.db import as_peewee, connected, db, is_sqlite


class Misfit(Exception):
    """Rows that this database does not take: of other tables or columns, or that do not hold together."""


@contextmanager
def empty_place() -> Iterator[None]:
    """A connection; where there was no file of SQLite before, there is none after an error."""
    file = Path(db.obj.database) if is_sqlite() else None
    is_new = file is not None and not file.exists()
    try:
        with connected():
            yield
    except BaseException:
        if file is not None and is_new:
            for end in ("", "-wal", "-shm", ".lock"):
                file.with_name(file.name + end).unlink(missing_ok=True)
        raise


def is_empty() -> bool:
    """Whether there is no table, or only the portal's own without a row: nobody else's, and held as they are
    until the caller's transaction ends."""
    there = set(_tables())
    ours = {model._meta.table_name for model in TABLES}
    if there - ours - {HISTORY}:
        return False
    if there and not is_sqlite():
        db.execute_sql(f"LOCK TABLE {', '.join(map(quoted, sorted(there)))} IN ACCESS EXCLUSIVE MODE")
    return not any(_has_rows(table) for table in sorted(there & ours))


def begin_anew(applied: list[str]) -> None:
    """The tables as they were after these migrations, without triggers: signed lists are filled too. Misfit
    unless they are the first, or all, of this version's. In the caller's transaction, once ``is_empty``."""
    if not applied or migrations()[: len(applied)] != applied:
        raise Misfit("migrations")
    there = set(_tables())
    for table in [*(model._meta.table_name for model in reversed(TABLES)), HISTORY]:
        if table in there:
            db.execute_sql(f"DROP TABLE {quoted(table)}")
    upgrade_to(applied[-1])
    if is_sqlite():
        db.execute_sql("PRAGMA defer_foreign_keys = ON")  # an institution's successor may come after it


def fill(part: Part, lines: Iterable[bytes]) -> None:
    """Store every line of ``lines_of``, in the caller's transaction. Misfit for what no table takes."""
    if part.table not in _tables():
        raise Misfit(part.table)
    columns = db.get_columns(part.table)
    if sorted(column.name for column in columns) != sorted(part.columns):
        raise Misfit(part.table)
    with fitting(part.table):
        if is_sqlite():
            blobs = {part.columns.index(column.name) for column in columns if column.data_type == "BLOB"}
            _into_sqlite(part, lines, blobs)
        else:
            _into_postgresql(part, lines)
            _count_on(part, [column.name for column in columns if "nextval" in str(column.default)])


@contextmanager
def fitting(what: str) -> Iterator[None]:
    """Misfit where the database refuses a value, or what it would refer to is not there."""
    try:
        with as_peewee:
            yield
    except (DataError, IntegrityError, ValueError) as error:
        raise Misfit(what) from error


def _into_sqlite(part: Part, lines: Iterable[bytes], blobs: set[int]) -> None:
    names, marks = ", ".join(map(quoted, part.columns)), ", ".join("?" * len(part.columns))
    statement = f"INSERT INTO {quoted(part.table)} ({names}) VALUES ({marks})"  # noqa: S608
    with closing(db.cursor()) as cursor:
        cursor.executemany(statement, _rows(part, lines, blobs))


def _rows(part: Part, lines: Iterable[bytes], blobs: set[int]) -> Iterator[list[str | bytes | None]]:
    for line in lines:
        row = row_of(line, blobs)
        if len(row) != len(part.columns):
            raise ValueError("a row of another length")
        yield row


def _into_postgresql(part: Part, lines: Iterable[bytes]) -> None:
    names = ", ".join(map(quoted, part.columns))
    statement = f"COPY {quoted(part.table)} ({names}) FROM STDIN (ENCODING 'UTF8')"
    with closing(db.cursor()) as cursor, cursor.copy(statement) as copy:
        for block in blocks(lines):
            copy.write(block)


def _count_on(part: Part, columns: list[str]) -> None:
    """The next row gets a number that none of these has; and the planner knows how many there are."""
    for column in columns:
        db.execute_sql(
            f"SELECT setval(pg_get_serial_sequence(%s, %s), MAX({quoted(column)})) "  # noqa: S608
            f"FROM {quoted(part.table)}",
            (quoted(part.table), column),
        )
    db.execute_sql(f"ANALYZE {quoted(part.table)}")


def _tables() -> list[str]:
    return [table for table in db.get_tables() if not table.startswith("sqlite_")]


def _has_rows(table: str) -> bool:
    return bool(db.execute_sql(f"SELECT EXISTS (SELECT 1 FROM {quoted(table)})").fetchone()[0])  # noqa: S608
