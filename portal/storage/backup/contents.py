"""Reading every table, row by row, in an order and a spelling that do not depend on the database."""

from collections.abc import Iterable, Iterator
from contextlib import closing
from dataclasses import dataclass
from typing import Any

from portal.storage.backup.copy_text import line_of
from portal.storage.schema.models import TABLES
from portal.storage.tables.db import as_peewee, db, is_sqlite

BLOCK = 256 * 1024  # bytes that are in memory together, and what is left of a row

# As SQLite keeps them.
TIMES = {
    "timestamp without time zone": "YYYY-MM-DD HH24:MI:SS.US",
    "date": "YYYY-MM-DD",
}


@dataclass(frozen=True)
class Part:
    """A table with its columns, and how many rows it has."""

    table: str
    columns: tuple[str, ...]
    rows: int


def parts() -> list[Part]:
    """The tables that are there, those that others refer to before these. In the caller's snapshot."""
    there = set(db.get_tables())
    return [_part(model._meta.table_name) for model in TABLES if model._meta.table_name in there]


def lines_of(part: Part) -> Iterator[bytes]:
    """Its rows by primary key, a line or several at a time. In the caller's snapshot."""
    return _from_sqlite(part) if is_sqlite() else _from_postgresql(part)


def blocks(lines: Iterable[bytes]) -> Iterator[bytes]:
    """The same together, a BLOCK or a little more at a time: a row may hold a file of some megabytes."""
    block, size = [], 0
    for line in lines:
        block.append(line)
        size += len(line)
        if size >= BLOCK:
            yield b"".join(block)
            block, size = [], 0
    if block:
        yield b"".join(block)


def _part(table: str) -> Part:
    columns = tuple(sorted(column.name for column in db.get_columns(table)))
    ((rows,),) = db.execute_sql(f'SELECT COUNT(*) FROM "{table}"').fetchall()  # noqa: S608
    return Part(table, columns, rows)


def _from_sqlite(part: Part) -> Iterator[bytes]:
    names = ", ".join(map(quoted, part.columns))
    keys = ", ".join(map(quoted, db.get_primary_keys(part.table)))
    with as_peewee, closing(db.cursor()) as cursor:
        cursor.execute(f"SELECT {names} FROM {quoted(part.table)} ORDER BY {keys}")  # noqa: S608
        yield from blocks(map(line_of, cursor))


def _from_postgresql(part: Part) -> Iterator[bytes]:
    types = {column.name: column.data_type for column in db.get_columns(part.table)}
    names = ", ".join(_as_in_sqlite(name, types[name]) for name in part.columns)
    keys = ", ".join(_by_bytes(name, types[name]) for name in db.get_primary_keys(part.table))
    query = f"SELECT {names} FROM {quoted(part.table)} ORDER BY {keys}"  # noqa: S608
    statement = f"COPY ({query}) TO STDOUT (ENCODING 'UTF8')"
    with as_peewee, closing(db.cursor()) as cursor, cursor.copy(statement) as copy:
        yield from blocks(map(bytes, copy))


def _as_in_sqlite(name: str, kind: str) -> str:
    if kind in TIMES:
        return f"to_char({quoted(name)}, '{TIMES[kind]}')"
    if kind == "bytea":
        return f"'\\x' || encode({quoted(name)}, 'hex')"
    return f"{quoted(name)}::int" if kind == "boolean" else quoted(name)


def _by_bytes(name: str, kind: str) -> str:
    return f'{quoted(name)} COLLATE "C"' if kind in ("character varying", "text") else quoted(name)


def quoted(name: Any) -> str:
    """A table or column as SQL names it."""
    return '"{}"'.format(str(name).replace('"', '""'))
