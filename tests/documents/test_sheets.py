"""sheet_xlsx: a table that a spreadsheet opens, in which no text is ever computed."""

import io
import zipfile
from datetime import UTC, date, datetime

import openpyxl
import pytest

from portal.documents.sheets import Table, sheet_xlsx

AT = datetime(2021, 1, 28, 8, 0, tzinfo=UTC)


def made(title="Лица под карантина: 5/а [7] * ? \\ и още много думи", notes=("Бележка",), **table):
    table = {"head": ("№", "Име"), "rows": [(1, "Калина")], "widths": (5, 200)} | table
    return sheet_xlsx(title, notes, [Table(**table), Table(("Още",), [("ред",)], (9,))], made_at=AT)


def read(content):
    return openpyxl.load_workbook(io.BytesIO(content)).active


def test_holds_title_notes_and_tables_in_turn():
    rows = [tuple(value for value in row if value is not None) for row in read(made()).values]

    assert rows[0][0].startswith("Лица под карантина")
    assert rows[1:] == [("Бележка",), (), ("№", "Име"), (1, "Калина"), (), ("Още",), ("ред",)]


@pytest.mark.parametrize(
    "text", ["=1+1", '=HYPERLINK("x")', "+359 888", "-1", "@x", "#N/A", "0123456789", "1e5", "TRUE"]
)
def test_a_text_stays_a_text(text):
    cell = read(made(rows=[(1, text)]))["B5"]

    assert (cell.value, cell.data_type, cell.number_format, cell.quotePrefix) == (text, "s", "@", True)
    assert (
        "<f>"
        not in zipfile.ZipFile(io.BytesIO(made(rows=[(1, text)]))).read("xl/worksheets/sheet1.xml").decode()
    )


def test_so_do_titles_notes_and_headings():
    sheet = read(made("=1+1", ("=2",), head=("=3", "@")))

    assert {sheet[name].data_type for name in ("A1", "A2", "A4", "B4")} == {"s"}


def test_numbers_and_days_can_be_computed_with():
    sheet = read(made(rows=[(7, date(2020, 12, 5))]))

    assert (sheet["A5"].value, sheet["A5"].data_type) == (7, "n")
    assert (sheet["B5"].value.date(), sheet["B5"].number_format) == (date(2020, 12, 5), "DD.MM.YYYY")


def test_marks_that_no_sheet_can_hold_are_left_out():
    assert read(made(rows=[(1, "Ка\x00ли\x0bна")]))["B5"].value == "Калина"


def test_is_printed_across_and_no_column_is_endless():
    sheet = read(made())

    assert sheet.page_setup.orientation == "landscape"
    assert [sheet.column_dimensions[name].width for name in "AB"] == [9, 60]
    assert len(sheet.title) <= 31


def test_each_cell_of_a_long_table_is_its_own():
    """One cell of each look is written again and again: none says what another does, and none is lost."""
    days = [date(2020, 12, 1 + number % 31) for number in range(60)]
    rows = [(number, f"име {number}" if number % 3 else "", days[number], "=1") for number in range(60)]

    sheet = read(made(head=("№", "Име", "Ден", "="), rows=rows, widths=(5, 20, 9, 9)))

    found = [
        (one.value, two.value or "", day.value.date(), text.value) for one, two, day, text in sheet["A5:D64"]
    ]
    assert found == rows
    assert {cell.alignment.vertical for row in sheet["A5:D64"] for cell in row if cell.value} == {"top"}
    assert [sheet[f"A{number}"].font.bold for number in (1, 2, 4, 5, 64)] == [True, False, True, False, False]
