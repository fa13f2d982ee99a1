"""portal.exchange.sheet.process: what a file can cost at most, whatever is in it."""

import io
import json
import os
from collections.abc import Iterator
from zipfile import ZIP_DEFLATED, ZipFile

import pytest
from openpyxl import Workbook

from portal.domain.errors import Refusal
from portal.exchange.sheet import process
from portal.exchange.sheet.package import A_BOMB, LARGEST, MOST_ELEMENTS, TOO_LARGE
from portal.exchange.sheet.process import read_tables
from tests.sheets import saved
from tests.sheets_apart import read_apart

SMALL = 48 * 1024 * 1024  # bytes: Python, the library, and nothing of the file
LARGE = 160 * 1024 * 1024
QUICK = 5  # seconds of computing: where much else runs, loading the library alone takes one or two
BEGIN = b'<worksheet xmlns="http://schemas.openxmlformats.org/spreadsheetml/2006/main"><sheetData>'
END = b"</sheetData></worksheet>"


def workbook(rows: Iterator[bytes]) -> bytes:
    """A workbook whose sheet has these rows, which are packed as they come."""
    empty, out = ZipFile(io.BytesIO(saved(Workbook()))), io.BytesIO()
    with ZipFile(out, "w", ZIP_DEFLATED) as archive:
        for name in empty.namelist():
            if name != "xl/worksheets/sheet1.xml":
                archive.writestr(name, empty.read(name))
        with archive.open("xl/worksheets/sheet1.xml", "w") as part:
            for chunk in (BEGIN, *rows, END):
                part.write(chunk)
    return out.getvalue()


def blanks() -> Iterator[bytes]:
    """As much as a file of the largest size that is accepted can hold."""
    yield from (b" " * 1024 * 1024 for _ in range(200))


def cells(count: int) -> Iterator[bytes]:
    """Rows of fifty numbers, packed no better than those of a list: two elements for each."""
    for row in range(count // 50):
        yield (
            b"<row>" + b"".join(b"<c><v>%d</v></c>" % (row * at * 7919 % 10) for at in range(50)) + b"</row>"
        )


@pytest.mark.parametrize("rows", [blanks(), cells(1_200_000)], ids=["blanks", "cells"])
def test_a_bomb_is_refused_before_it_costs_memory_or_time(rows):
    content = workbook(rows)
    assert len(content) < LARGEST
    found = read_apart(content)
    assert found.reply == A_BOMB
    assert found.memory < SMALL
    assert found.seconds < QUICK


def test_the_largest_that_is_read_costs_little():
    found = read_apart(workbook(cells(MOST_ELEMENTS // 2 * 49 // 50)))
    (table,) = found.reply
    assert len(table[1]) == MOST_ELEMENTS // 2 * 49 // 50 // 50
    assert found.memory < LARGE


def serving(deed: str) -> str:
    """The program, but reading is something else."""
    return f"""
from portal.exchange.sheet import process
def tables_in(content):
    {deed}
process.tables_in = tables_in
process.PROCESSOR = 1
process.serve()
"""


@pytest.mark.parametrize(
    "deed",
    ["return bytearray(process.MEMORY)", "return [0 for _ in iter(int, 1)]", "return tables_in(content)"],
    ids=["memory", "computing", "recursion"],
)
def test_whatever_happens_in_it_ends_as_a_refusal(monkeypatch, deed):
    monkeypatch.setattr(process, "PROGRAM", serving(deed))
    with pytest.raises(Refusal) as refused:
        read_tables(b"x")
    assert (str(refused.value), refused.value.field) == (A_BOMB, "file")


def test_nobody_waits_for_it_without_end(monkeypatch):
    monkeypatch.setattr(process, "PROGRAM", "import time; time.sleep(3600)")
    monkeypatch.setattr(process, "PATIENCE", 0.5)
    with pytest.raises(Refusal, match="необичайно голям"):
        read_tables(b"x")


def test_it_knows_nothing_of_ours(monkeypatch):
    monkeypatch.setenv("PORTAL_SECRET_KEY", "secret")
    program = "import json, os; print(json.dumps(' '.join(os.environ)))"
    monkeypatch.setattr(process, "PROGRAM", program)
    with pytest.raises(Refusal) as refused:
        read_tables(b"x")
    names = set(str(refused.value).split())
    assert "PORTAL_SECRET_KEY" in os.environ
    assert names <= {*process.ENVIRONMENT, "LC_CTYPE", "PWD", "SHLVL", "_"}


def test_a_reply_without_end_is_refused(monkeypatch):
    monkeypatch.setattr(process, "PROGRAM", f"print({json.dumps('x')} * {process.LARGEST_REPLY + 1})")
    with pytest.raises(Refusal, match="необичайно голям"):
        read_tables(b"x")


def test_what_is_larger_than_any_is_not_even_handed_over(monkeypatch):
    monkeypatch.setattr(process, "PROGRAM", "raise SystemExit('asked')")
    with pytest.raises(Refusal) as refused:
        read_tables(bytes(LARGEST + 1))
    assert str(refused.value) == TOO_LARGE
