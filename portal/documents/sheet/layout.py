"""How wide the columns of the sheet are and how high its rows: nothing is cut off on paper, and a hand that
fills it in there has room."""

import textwrap
from collections.abc import Sequence

from portal.documents.sheet.rows import SheetRow
from portal.domain.decisions import Reason
from portal.domain.sheet.columns import Column

WIDTHS = {  # in characters: as few as the longest word of heading and values allows, for large type on A4
    Column.CLASS: 13,
    Column.CHILD: 18,
    Column.NUMBER: 16,
    Column.REASON: 11,
    Column.FIGURE: 11,
    Column.MEANING: 38,
    Column.DECISION: 15,
    Column.CORRECTED: 12,
    Column.REFUSAL: 17,
    Column.NOTE: 22,
    Column.CERTIFICATE: 16,
    Column.PLACED: 14,
    Column.KEY: 10,
}
FAULTS_WIDTH = 40
LINE = 15  # points of a line of the book's font
FEWEST_LINES = 2
FILLS = 0.9  # of a width, what words that wrap fill of it: letters differ, and so do fonts


def hidden_in(rows: Sequence[SheetRow]) -> list[Column]:
    """The keys of rows; and what is asked of an unenrolled child alone, where there is none."""
    of_unenrolled = [Column.CERTIFICATE, Column.PLACED]
    asked = any(row.case is None or row.case.reason is Reason.UNENROLLED for row in rows)
    return [Column.KEY] if asked else [*of_unenrolled, Column.KEY]


def height_of(row: SheetRow) -> int:
    """In points. A spreadsheet that opens the file does not fit the height to the text by itself."""
    cells = [(str(row.values[column]), WIDTHS[column]) for column in Column if column is not Column.KEY]
    lines = [_lines(text, width) for text, width in (*cells, (row.faults, FAULTS_WIDTH))]
    return LINE * max(FEWEST_LINES, *lines)


def _lines(text: str, width: int) -> int:
    within = int(width * FILLS)
    return sum(max(1, len(textwrap.wrap(part, within))) for part in text.split("\n"))
