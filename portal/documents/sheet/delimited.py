"""The sheet of a list as CSV, for programs that open no xlsx."""

from portal.documents.sheet.rows import ListSheet, Value
from portal.documents.sheet_csv import sheet_csv
from portal.domain.figures import plain
from portal.domain.sheet.apostrophes import guarded
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
    """Guarded here, what begins with apostrophes of its own too: it comes back and has to say the same."""
    return guarded(value) if isinstance(value, str) else plain(value)
