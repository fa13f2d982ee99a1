"""Many rows at once: a file has as many lines as a country has children. They are written with the driver's
own ``executemany``, as building a statement for each would cost more than storing it."""

from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from contextlib import closing, contextmanager
from functools import reduce
from itertools import islice
from operator import and_
from typing import Any, TypeVar

from peewee import SQL, Field, NodeList, Select, Value, fn

from portal.storage.tables.db import Table, db, is_sqlite
from portal.storage.tables.prepared import conversion

BATCH = 1000  # rows that are held in memory together

T = TypeVar("T")


def batches(things: Iterable[T], size: int = BATCH) -> Iterator[list[T]]:
    rest = iter(things)
    while batch := list(islice(rest, size)):
        yield batch


def among(table: type[Table], where: Any, wanted: Mapping[Any, Collection[Any]]) -> Any:
    """That a row is one that ``where`` leaves, and each of these columns one of its values: found by an index
    that begins with all of them, however many values there are.

    Of a column that names a child PostgreSQL keeps no statistics (migration 0011): it takes each value for a
    two-hundredth of the table, and to find a hundred it would read all of it. So it is asked for one value
    after the other within the statement; OFFSET keeps it from making a join of that.
    """
    if is_sqlite():
        return reduce(and_, (column.in_(sorted(values)) for column, values in wanted.items()), where)
    key: Any = table._meta.primary_key
    names = {column: SQL(f"wanted_{column.column_name}") for column in wanted}
    rows = table.select(key).where(reduce(and_, (column == names[column] for column in wanted), where))
    each = [_unnested(column, values).alias(names[column].sql) for column, values in wanted.items()]
    found = NodeList((SQL("LATERAL"), rows.offset(0).alias("found")))
    return key == fn.ANY(fn.ARRAY(Select([*each, found], [SQL(f"found.{key.column_name}")])))


def _unnested(column: Any, values: Collection[Any]) -> Any:
    kept = [column.db_value(value) for value in sorted(values)]
    return fn.unnest(Value(kept, converter=False, unpack=False).cast(f"{column.field_type}[]"))


def tuples(query: Any) -> list[tuple[Any, ...]]:
    """The rows of a query as plain tuples of domain values: fetched together, and read column by column. Row
    by row Peewee takes longer with a page's rows than the database."""
    found = query.tuples().execute()
    rows: list[tuple[Any, ...]] = found.cursor.fetchall()
    if not rows:
        return rows
    found.initialize()  # finds out which columns have to be read, and how
    columns = zip(*rows, strict=True)
    read = (map(how, each) if how else each for how, each in zip(_readers(found), columns, strict=True))
    return list(zip(*read, strict=True))


def _readers(found: Any) -> Iterator[Any]:
    """How each column is read; None of those that the driver gives as they are."""
    for how in found.converters:
        column = getattr(how, "__self__", None)  # where it is a field's own way
        yield conversion(column) if isinstance(column, Field) else how


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
    if not is_sqlite() and not replacing:
        _copy(table, fields, rows)
        return
    statement = f'INSERT INTO "{table._meta.table_name}" ({_columns(fields)}) VALUES ({_marks(fields)})'  # noqa: S608
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


def save_rows(table: type[Table], names: Sequence[str], changed: Iterable[Table]) -> None:
    """The same of rows that were read, and changed since."""
    key: Any = table._meta.primary_key
    change_rows(table, names, ([row.__data__[name] for name in (*names, key.name)] for row in changed))


def _fields(table: type[Table], names: Sequence[str]) -> list[Any]:
    return [table._meta.fields[name] for name in names]


def _marks(fields: Sequence[Any]) -> str:
    return ", ".join([db.param] * len(fields))


def _overwrite(unique: Sequence[Any], fields: Sequence[Any]) -> str:
    keys = [field.column_name for field in unique]
    target = ", ".join(f'"{key}"' for key in keys)
    changes = [f'"{f.column_name}" = EXCLUDED."{f.column_name}"' for f in fields if f.column_name not in keys]
    return f" ON CONFLICT ({target}) DO UPDATE SET {', '.join(changes)}"


def _columns(fields: Sequence[Any]) -> str:
    return ", ".join(f'"{field.column_name}"' for field in fields)


def _execute_many(statement: str, fields: Sequence[Any], rows: Iterable[Sequence[Any]]) -> None:
    if values := _values(fields, rows):
        with closing(db.cursor()) as cursor:
            cursor.executemany(statement, values)


def _copy(table: type[Table], fields: Sequence[Any], rows: Iterable[Sequence[Any]]) -> None:
    """PostgreSQL's own way in: several times as fast as a statement for each row."""
    statement = f'COPY "{table._meta.table_name}" ({_columns(fields)}) FROM STDIN'
    with closing(db.cursor()) as cursor, cursor.copy(statement) as copy:
        for value in _values(fields, rows):
            copy.write_row(value)


def _values(fields: Sequence[Any], rows: Iterable[Sequence[Any]]) -> list[tuple[Any, ...]]:
    """As the database keeps them."""
    return [tuple(field.db_value(value) for field, value in zip(fields, row, strict=True)) for row in rows]


def know_size(table: type[Table]) -> None:
    """Let PostgreSQL count what has just been stored: until it has, it plans badly."""
    if not is_sqlite():
        db.execute_sql(f'ANALYZE "{table._meta.table_name}"')


@contextmanager
def planned_anew() -> Iterator[None]:
    """Let PostgreSQL plan each query for the tables as they are then.

    It would keep the plan that it made while a table was still empty: a load of 100,000 lines took
    166 s with such plans, and takes a tenth of it without.
    """
    if is_sqlite():
        yield
        return
    connection = db.connection()
    usual, connection.prepare_threshold = connection.prepare_threshold, None
    try:
        yield
    finally:
        connection.prepare_threshold = usual
