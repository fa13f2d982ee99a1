"""A sheet of 300 rows: to make it, to read it in its own process, to show what it changes, and to store."""

import gzip
import io
import statistics
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

from openpyxl import load_workbook

from bench.loading import SITE
from bench.school import PAGE, School
from bench.table import Measure, show
from bench.town import NOW
from portal.app import create_app
from portal.config import Config
from portal.crypto.tokens import csrf_secret, mask
from portal.domain.decisions import Decision
from portal.domain.sheet.columns import Column
from portal.storage.tables.campaigns import Record
from portal.storage.tables.db import connected
from tests.page import Page
from tests.sheets import REFUSED, at, head_of, page_of, saved
from tests.sheets_apart import read_apart
from tests.statements import Asked, noted

ROWS = 300
TIMES = 5  # the median counts
MADE, READ, SHOWN, STORED = 4_000, 4_000, 8_000, 2_000  # ms
MEMORY = 96  # MB
MAY_BE_UNDER = "по-малко от 5"  # of what the sheet says that a number may be


def measured(folder: Path) -> bool:
    school = School(folder, children=ROWS)
    with noted() as asked:  # before the portal opens its connections
        return _measured(_Desk(school), asked)


def _measured(desk: "_Desk", asked: Asked) -> bool:
    first = _milliseconds(lambda: desk.get("sheet.xlsx"))
    made = _median(lambda: desk.get("sheet.xlsx"))
    sheet, csv = desk.get("sheet.xlsx"), desk.get("sheet.csv")
    content = _filled(sheet)
    read = read_apart(content)
    shown = _median(lambda: desk.bring(content))
    preview = desk.bring(content)
    fields = _fields(preview)
    asked.forget()
    stored = _milliseconds(lambda: desk.send(**fields))
    with connected():
        assert Record.select().where(Record.decision == Decision.PENDING).count() == 0
    return show(
        f"Paper: a sheet of {ROWS} rows out and in (SQLite, synchronous=FULL), median of {TIMES}",
        [
            Measure("xlsx: made for the first time, with the library", first, "ms"),
            Measure("xlsx: made", made, "ms", MADE),
            Measure("xlsx: its size", len(sheet) / 1000, "kB"),
            Measure("csv: made", _median(lambda: desk.get("sheet.csv")), "ms"),
            Measure("csv: its size", len(csv) / 1000, "kB"),
            Measure("read: computing of its own process", read.seconds * 1000, "ms", READ),
            Measure("read: memory of its own process", read.memory / 1e6, "MB", MEMORY),
            Measure("sent, read, and shown row by row", shown, "ms", SHOWN),
            Measure("the page of it, packed", len(gzip.compress(preview)) / 1000, "kB"),
            Measure(f"{ROWS} decisions stored, while others wait", stored, "ms", STORED),
            Measure("statements for each of them", len(asked.statements) / ROWS, ""),
        ],
    )


class _Desk:
    """The director's browser."""

    def __init__(self, school: School) -> None:
        config = Config(
            env="test", base_url="http://localhost", database_url=school.url,
            secret_key="only for measuring, and long enough", pepper=SITE.pepper, clock=NOW,
        )  # fmt: skip
        self._client = create_app(config).test_client()
        self._client.set_cookie("session", school.session, domain="localhost")
        self._token = csrf_secret(school.session)

    def get(self, name: str) -> bytes:
        return _good(self._client.get(f"{PAGE}/{name}"))

    def bring(self, content: bytes) -> bytes:
        return self.send(file=(io.BytesIO(content), "sheet.xlsx"))

    def send(self, **fields: Any) -> bytes:
        data = {"csrf_token": mask(self._token), **fields}
        return _good(self._client.post(f"{PAGE}/sheet", data=data, content_type="multipart/form-data"))


def _good(answer: Any) -> bytes:
    assert answer.status_code == 200, (answer.request.path, answer.status_code)
    content: bytes = answer.data
    return content


def _filled(content: bytes) -> bytes:
    """Every row decided: absences refused where a number may be written, everything else confirmed."""
    book = load_workbook(io.BytesIO(content))
    page = page_of(book)
    for row in range(head_of(page) + 1, page.max_row + 1):
        is_refused = MAY_BE_UNDER in page.cell(row, at(Column.MEANING)).value
        for name, value in (REFUSED if is_refused else {"decision": "потвърждавам"}).items():
            page.cell(row, at(Column[name.upper()])).value = value
    return saved(book)


def _fields(preview: bytes) -> dict[str, str]:
    page = Page(preview.decode())
    fields = page.fields(page.one('main form:has(input[name="sure"])'))
    return {name: value for name, value in fields.items() if name != "csrf_token"}


def _median(deed: Callable[[], object]) -> float:
    return statistics.median(_milliseconds(deed) for _ in range(TIMES))


def _milliseconds(deed: Callable[[], object]) -> float:
    began = time.perf_counter()
    deed()
    return (time.perf_counter() - began) * 1000
