"""The sheet of a list as xlsx: to be filled in with the rules beside the hand, and to be printed."""

from collections.abc import Iterator
from typing import TYPE_CHECKING, Any

from portal.documents.sheet.choices import add_choices
from portal.documents.sheet.layout import FAULTS_WIDTH, LINE, WIDTHS, height_of, hidden_in
from portal.documents.sheet.rows import ListSheet, SheetRow
from portal.documents.sheets import FONT, LONGEST_NAME, PRODUCT, across, as_text, saved
from portal.domain.decisions import Reason
from portal.domain.sheet.columns import FAULTS, FILLED, Column

if TYPE_CHECKING:
    from openpyxl.worksheet.worksheet import Worksheet

HEAD, TO_FILL, BORDER = "D9E2EC", "FFF9E0", "9AA5B1"  # colours: they come out light on paper
NAME = "Списък"
MARGIN = 0.4  # inches


def list_xlsx(sheet: ListSheet) -> bytes:
    """The library is loaded here: it takes a while, and few requests make a sheet."""
    from openpyxl import Workbook

    book = Workbook()
    book.properties.creator, book.properties.title = PRODUCT, sheet.title
    book.properties.created = book.properties.modified = sheet.made_at.replace(tzinfo=None)
    page = book.active
    page.title = NAME[:LONGEST_NAME]
    first = _head(page, sheet)
    for number, row in enumerate(sheet.rows, start=first):
        _row(page, number, row, sheet)
    last = first + len(sheet.rows) - 1
    add_choices(book, page, list(enumerate((row.case for row in sheet.rows), start=first)))
    _set_up(page, sheet, first, last)
    return saved(book)


def _headings(sheet: ListSheet) -> Iterator[tuple[str, int]]:
    for column in Column:
        yield column.value, WIDTHS[column]
    if sheet.with_faults:
        yield FAULTS, FAULTS_WIDTH


def _head(page: "Worksheet", sheet: ListSheet) -> int:
    """Title, notes and headings; the number of the first row below them."""
    from openpyxl.styles import Alignment, Font, PatternFill
    from openpyxl.utils import get_column_letter

    as_text(page.cell(1, 1), sheet.title)
    page.cell(1, 1).font = Font(FONT, bold=True, size=14)
    for number, note in enumerate(sheet.notes, start=2):
        as_text(page.cell(number, 1), note)
    at = len(sheet.notes) + 3
    for number, (heading, width) in enumerate(_headings(sheet), start=1):
        cell = page.cell(at, number)
        as_text(cell, heading)
        cell.font, cell.fill = Font(FONT, 11, bold=True), PatternFill("solid", HEAD)
        cell.alignment, cell.border = Alignment(vertical="center", wrap_text=True), _lines()
        page.column_dimensions[get_column_letter(number)].width = width
    page.row_dimensions[at].height = 2 * LINE
    return at + 1


def _row(page: "Worksheet", number: int, row: SheetRow, sheet: ListSheet) -> None:
    from openpyxl.styles import Alignment, PatternFill, Protection

    values = [row.values[column] for column in Column] + ([row.faults] if sheet.with_faults else [])
    for at, value in enumerate(values, start=1):
        cell = page.cell(number, at)
        cell.alignment, cell.border = Alignment(vertical="top", wrap_text=True), _lines()
        _write(cell, value, is_number=at == _at(Column.CORRECTED))
    page.row_dimensions[number].height = height_of(row)
    if sheet.is_locked:
        return
    for column in _open_in(row):
        cell = page.cell(number, _at(column))
        cell.protection, cell.fill = Protection(locked=False), PatternFill("solid", TO_FILL)


def _write(cell: Any, value: Any, *, is_number: bool) -> None:
    """An empty cell for a number is none of text: what is typed there would be text, too."""
    if isinstance(value, str) and (value or not is_number):
        as_text(cell, value)
    elif not isinstance(value, str):
        cell.value = value
    if is_number:
        cell.number_format, cell.quotePrefix = "General", False


def _open_in(row: SheetRow) -> list[Column]:
    """Where something may be written: a number only where one is asked for, and what makes the refusal of
    an unenrolled child true only there."""
    if row.case is None:
        return list(FILLED)
    unenrolled = row.case.reason is Reason.UNENROLLED
    closed = {Column.CORRECTED} if unenrolled else {Column.CERTIFICATE, Column.PLACED}
    return [column for column in FILLED if column not in closed]


def _at(column: Column) -> int:
    return list(Column).index(column) + 1


def _lines() -> Any:
    from openpyxl.styles import Border, Side

    line = Side("thin", BORDER)
    return Border(left=line, right=line, top=line, bottom=line)


def _set_up(page: "Worksheet", sheet: ListSheet, first: int, last: int) -> None:
    """Paper, repeated head, what stays in sight, what is hidden, and what cannot be written over. The
    protection has no password: it keeps a hand from slipping and hides nothing."""
    from openpyxl.utils import get_column_letter

    across(page)
    page.page_margins.left = page.page_margins.right = MARGIN
    page.page_margins.top = page.page_margins.bottom = 2 * MARGIN
    page.print_title_rows = f"{first - 1}:{first - 1}"
    page.oddFooter.left.text, page.oddFooter.right.text = sheet.foot, "&P / &N"
    page.freeze_panes = page.cell(first, _at(Column.NUMBER))
    width = len(list(_headings(sheet)))
    page.auto_filter.ref = f"A{first - 1}:{get_column_letter(width)}{max(last, first - 1)}"
    for column in hidden_in(sheet.rows):
        page.column_dimensions[get_column_letter(_at(column))].hidden = True
    page.protection.sheet = True
    for allowed in ("formatCells", "formatColumns", "formatRows", "autoFilter"):
        setattr(page.protection, allowed, False)  # the format names what is forbidden
