"""The school calendar (calendar.csv): first and last school days and vacations by class band."""

import re
from collections.abc import Iterator
from datetime import date
from typing import IO

from portal.domain.calendar import Band, Term, Vacation
from portal.exchange.fields import read_date, read_name
from portal.exchange.kinds import Kind
from portal.exchange.tables import Table
from portal.exchange.text import Reading, Row

NAME_LENGTH = 100  # characters; our bound

_KINDS: dict[str, type[Term] | type[Vacation]] = {"term": Term, "vacation": Vacation}
_YEAR = re.compile(r"20[0-9]{2}", re.ASCII)


def read_calendar(stream: IO[bytes]) -> Reading[Row[Term | Vacation]]:
    """Every line below the header, good or with all its faults."""
    table = Table(stream, Kind.CALENDAR)
    return Reading(table.encoding, table.fault, lambda: _rows(table))


def _rows(table: Table) -> Iterator[Row[Term | Vacation]]:
    """A band has one term in a school year; a second one is a fault, and the first stands."""
    terms: dict[tuple[int, Band], int] = {}
    for row in table:
        entry = None if row.faults else _parse(row.values, row.faults)
        if isinstance(entry, Term):
            first = terms.setdefault((entry.school_year, entry.band), row.number)
            if first != row.number:
                row.faults.append(f"учебната година на тези класове се повтаря: валиден е ред {first}")
        yield Row(row.number, row.raw, None if row.faults else entry, tuple(row.faults))


def _parse(values: dict[str, str], faults: list[str]) -> Term | Vacation | None:
    year = int(values["school_year"]) if _YEAR.fullmatch(values["school_year"]) else None
    if year is None:
        faults.append("учебна година: трябва да е началната година с 4 цифри, например 2020")
    bands = {band.value: band for band in Band}
    if values["band"] not in bands:
        faults.append(f"класове: трябва да е {', '.join(bands)}")
    if values["kind"] not in _KINDS:
        faults.append("вид: трябва да е term или vacation")
    first = read_date("първи ден", values["first"], faults)
    last = read_date("последен ден", values["last"], faults)
    _check_days(year, first, last, faults)
    name = read_name("име", values["name"], faults, longest=NAME_LENGTH)
    if faults or year is None or first is None or last is None:
        return None
    return _KINDS[values["kind"]](first, last, year, bands[values["band"]], name)


def _check_days(year: int | None, first: date | None, last: date | None, faults: list[str]) -> None:
    """In order, and within the school year with room around it (our bounds: August to September)."""
    if first is not None and last is not None and last < first:
        faults.append("последен ден: преди първия")
    if year is None:
        return
    for label, day in (("първи ден", first), ("последен ден", last)):
        if day is not None and not date(year, 8, 1) <= day <= date(year + 1, 9, 30):
            faults.append(f"{label}: извън учебната {year}/{year + 1} година")
