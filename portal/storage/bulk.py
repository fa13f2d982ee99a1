"""Many rows at once, by the driver's own ``executemany``: a file has as many lines as a country has
children, and building a statement for each of them costs more than storing it."""

from collections.abc import Iterable, Iterator, Sequence
from itertools import islice
from typing import Any, TypeVar

from portal.storage.db import Table, db

BATCH = 1000  # rows that are held in memory together

T = TypeVar("T")


def batches(things: Iterable[T], size: int = BATCH) -> Iterator[list[T]]:
    rest = iter(things)
    while batch := list(islice(rest, size)):
        yield batch


def tuples(query: Any) -> Iterable[tuple[Any, ...]]:
    """The rows of a query as plain tuples of domain values."""
    rows: Iterable[tuple[Any, ...]] = query.tuples()
    return rows


def add_rows(
    table: type[Table],
    names: Sequence[str],
    rows: Iterable[Sequence[Any]],
    *,
    replacing: Sequence[str] = (),
) -> None:
    """Insert ``rows``, whose values are those of the fields ``names``.

    With ``replacing``, the fields of a unique index, a row that is there already is overwritten.
    """
    fields = _fields(table, names)
    columns = ", ".join(f'"{field.column_name}"' for field in fields)
    statement = f'INSERT INTO "{table._meta.table_name}" ({columns}) VALUES ({_marks(fields)})'  # noqa: S608
    if replacing:
        statement += _overwrite(_fields(table, replacing), fields)
    _execute_many(statement, fields, rows)


def change_rows(table: type[Table], names: Sequence[str], rows: Iterable[Sequence[Any]]) -> None:
    """Update by primary key, which stands last in each row, the fields ``names``."""
    fields = _fields(table, names)
    key: Any = table._meta.primary_key
    changes = ", ".join(f'"{field.column_name}" = {db.param}' for field in fields)
    statement = f'UPDATE "{table._meta.table_name}" SET {changes} WHERE "{key.column_name}" = {db.param}'  # noqa: S608
    _execute_many(statement, [*fields, key], rows)


def _fields(table: type[Table], names: Sequence[str]) -> list[Any]:
    return [table._meta.fields[name] for name in names]


def _marks(fields: Sequence[Any]) -> str:
    return ", ".join([db.param] * len(fields))


def _overwrite(unique: Sequence[Any], fields: Sequence[Any]) -> str:
    keys = [field.column_name for field in unique]
    target = ", ".join(f'"{key}"' for key in keys)
    changes = [f'"{f.column_name}" = EXCLUDED."{f.column_name}"' for f in fields if f.column_name not in keys]
    return f" ON CONFLICT ({target}) DO UPDATE SET {', '.join(changes)}"


def _execute_many(statement: str, fields: Sequence[Any], rows: Iterable[Sequence[Any]]) -> None:
    values = [tuple(field.db_value(value) for field, value in zip(fields, row, strict=True)) for row in rows]
    if values:
        cursor = db.cursor()
        try:
            cursor.executemany(statement, values)
        finally:
            cursor.close()
