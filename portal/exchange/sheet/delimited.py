"""The cells of a csv, however the spreadsheet saved it."""

import csv
import io

from portal.domain.errors import Refusal
from portal.domain.sheet.apostrophes import bare
from portal.domain.sheet.cells import Cell, Kind
from portal.exchange.sheet.package import NOT_A_SHEET
from portal.exchange.sheet.tables import LONGEST_TEXT, MOST_COLUMNS, MOST_ROWS, TOO_MANY_ROWS, RawTable, Row

SEPARATORS = (";", "\t", ",")
_ERRORS = frozenset(
    ("#REF!", "#N/A", "#VALUE!", "#NAME?", "#DIV/0!", "#NULL!", "#NUM!", "#ИМЕ?", "#СТОЙНОСТ!", "#ПРЕПР!")
)


def table_of(content: bytes) -> RawTable:
    """One sheet; UTF-8, UTF-16 („Unicode text“) or Windows-1251, with the separator that parts the most."""
    text = _decoded(content)
    if "\x00" in text:
        raise Refusal(NOT_A_SHEET, field="file")
    separator = max(SEPARATORS, key=text.count)
    rows = []
    try:
        for number, values in enumerate(
            csv.reader(io.StringIO(text, newline=""), delimiter=separator), start=1
        ):
            cells = {
                at: cell
                for at, value in enumerate(values[:MOST_COLUMNS], 1)
                if not (cell := _cell(value)).is_empty
            }
            if cells:
                rows.append(Row(number, cells))
            if len(rows) > MOST_ROWS:
                raise Refusal(TOO_MANY_ROWS, field="file")
    except csv.Error:
        raise Refusal(NOT_A_SHEET, field="file") from None
    return RawTable("CSV", rows)


def _decoded(content: bytes) -> str:
    if content.startswith((b"\xff\xfe", b"\xfe\xff")):
        return content.decode("utf-16", "replace")
    try:
        return content.decode("utf-8-sig")
    except UnicodeDecodeError:
        return content.decode("cp1251", "replace")


def _cell(value: str) -> Cell:
    """A csv holds no formula: what looks like one is a text that somebody wrote."""
    text = bare(value)[:LONGEST_TEXT]
    return Cell(Kind.ERROR if value.strip() in _ERRORS else Kind.TEXT, text)
