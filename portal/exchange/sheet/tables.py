"""What a file holds, as far as it is cells: the same of an xlsx and of a csv."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any, Self

from portal.domain.sheet.cells import Cell, Kind

MOST_ROWS = 5_000  # of all sheets together: the longest list has some three hundred
MOST_COLUMNS = 60
LONGEST_TEXT = 8_000  # letters of one cell; a note has 2000
TOO_MANY_ROWS = (
    f"В таблицата има над {MOST_ROWS} реда. Изтрийте редовете под последното дете и я запазете отново."
)


@dataclass(frozen=True)
class Row:
    """``number`` is that of the sheet, from 1. ``cells`` by column, from 1; what is empty is not there."""

    number: int
    cells: Mapping[int, Cell]
    is_hidden: bool = False


@dataclass(frozen=True)
class RawTable:
    """One sheet of the file."""

    name: str
    rows: list[Row] = field(default_factory=list)

    def plain(self) -> list[Any]:
        """For JSON; ``of`` makes the same again."""
        rows = [
            [row.number, row.is_hidden, [[at, cell.kind.value, cell.text] for at, cell in row.cells.items()]]
            for row in self.rows
        ]
        return [self.name, rows]

    @classmethod
    def of(cls, plain: list[Any]) -> Self:
        name, rows = plain
        return cls(
            name,
            [
                Row(number, {at: Cell(Kind(kind), text) for at, kind, text in cells}, is_hidden)
                for number, is_hidden, cells in rows
            ],
        )
