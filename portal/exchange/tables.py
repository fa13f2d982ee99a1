"""CSV files with a header: columns in any order, one row a line.

Excel saves them in its own way: ``;`` or a tab between the columns, UTF-16 as „Unicode text“, a first line
``sep=;``, and empty columns and rows behind the last, if there was ever something in them.
"""

import csv
import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import islice
from typing import IO

from portal.exchange.fields import wrong_count
from portal.exchange.kinds import Kind, wrong_kind
from portal.exchange.text import Encoding, Line, TextLines

_SEP = re.compile(r'"?sep=.?"?[,;\t]*', re.IGNORECASE)  # Excel's own word for the separator


@dataclass(frozen=True)
class TableRow:
    """The values of one line by column, trimmed; none of them when there are ``faults`` already."""

    number: int
    raw: bytes
    values: dict[str, str]
    faults: list[str]


class Table:
    """A file whose header names the columns of ``kind`` and perhaps ``optional`` ones; others are not read.

    ``fault`` is a sentence about the whole file. A row is one physical line: a quoted value that
    runs over the line end is a fault of that line, so that line numbers stay true.
    """

    encoding: Encoding
    fault: str | None

    def __init__(self, stream: IO[bytes], kind: Kind, optional: Sequence[str] = ()) -> None:
        self._lines = TextLines(stream)
        self._optional = optional
        self.encoding = self._lines.encoding
        first = next(self._below_sep(), None)
        header = "" if first is None or first.text is None else first.text
        self._delimiter = max(kind.separators, key=header.count)
        names = [name.strip().casefold() for name in self._split(header) or []]
        self._header = _without_empty_end(names, 0)
        self.fault = "Файлът е празен. Изберете друг файл."
        if first is not None:
            self.fault = wrong_kind(self._lines, kind) or _header_fault(self._header, kind.header)

    def __iter__(self) -> Iterator[TableRow]:
        if self.fault is None:
            yield from filter(None, map(self._row, islice(self._below_sep(), 1, None)))

    def _below_sep(self) -> Iterator[Line]:
        """All lines, but for a first one that only says the separator."""
        is_first = True
        for line in self._lines:
            if not (is_first and line.text is not None and _SEP.fullmatch(line.text)):
                yield line
            is_first = False

    def _row(self, line: Line) -> TableRow | None:
        """None for a row with nothing in it."""
        if line.text is None:
            return TableRow(line.number, line.windows_1251, {}, [line.fault])
        values = self._split(line.text)
        if values is None:
            fault = "кавичките не са затворени или са на грешно място"
            return TableRow(line.number, line.windows_1251, {}, [fault])
        values = _without_empty_end(values, len(self._header))
        if not any(value.strip() for value in values):
            return None
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


def _without_empty_end(values: list[str], least: int) -> list[str]:
    """Without the empty ones behind the last column, but never fewer than ``least``."""
    end = len(values)
    while end > least and not values[end - 1].strip():
        end -= 1
    return values[:end]


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
