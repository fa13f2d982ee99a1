"""Statements asked so often that their text is kept: Peewee would build the same text anew each time.

For the hottest only. Each is still written with Peewee, so that columns, quoting and conversions stay in
one place. Building texts took a third of the processor time of a decision (bench, PART=throughput).
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from typing import Any, Generic, TypeVar

from peewee import AutoField, CharField, Field, IntegerField, SmallIntegerField, TextField, Value

from portal.storage.tables.db import Table, db, is_sqlite

T = TypeVar("T", bound=Table)

_AS_THEY_COME = (AutoField, CharField, IntegerField, SmallIntegerField, TextField)  # from both drivers


@dataclass(frozen=True)
class Slot:
    """Where a value comes in a kept text, and how it is stored."""

    name: str
    convert: Callable[[Any], Any]


def slot(column: Any, name: str) -> Any:
    """To be written in a query in place of a value for ``column``."""
    return Value(Slot(name, column.db_value), converter=False, unpack=False)


@dataclass
class Prepared:
    """A query whose text is made at its first use on each kind of database; ``make`` writes it, with slots
    in place of values."""

    make: Callable[[], Any]
    _texts: dict[bool, tuple[str, list[Any]]] = field(default_factory=dict, init=False)

    def rows(self, **values: Any) -> list[tuple[Any, ...]]:
        """What it selects or returns, for these values of its slots."""
        found: list[tuple[Any, ...]] = self._run(values).fetchall()
        return found

    def one(self, **values: Any) -> tuple[Any, ...] | None:
        """The first row, or none."""
        rows = self.rows(**values)
        return rows[0] if rows else None

    def run(self, **values: Any) -> int:
        """How many rows it changed."""
        changed: int = self._run(values).rowcount
        return changed

    def _run(self, values: dict[str, Any]) -> Any:
        text, parameters = self._text()
        given = [p.convert(values[p.name]) if isinstance(p, Slot) else p for p in parameters]
        return db.execute_sql(text, given)

    def _text(self) -> tuple[str, list[Any]]:
        kind = is_sqlite()
        if kind not in self._texts:
            self._texts[kind] = self.make().sql()
        return self._texts[kind]


class Columns(Generic[T]):
    """All columns of one table as they stand in a prepared query, and the row that they become."""

    def __init__(self, table: type[T], source: Any = None) -> None:
        """``source`` is the table's alias in the query, if it has one."""
        fields: Sequence[Field[Any]] = table._meta.sorted_fields
        self.table = table
        self.selected = [getattr(source or table, each.name) for each in fields]
        self._read = [(each.name, conversion(each)) for each in fields]

    def row(self, values: Sequence[Any], **related: Table | None) -> T:
        """A row of the table out of its columns' values; ``related`` are rows that were read with it."""
        row = self.table(__no_default__=1)
        row.__data__.update(
            (name, value if convert is None or value is None else convert(value))
            for (name, convert), value in zip(self._read, values, strict=True)
        )
        row.__rel__.update((name, other) for name, other in related.items() if other is not None)
        return row

    def __len__(self) -> int:
        return len(self.selected)


def parted(values: Sequence[Any], *tables: Columns[Any]) -> list[Sequence[Any]]:
    """The values of one row, table by table."""
    parts, start = [], 0
    for table in tables:
        parts.append(values[start : start + len(table)])
        start += len(table)
    return parts


def conversion(column: Any) -> Callable[[Any], Any] | None:
    """How a column's value is read; None for what needs none: a foreign key is stored as the key that it
    points to."""
    aim = getattr(column, "rel_field", column)
    convert: Callable[[Any], Any] = aim.python_value
    return None if type(aim) in _AS_THEY_COME else convert
