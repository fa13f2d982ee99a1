"""АСП's staged lines in pieces, each small enough for one short turn at writing, and each of whole lists."""

from collections.abc import Iterator
from typing import Any

from peewee import fn

from portal.storage.campaigns.staging import StagedLine
from portal.storage.tables.bulk import BATCH, tuples

LARGEST = 5 * BATCH  # lines of one list that are taken together: no institution has as many children


def pieces() -> Iterator[list[StagedLine]]:
    """All lines that are staged, those of a piece in the order of the file. The lines of one list come
    together, unless they are more than ``LARGEST``; lines that go to no list come first."""
    together: list[str] = []
    count = 0
    for target, lines in _sizes():
        if together and count + lines > BATCH:
            yield list(_lines_of(StagedLine.target.in_(together)))
            together, count = [], 0
        if lines > (LARGEST if target else BATCH):
            yield from _parts_of(target)
        else:
            together, count = [*together, target], count + lines
    if together:
        yield list(_lines_of(StagedLine.target.in_(together)))


def _sizes() -> list[tuple[Any, ...]]:
    """How many lines each list gets, those of no list first."""
    sizes = StagedLine.select(StagedLine.target, fn.COUNT(StagedLine.number)).group_by(StagedLine.target)
    return sorted(tuples(sizes))


def _parts_of(target: str) -> Iterator[list[StagedLine]]:
    last = 0
    while part := list(_lines_of((StagedLine.target == target) & (StagedLine.number > last)).limit(BATCH)):
        last = part[-1].number
        yield part


def _lines_of(where: Any) -> Any:
    return StagedLine.select().where(where).order_by(StagedLine.number)
