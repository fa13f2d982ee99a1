"""A table as an xlsx file with one sheet, in which every text stays text."""

import io
import re
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from functools import cache
from typing import TYPE_CHECKING, Any
from zipfile import ZIP_DEFLATED, ZipFile

if TYPE_CHECKING:
    from openpyxl import Workbook
    from openpyxl.worksheet.worksheet import Worksheet

Cell = str | int | date
PRODUCT = "Потвърждения към АСП"
FONT = "Calibri"  # the library leaves it open, and some programs then take one with serifs
NARROWEST, WIDEST = 6, 60  # characters of a column
_NO_XML = re.compile("[^\t\n\r\u0020-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")  # XML 1.0, production 2
LONGEST_NAME = 31  # characters of a sheet's name; the format's own limit


@dataclass(frozen=True)
class Table:
    """``widths`` are in characters."""

    head: Sequence[str]
    rows: Sequence[Sequence[Cell]]
    widths: Sequence[int]


def sheet_xlsx(title: str, notes: Sequence[str], tables: Sequence[Table], *, made_at: datetime) -> bytes:
    """``title``, the ``notes`` below it, and the tables one under the other, to be printed on A4 across.

    The library is loaded here: it takes a while, and few requests make a sheet.
    """
    from openpyxl import Workbook

    book = Workbook(write_only=True)
    book.properties.creator = PRODUCT
    book.properties.title = title
    book.properties.created = made_at.replace(tzinfo=None)
    sheet = book.create_sheet(re.sub(r"[\[\]:*?/\\]", " ", title)[:LONGEST_NAME])
    across(sheet)
    if len(tables) == 1:  # its head stands on every page
        head = len(notes) + 3
        sheet.print_title_rows = f"{head}:{head}"
    _set_widths(sheet, tables)
    book.properties.modified = book.properties.created
    return saved(book, _drawn(sheet, _rows(title, notes, tables)))


def saved(book: "Workbook", rows: "Iterable[tuple[int, Iterator[Written]]] | None" = None) -> bytes:
    """The file, made in memory: the library's own way leads each sheet through a temporary file, and names
    of the register are written to no disk. With ``rows`` those are what its one sheet holds."""
    from openpyxl.worksheet._writer import WorksheetWriter
    from openpyxl.writer.excel import ExcelWriter, SpreadsheetDrawing

    class InMemory(ExcelWriter):  # type: ignore[misc]
        def write_worksheet(self, ws: "Worksheet") -> None:
            ws._drawing = SpreadsheetDrawing()  # an empty one, as the library has it
            part = io.BytesIO()
            writer = WorksheetWriter(ws, part)
            if rows is not None:
                writer.rows = lambda: rows
            writer.write()
            ws._rels = writer._rels
            self._archive.writestr(ws.path[1:], part.getvalue())
            self.manifest.append(ws)

    out = io.BytesIO()
    with ZipFile(out, "w", ZIP_DEFLATED) as archive:
        InMemory(book, archive).write_data()
    return out.getvalue()


def across(sheet: "Worksheet") -> None:
    """To be printed on A4 across, as many pages as it takes, all columns on each."""
    from openpyxl.worksheet.worksheet import Worksheet

    sheet.page_setup.orientation = "landscape"
    sheet.page_setup.paperSize = Worksheet.PAPERSIZE_A4
    sheet.page_setup.fitToHeight = 0
    sheet.sheet_properties.pageSetUpPr.fitToPage = True


def _set_widths(sheet: "Worksheet", tables: Sequence[Table]) -> None:
    for number in range(max(len(table.widths) for table in tables)):
        wanted = max(table.widths[number] for table in tables if number < len(table.widths))
        sheet.column_dimensions[_letter(number + 1)].width = min(max(wanted, NARROWEST), WIDEST)


def _rows(
    title: str, notes: Sequence[str], tables: Sequence[Table]
) -> Iterator[tuple[Sequence[Cell], bool, bool]]:
    """Cells, whether they are bold, and whether a long one takes several lines."""
    yield [title], True, False
    for note in notes:
        yield [note], False, False
    for table in tables:
        yield [], False, False
        yield table.head, True, True
        for row in table.rows:
            yield row, False, True


def _drawn(
    sheet: "Worksheet", rows: Iterable[tuple[Sequence[Cell], bool, bool]]
) -> "Iterator[tuple[int, Iterator[Written]]]":
    """Each row with its number. There is one cell of each look, which is written again and again: to make
    every cell of a long table takes longer than to write it."""
    looks: dict[tuple[type, bool, bool], Written] = {}

    def row(number: int, cells: Sequence[Cell], *, bold: bool, wraps: bool) -> "Iterator[Written]":
        for column, value in enumerate(cells, start=1):
            if value == "":
                continue
            look = (type(value), bold, wraps)
            if look not in looks:
                looks[look] = _look(sheet, value, bold=bold, wraps=wraps)
            cell = looks[look]
            cell.row, cell.column = number, column
            cell._value = _NO_XML.sub("", value) if isinstance(value, str) else value
            yield cell

    for number, (cells, bold, wraps) in enumerate(rows, start=1):
        yield number, row(number, cells, bold=bold, wraps=wraps)


def _look(sheet: "Worksheet", value: Cell, *, bold: bool, wraps: bool) -> "Written":
    """A cell that looks as one with such a value."""
    from openpyxl.cell import Cell as Sample
    from openpyxl.styles import Alignment, Font

    sample = Sample(sheet)
    if isinstance(value, str):
        as_text(sample, value)
    else:
        sample.value = value
        if isinstance(value, date):
            sample.number_format = "DD.MM.YYYY"
    sample.alignment = Alignment(vertical="top", wrap_text=wraps)
    sample.font = Font(FONT, 11, bold=bold)
    return Written(sheet, sample.data_type, sample.style_id)


class Written:
    """A cell as the library's writer asks for it."""

    has_style, hyperlink, _comment = True, None, None

    def __init__(self, parent: "Worksheet", data_type: str, style_id: int) -> None:
        self.parent, self.data_type, self.style_id = parent, data_type, style_id
        self.row = self.column = 1
        self._value: Cell = ""

    @property
    def coordinate(self) -> str:
        return f"{_letter(self.column)}{self.row}"


@cache
def _letter(column: int) -> str:
    from openpyxl.utils import get_column_letter

    return str(get_column_letter(column))


def as_text(cell: Any, value: str) -> None:
    """A text is stored as one, with the mark that keeps it one when it is edited: „=1+1“ in a name is
    three signs, and an identifier keeps its first zero."""
    cell.value = _NO_XML.sub("", value)
    cell.data_type, cell.number_format, cell.quotePrefix = "s", "@", True
