"""The sheet of a list as people fill it in: taken from the portal, written into, sent back."""

import io
from collections.abc import Callable
from decimal import Decimal

from openpyxl import Workbook, load_workbook
from openpyxl.worksheet.worksheet import Worksheet

from portal.actions.sheet.examining import bring
from portal.actions.sheet.making import SheetFormat, make_sheet
from portal.domain.decisions import Decision
from portal.domain.people import Staff
from portal.domain.sheet.columns import Column
from portal.storage.lists.reading import EVERYTHING
from portal.storage.tables.campaigns import Record
from tests.cast import MONTH, NOW, SITE

ADDRESS = f"/confirmations/{MONTH}/sheet"


def taken(client, **query) -> Workbook:
    """The workbook that the person gets."""
    answer = client.get(f"{ADDRESS}.xlsx", **query)
    assert answer.status_code == 200, answer.text
    return load_workbook(io.BytesIO(answer.data))


def page_of(book: Workbook) -> Worksheet:
    return book.worksheets[0]


def head_of(page: Worksheet) -> int:
    """The number of the row with the headings."""
    return next(row for row in range(1, 40) if page.cell(row, at(Column.DECISION)).value == "Решение")


def at(column: Column) -> int:
    return list(Column).index(column) + 1


def row_of(page: Worksheet, record) -> int:
    """Where the record stands, found as people do: by name."""
    rows = range(head_of(page) + 1, page.max_row + 1)
    found = [row for row in rows if page.cell(row, at(Column.CHILD)).value == record.names]
    assert len(found) == 1
    return found[0]


def fill(page: Worksheet, record, /, **values: object) -> int:
    """``fill(page, record, decision="отказвам", corrected=4.5)``: the names are those of columns."""
    row = row_of(page, record)
    for name, value in values.items():
        page.cell(row, at(Column[name.upper()])).value = value
    return row


def saved(book: Workbook) -> bytes:
    out = io.BytesIO()
    book.save(out)
    return out.getvalue()


def as_filled(content: bytes, change: Callable[[Worksheet], object]) -> bytes:
    """The sheet after ``change`` has been made in it."""
    book = load_workbook(io.BytesIO(content))
    change(page_of(book))
    return saved(book)


def filled(client, change: Callable[[Worksheet], object]) -> bytes:
    """The sheet of the list that the person gets, filled in."""
    return as_filled(client.get(f"{ADDRESS}.xlsx").data, change)


def brought(person: Staff) -> str:
    """The token of a sheet that waits, with a row that can be stored and one that cannot."""
    of_theirs = (Record.institution == person.institution) & (Record.decision == Decision.PENDING)
    good, bad = (
        Record.select().where(of_theirs, Record.submission.is_null(False)).order_by(Record.id).limit(2)
    )

    def fill_in(page: Worksheet) -> None:
        fill(page, good, decision="потвърждавам")
        fill(page, bad, decision="може би")

    made = make_sheet(person, MONTH, EVERYTHING, SheetFormat.XLSX, site=SITE, now=NOW)
    return bring(person, MONTH, as_filled(made.content, fill_in), site=SITE, now=NOW)


REFUSED = {
    "decision": "отказвам",
    "corrected": Decimal("4.5"),
    "refusal": "закъсняла медицинска бележка",
    "note": "Бележка от 12.12.",
}
