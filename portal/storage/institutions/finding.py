"""Finding an institution by what people call it: its name, its number, its place, or its code."""

import re
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date

from portal.domain.names import by_number, folded
from portal.storage.tables.institutions import Institution

SHOWN = 20  # institutions that a search offers: more are better found by one more word
LONGEST_SEARCH = 100  # characters

_WORD = re.compile(r"\w+")


@dataclass(frozen=True)
class Found:
    """The first of the institutions that were asked for, and how many there are."""

    shown: list[Institution]
    total: int

    @classmethod
    def of(cls, every: list[Institution], most: int = 50) -> "Found":
        return cls(every[:most], len(every))


def find_institutions(words: str, *, open_on: date | None = None, most: int = 50) -> Found:
    """Those in whose name, code, municipality or region each word stands, whole words before parts of some;
    none where nothing is asked. Without those that are closed on ``open_on``, if it is given.

    „901“ is a school's number, a part of a code and of a name: whose number it is stands first.
    """
    wanted = _WORD.findall(folded(words[:LONGEST_SEARCH]))
    if not wanted:
        return Found([], 0)
    every, ranked = Institution.select(), []
    for each in every if open_on is None else every.where(~Institution.closed_by(open_on)):
        text = folded(f"{each.name} {each.code} {each.municipality} {each.region_name}")
        if all(word in text for word in wanted):
            ranked.append((_rank(wanted, each.name, text), by_number(each.name), each.code, each))
    return Found.of([each for *_, each in sorted(ranked, key=lambda one: one[:3])], most)


def open_institutions(codes: Iterable[str], *, day: date) -> dict[str, Institution]:
    """Those of ``codes`` that are not closed on ``day``, by code."""
    chosen = Institution.select().where(Institution.code.in_(list(codes)))
    return {each.code: each for each in chosen if not each.is_closed(day)}


def _rank(wanted: list[str], name: str, text: str) -> int:
    """0 where each word is one of the name's, 1 where each is a word at all, 2 where one is a part."""
    if set(wanted) <= set(_WORD.findall(folded(name))):
        return 0
    return 1 if set(wanted) <= set(_WORD.findall(text)) else 2
