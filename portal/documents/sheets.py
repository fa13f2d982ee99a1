"""A table as an xlsx file with one sheet, in which every text stays text."""

import io
import re
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import date, datetime
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

    book = Workbook()
    book.properties.creator = PRODUCT
    book.properties.title = title
    book.properties.created = made_at.replace(tzinfo=None)
    sheet = book.active
    sheet.title = re.sub(r"[\[\]:*?/\\]", " ", title)[:LONGEST_NAME]
    across(sheet)
    if len(tables) == 1:  # its head stands on every page
        head = len(notes) + 3
        sheet.print_title_rows = f"{head}:{head}"
    _set_widths(sheet, tables)
    _fill(sheet, _rows(title, notes, tables))
    book.properties.modified = book.properties.created
    return saved(book)


def saved(book: "Workbook") -> bytes:
    """The file, made in memory: the library's own way leads each sheet through a temporary file, and names
    of the register are written to no disk."""
    from openpyxl.worksheet._writer import WorksheetWriter
    from openpyxl.writer.excel import ExcelWriter, SpreadsheetDrawing

    class InMemory(ExcelWriter):  # type: ignore[misc]
        def write_worksheet(self, ws: "Worksheet") -> None:
            ws._drawing = SpreadsheetDrawing()  # an empty one, as the library has it
            part = io.BytesIO()
            writer = WorksheetWriter(ws, part)
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
    sheet.page_setup.orientation = "landscape"
    sheet.page_setup.paperSize = sheet.PAPERSIZE_A4
    sheet.page_setup.fitToHeight = 0
    sheet.sheet_properties.pageSetUpPr.fitToPage = True


def _set_widths(sheet: "Worksheet", tables: Sequence[Table]) -> None:
    from openpyxl.utils import get_column_letter

    for number in range(max(len(table.widths) for table in tables)):
        wanted = max(table.widths[number] for table in tables if number < len(table.widths))
        letter = get_column_letter(number + 1)
        sheet.column_dimensions[letter].width = min(max(wanted, NARROWEST), WIDEST)


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


def _fill(sheet: "Worksheet", rows: Iterable[tuple[Sequence[Cell], bool, bool]]) -> None:
    """Each look is made once: to make it for every cell takes longer than all the rest of a long table."""
    looks: dict[tuple[type, bool, bool], Any] = {}
    for number, (cells, bold, wraps) in enumerate(rows, start=1):
        for column, value in enumerate(cells, start=1):
            cell, look = sheet.cell(row=number, column=column), (type(value), bold, wraps)
            if look not in looks:
                looks[look] = _look(sheet, value, bold=bold, wraps=wraps)
            cell.value = _NO_XML.sub("", value) if isinstance(value, str) else value
            if isinstance(value, str):
                cell.data_type = "s"
            cell._style = looks[look]  # which is changed no more


def _look(sheet: "Worksheet", value: Cell, *, bold: bool, wraps: bool) -> Any:
    """How the book knows that a cell with such a value looks."""
    from openpyxl.cell import Cell as Sample
    from openpyxl.styles import Alignment, Font

    cell = Sample(sheet)
    if isinstance(value, str):
        as_text(cell, value)
    elif isinstance(value, date):
        cell.number_format = "DD.MM.YYYY"
    cell.alignment = Alignment(vertical="top", wrap_text=wraps)
    cell.font = Font(FONT, 11, bold=bold)
    return cell._style


def as_text(cell: Any, value: str) -> None:
    """A text is stored as one, with the mark that keeps it one when it is edited: „=1+1“ in a name is
    three signs, and an identifier keeps its first zero."""
    cell.value = _NO_XML.sub("", value)
    cell.data_type, cell.number_format, cell.quotePrefix = "s", "@", True
