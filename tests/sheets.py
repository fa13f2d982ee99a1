"""The sheet of a list as people fill it in: taken from the portal, written into, sent back."""

import io
from collections.abc import Callable
from decimal import Decimal

from openpyxl import Workbook, load_workbook
from openpyxl.worksheet.worksheet import Worksheet

from portal.domain.sheet.columns import Column
from tests.cast import MONTH

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


def filled(client, change: Callable[[Worksheet], object]) -> bytes:
    """The sheet of the list, after ``change`` has been made in it."""
    book = taken(client)
    change(page_of(book))
    return saved(book)


REFUSED = {
    "decision": "отказвам",
    "corrected": Decimal("4.5"),
    "refusal": "закъсняла медицинска бележка",
    "note": "Бележка от 12.12.",
}
