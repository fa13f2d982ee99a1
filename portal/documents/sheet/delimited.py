"""The sheet of a list as CSV, for programs that open no xlsx."""

from portal.documents.sheet.rows import ListSheet, Value
from portal.documents.sheet_csv import sheet_csv
from portal.domain.figures import plain
from portal.domain.sheet.columns import FAULTS, Column


def list_csv(sheet: ListSheet) -> bytes:
    """The rows alone, under the headings by which they are found again."""
    head = [each.value for each in Column] + ([FAULTS] if sheet.with_faults else [])
    rows = [
        [_text(row.values[each]) for each in Column] + ([row.faults] if sheet.with_faults else [])
        for row in sheet.rows
    ]
    return sheet_csv(head, rows)


def _text(value: Value) -> str:
    """An apostrophe of the text's own gets another, so that the one before a formula can be taken off."""
    if isinstance(value, str):
        return f"'{value}" if value.startswith("'") else value
    return plain(value)
