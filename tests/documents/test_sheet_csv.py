"""portal.documents.sheet_csv: a table as a file for a spreadsheet."""

import csv
import io

import pytest

from portal.documents.sheet_csv import as_text, sheet_csv


def read(content: bytes) -> list[list[str]]:
    return list(csv.reader(io.StringIO(content.decode("utf-8-sig"), newline=""), delimiter=";"))


def test_opens_in_cyrillic_and_in_columns():
    content = sheet_csv(("Кой", "Какво"), [("Ана „А“ Янева", "подписа; премахна"), ("две\nредици", "")])

    assert content.startswith(b"\xef\xbb\xbf")
    assert content.count(b"\r\n") == 3
    assert read(content) == [
        ["Кой", "Какво"],
        ["Ана „А“ Янева", "подписа; премахна"],
        ["две\nредици", ""],
    ]


@pytest.mark.parametrize(
    "cell",
    ["=1+1", "+359 2", "-1", "@SUM(A1)", " =1", "\t=1", "\r=1", "\n@x", "＝1", "\tx", "\u00a0=HYPERLINK()"],
)
def test_computes_nothing(cell):
    assert as_text(cell) == f"'{cell}"
    assert read(sheet_csv(["x"], [[cell]]))[1][0].startswith("'")


@pytest.mark.parametrize("cell", ["", "1+1", "Ана-Мария", "a@b.bg", "'=1", "№ 7", "РД-15/12.01.2021"])
def test_leaves_what_is_text_as_it_is(cell):
    assert as_text(cell) == cell
