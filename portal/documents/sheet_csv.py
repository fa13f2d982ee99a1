"""A table as a CSV file that spreadsheets open on a double click: UTF-8 with a BOM, semicolons, CRLF."""

import csv
import io
from collections.abc import Iterable, Sequence

from portal.domain.sheet.apostrophes import APOSTROPHE, is_computed

BOM = "\ufeff"  # without it the spreadsheet takes Cyrillic for cp1251
SEPARATOR = ";"  # what a spreadsheet with Bulgarian settings expects, where the comma is decimal


def sheet_csv(head: Sequence[str], rows: Iterable[Sequence[str]]) -> bytes:
    """``head`` and ``rows``, every cell as text."""
    out = io.StringIO()
    out.write(BOM)
    writer = csv.writer(out, delimiter=SEPARATOR, lineterminator="\r\n", quoting=csv.QUOTE_ALL)
    for row in (head, *rows):
        writer.writerow([as_text(cell) for cell in row])
    return out.getvalue().encode()


def as_text(cell: str) -> str:
    """A cell that a spreadsheet would compute gets an apostrophe before it and stays what it says."""
    return f"{APOSTROPHE}{cell}" if is_computed(cell) else cell
