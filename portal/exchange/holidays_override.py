"""Days that a decree made free or working (holidays-override.csv), on top of the holidays library."""

from collections.abc import Iterator
from datetime import date
from typing import IO

from portal.domain.calendar import DayKind, DayOverride
from portal.exchange.fields import read_date, read_name
from portal.exchange.kinds import Kind
from portal.exchange.tables import Table
from portal.exchange.text import Reading, Row

NAME_LENGTH = 100  # characters; our bound


def read_holidays_override(stream: IO[bytes]) -> Reading[Row[DayOverride]]:
    """Every line below the header, good or with all its faults."""
    table = Table(stream, Kind.HOLIDAYS)
    return Reading(table.encoding, table.fault, lambda: _rows(table))


def _rows(table: Table) -> Iterator[Row[DayOverride]]:
    seen: dict[date, int] = {}
    for row in table:
        override = None if row.faults else _parse(row.values, row.faults)
        if override is not None and seen.setdefault(override.day, row.number) != row.number:
            row.faults.append(f"денят се повтаря: валиден е ред {seen[override.day]}")
        yield Row(row.number, row.raw, None if row.faults else override, tuple(row.faults))


def _parse(values: dict[str, str], faults: list[str]) -> DayOverride | None:
    day = read_date("ден", values["date"], faults)
    kinds = {kind.value: kind for kind in DayKind}
    if values["kind"] not in kinds:
        faults.append("вид: трябва да е holiday или workday")
    name = read_name("име", values["name"], faults, longest=NAME_LENGTH)
    if faults or day is None:
        return None
    return DayOverride(day, kinds[values["kind"]], name)
