"""CSV files with a header: columns in any order, one row a line."""

import csv
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import islice
from typing import IO

from portal.exchange.fields import wrong_count
from portal.exchange.text import Encoding, Line, TextLines


@dataclass(frozen=True)
class TableRow:
    """The values of one line by column, trimmed; none of them when there are ``faults`` already."""

    number: int
    raw: bytes
    values: dict[str, str]
    faults: list[str]


class Table:
    """A file whose header names ``columns`` and perhaps ``optional`` ones; others are not read.

    ``fault`` is a sentence about the whole file. A row is one physical line: a quoted value that
    runs over the line end is a fault of that line, so that line numbers stay true.
    """

    encoding: Encoding
    fault: str | None

    def __init__(self, stream: IO[bytes], columns: Sequence[str], optional: Sequence[str] = ()) -> None:
        self._lines = TextLines(stream)
        self._optional = optional
        self.encoding = self._lines.encoding
        first = next(iter(self._lines), None)
        header = "" if first is None or first.text is None else first.text
        self._delimiter = ";" if "," not in header else ","  # Excel with Bulgarian settings writes „;“
        self._header = [name.strip().casefold() for name in self._split(header) or []]
        self.fault = None if first is not None else "Файлът е празен. Изберете друг файл."
        if first is not None:
            self.fault = _header_fault(self._header, columns)

    def __iter__(self) -> Iterator[TableRow]:
        if self.fault is None:
            yield from map(self._row, islice(self._lines, 1, None))

    def _row(self, line: Line) -> TableRow:
        if line.text is None:
            return TableRow(line.number, line.windows_1251, {}, [line.fault])
        values = self._split(line.text)
        if values is None:
            fault = "кавичките не са затворени или са на грешно място"
            return TableRow(line.number, line.windows_1251, {}, [fault])
        if len(values) != len(self._header):
            fault = wrong_count(len(values), len(self._header))
            return TableRow(line.number, line.windows_1251, {}, [fault])
        named = dict.fromkeys(self._optional, "") | {
            name: value.strip() for name, value in zip(self._header, values, strict=True)
        }
        return TableRow(line.number, line.windows_1251, named, [])

    def _split(self, text: str) -> list[str] | None:
        try:
            return next(csv.reader([text], delimiter=self._delimiter, strict=True), [])
        except csv.Error:
            return None


def _header_fault(header: list[str], columns: Sequence[str]) -> str | None:
    missing = [name for name in columns if name not in header]
    if missing:
        return (
            f"В заглавния ред липсва: {', '.join(missing)}. Първият ред трябва да е {','.join(columns)} "
            "(колоните може да са в друг ред)."
        )
    if len(set(header)) < len(header):
        return "В заглавния ред има повторена колона. Оставете всяка колона по веднъж."
    return None
