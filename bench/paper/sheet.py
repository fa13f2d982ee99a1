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
from portal.storage.sheet.tables import SheetUpload
from portal.storage.tables.campaigns import Record
from portal.storage.tables.db import connected
from tests.sheets import REFUSED, at, head_of, page_of, saved
from tests.sheets_apart import read_apart
from tests.statements import Asked, noted

ROWS = 300
SHEET = f"{PAGE}/sheet"
TIMES = 5  # the median counts
MADE, READ, BROUGHT, SHOWN, STORED = 4_000, 4_000, 8_000, 2_000, 2_000  # ms
MEMORY = 96  # MB
MAY_BE_UNDER = "по-малко от 5"  # of what the sheet says that a number may be


def measured(folder: Path) -> bool:
    school = School(folder, children=ROWS)
    with noted() as asked:  # before the portal opens its connections
        return _measured(_Desk(school), asked)


def _measured(desk: "_Desk", asked: Asked) -> bool:
    first = _milliseconds(lambda: desk.get(f"{SHEET}.xlsx"))
    made = _median(lambda: desk.get(f"{SHEET}.xlsx"))
    sheet, csv = desk.get(f"{SHEET}.xlsx"), desk.get(f"{SHEET}.csv")
    content = _filled(sheet)
    read = read_apart(content)
    brought = _median(lambda: desk.bring(content))
    address = desk.bring(content)
    shown = _median(lambda: desk.get(address))
    preview = desk.get(address)
    asked.forget()
    stored = _milliseconds(lambda: desk.send(address))
    with connected():
        assert Record.select().where(Record.decision == Decision.PENDING).count() == 0
        kept = len(SheetUpload.get().content)
    return show(
        f"Paper: a sheet of {ROWS} rows out and in (SQLite, synchronous=FULL), median of {TIMES}",
        [
            Measure("xlsx: made for the first time, with the library", first, "ms"),
            Measure("xlsx: made", made, "ms", MADE),
            Measure("xlsx: its size", len(sheet) / 1000, "kB"),
            Measure("csv: made", _median(lambda: desk.get(f"{SHEET}.csv")), "ms"),
            Measure("csv: its size", len(csv) / 1000, "kB"),
            Measure("read: computing of its own process", read.seconds * 1000, "ms", READ),
            Measure("read: memory of its own process", read.memory / 1e6, "MB", MEMORY),
            Measure("sent, read and kept", brought, "ms", BROUGHT),
            Measure("shown row by row", shown, "ms", SHOWN),
            Measure("the page of it, packed", len(gzip.compress(preview)) / 1000, "kB"),
            Measure("what is kept of it", kept / 1000, "kB"),
            Measure(f"{ROWS} decisions stored", stored, "ms", STORED),
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

    def get(self, address: str) -> bytes:
        answer = self._client.get(address)
        assert answer.status_code == 200, (answer.request.path, answer.status_code)
        content: bytes = answer.data
        return content

    def bring(self, content: bytes) -> str:
        """The address of the page that shows it."""
        return self.send(SHEET, file=(io.BytesIO(content), "sheet.xlsx"))

    def send(self, address: str, **fields: Any) -> str:
        """Where it leads on to."""
        data = {"csrf_token": mask(self._token), **fields}
        answer = self._client.post(address, data=data, content_type="multipart/form-data")
        assert answer.status_code == 303, (answer.request.path, answer.status_code)
        location: str = answer.location
        return location


def _filled(content: bytes) -> bytes:
    """Every row decided: absences refused where a number may be written, everything else confirmed."""
    book = load_workbook(io.BytesIO(content))
    page = page_of(book)
    for row in range(head_of(page) + 1, page.max_row + 1):
        is_refused = MAY_BE_UNDER in page.cell(row, at(Column.MEANING)).value
        for name, value in (REFUSED if is_refused else {"decision": "потвърждавам"}).items():
            page.cell(row, at(Column[name.upper()])).value = value
    return saved(book)


def _median(deed: Callable[[], object]) -> float:
    return statistics.median(_milliseconds(deed) for _ in range(TIMES))


def _milliseconds(deed: Callable[[], object]) -> float:
    began = time.perf_counter()
    deed()
    return (time.perf_counter() - began) * 1000
