"""What is staged for the lists in pieces, each small enough for one short turn at writing, and each of whole
lists."""

from collections.abc import Iterator
from typing import Any

from peewee import fn

from portal.storage.campaigns.staging import StagedLine, StagedMove
from portal.storage.tables.bulk import BATCH, tuples

MOVES = 300  # records that are moved together: each has letters and the audit of two lists to follow it
LARGEST = 5 * BATCH  # lines of one list that are taken together: no institution has as many children


def pieces() -> Iterator[list[StagedLine]]:
    """All lines of АСП's list that are staged, those of a piece in the order of the file. The lines of one
    list come together, unless they are more than ``LARGEST``; lines that go to no list come first."""
    return _pieces(StagedLine, BATCH)


def moves_in_pieces() -> Iterator[list[StagedMove]]:
    """The same of the records that are staged to be placed anew."""
    return _pieces(StagedMove, MOVES)


def _pieces(table: Any, most: int) -> Iterator[list[Any]]:
    together: list[str] = []
    count = 0
    for target, lines in _sizes(table):
        if together and count + lines > most:
            yield list(_lines_of(table, table.target.in_(together)))
            together, count = [], 0
        if lines > (LARGEST if target else BATCH):
            yield from _parts_of(table, target)
        else:
            together, count = [*together, target], count + lines
    if together:
        yield list(_lines_of(table, table.target.in_(together)))


def _sizes(table: Any) -> list[tuple[Any, ...]]:
    """How many lines each list gets, those of no list first."""
    sizes = table.select(table.target, fn.COUNT(table.number)).group_by(table.target)
    return sorted(tuples(sizes))


def _parts_of(table: Any, target: str) -> Iterator[list[Any]]:
    last = 0
    while part := list(_lines_of(table, (table.target == target) & (table.number > last)).limit(BATCH)):
        last = part[-1].number
        yield part


def _lines_of(table: Any, where: Any) -> Any:
    return table.select().where(where).order_by(table.number)
