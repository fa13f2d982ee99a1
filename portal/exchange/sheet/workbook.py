"""The cells of an xlsx that was found safe to open; read in a process of its own."""

import io
from collections.abc import Iterator
from datetime import date, datetime, time, timedelta
from typing import TYPE_CHECKING, Any

from portal.domain.errors import Refusal
from portal.domain.sheet.cells import Cell, Kind
from portal.domain.sheet.columns import NO, YES
from portal.exchange.sheet.package import BROKEN, check_package
from portal.exchange.sheet.tables import LONGEST_TEXT, MOST_COLUMNS, MOST_ROWS, TOO_MANY_ROWS, RawTable, Row

if TYPE_CHECKING:
    from openpyxl.worksheet.worksheet import Worksheet

FIGURES = 15  # of a number, as many as Excel itself keeps: 0.1+0.2 is 0.3 there


def tables_of(content: bytes) -> list[RawTable]:
    """Every sheet, hidden ones too; Refusal, with what to do, for what is no workbook or no safe one."""
    from openpyxl import load_workbook

    check_package(content)
    try:
        # With formulas and not their last results: what was computed elsewhere is nobody's decision.
        book = load_workbook(io.BytesIO(content), data_only=False, keep_links=False)
    except MemoryError:
        raise
    except Exception:  # the library raises whatever its parts do, and quotes the file
        raise Refusal(BROKEN, field="file") from None
    left = MOST_ROWS
    tables = []
    for page in book.worksheets:
        rows = list(_rows(page, left))
        left -= len(rows)
        tables.append(RawTable(page.title, rows))
    return tables


def _rows(page: "Worksheet", most: int) -> Iterator[Row]:
    merged = _merged(page)
    found: dict[int, dict[int, Cell]] = {}
    for (number, at), cell in page._cells.items():
        if at > MOST_COLUMNS:
            continue
        said = Cell(Kind.MERGED, merged[(number, at)]) if (number, at) in merged else _cell(cell)
        if not said.is_empty:
            found.setdefault(number, {})[at] = said
    if len(found) > most:
        raise Refusal(TOO_MANY_ROWS, field="file")
    for number in sorted(found):
        is_hidden = number in page.row_dimensions and bool(page.row_dimensions[number].hidden)
        yield Row(number, dict(sorted(found[number].items())), is_hidden)


def _merged(page: "Worksheet") -> dict[tuple[int, int], str]:
    """Each cell of a merged range, with the range. One of a million cells is no longer than the sheet."""
    found = {}
    for area in page.merged_cells.ranges:
        for number in range(area.min_row, min(area.max_row, page.max_row) + 1):
            for at in range(area.min_col, min(area.max_col, MOST_COLUMNS) + 1):
                found[(number, at)] = area.coord
    return found


def _cell(cell: Any) -> Cell:
    value, kind = cell.value, cell.data_type
    match value:
        case None:
            return Cell(Kind.TEXT, "")
        case bool():
            return Cell(Kind.TRUTH, YES if value else NO)
        case int() | float():
            return Cell(Kind.NUMBER, _number(value))
        case datetime() | date():
            return Cell(Kind.DATE, f"{value:%d.%m.%Y}")
        case time() | timedelta():
            return Cell(Kind.DATE, str(value))
    if kind == "f" or not isinstance(value, str):
        return Cell(Kind.FORMULA, str(getattr(value, "text", value))[:80])
    return Cell(Kind.ERROR if kind == "e" else Kind.TEXT, value[:LONGEST_TEXT])


def _number(value: int | float) -> str:
    """With as many figures as count, and no exponent where it is not far beyond any number of ours."""
    return f"{value:.{FIGURES}g}"
