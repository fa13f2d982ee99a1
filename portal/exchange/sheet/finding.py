"""The portal's own table in what was read: by its headings, wherever they were moved to."""

from collections.abc import Mapping
from dataclasses import dataclass

from portal.domain.errors import Refusal
from portal.domain.names import folded
from portal.domain.sheet.cells import EMPTY, Cell, Kind, words_in
from portal.domain.sheet.columns import Column
from portal.exchange.sheet.tables import RawTable, Row

HEAD_WITHIN = 60  # rows from the top
NOT_OURS = (
    "В този файл няма таблица на портала: не се намират заглавията „Решение“ и „Ключ на реда“. Изтеглете "
    "таблицата от портала и попълнете нея."
)
_NAMES = {folded(column.value): column for column in Column}
_TELLING = {Column.DECISION, Column.KEY}


@dataclass(frozen=True)
class FoundRow:
    number: int
    cells: Mapping[Column, Cell]
    is_hidden: bool


@dataclass(frozen=True)
class FoundTable:
    """``columns`` are where each heading stands, from 1. ``raw`` is the sheet as it was read."""

    columns: Mapping[Column, int]
    rows: list[FoundRow]
    raw: RawTable

    def place(self, column: Column, row: int) -> str:
        """``H7``"""
        return f"{_letters(self.columns[column])}{row}"


def find_table(tables: list[RawTable]) -> FoundTable:
    """Refusal where there is none, or two, or a heading is missing or stands twice."""
    found = [(table, head) for table in tables if (head := _head(table)) is not None]
    if not found:
        raise Refusal(NOT_OURS, field="file")
    if len(found) > 1:
        names = " и ".join(f"„{table.name}“" for table, _ in found)
        raise Refusal(
            f"Във файла има повече от една таблица на портала: листовете {names}. Оставете само един лист.",
            field="file",
        )
    ((table, head),) = found
    columns = _columns(head)
    rows = [_row(row, columns) for row in table.rows if row.number > head.number]
    filled = [row for row in rows if any(not cell.is_empty for cell in row.cells.values())]
    return FoundTable(columns, filled, table)


def _head(table: RawTable) -> Row | None:
    for row in table.rows:
        if row.number > HEAD_WITHIN:
            return None
        if {_heading(cell) for cell in row.cells.values()} >= _TELLING:
            return row
    return None


def _heading(cell: Cell) -> Column | None:
    return _NAMES.get(folded(words_in(cell))) if cell.kind is Kind.TEXT else None


def _columns(head: Row) -> dict[Column, int]:
    found: dict[Column, int] = {}
    for at, cell in head.cells.items():
        column = _heading(cell)
        if column is None:
            continue
        if column in found:
            raise Refusal(
                f"Заглавието „{column.value}“ стои два пъти: в колони {_letters(found[column])} и "
                f"{_letters(at)}. Оставете само едната.",
                field="file",
            )
        found[column] = at
    missing = [column.value for column in Column if column not in found]
    if missing:
        raise Refusal(
            f"В таблицата липсват колони: {', '.join(missing)}. Изтеглете я отново и не трийте колони.",
            field="file",
        )
    return found


def _row(row: Row, columns: Mapping[Column, int]) -> FoundRow:
    cells = {column: row.cells.get(at, EMPTY) for column, at in columns.items()}
    return FoundRow(row.number, cells, row.is_hidden)


def _letters(at: int) -> str:
    """``A`` for 1, ``AA`` for 27."""
    letters = ""
    while at:
        at, rest = divmod(at - 1, 26)
        letters = chr(ord("A") + rest) + letters
    return letters
