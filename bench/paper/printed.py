"""Papers of a list of 300: slips for all classes; signed, letters to all parents, declaration and receipt."""

import io
import statistics
import time
from collections.abc import Callable
from pathlib import Path

from pypdf import PdfReader

from bench.loading import SITE
from bench.school import PASSWORD, School
from bench.table import Measure, show
from bench.town import NOW
from portal.actions.lists.confirmations import decide
from portal.actions.parents.letters import make_letters
from portal.actions.parents.slips import make_slips
from portal.actions.signing.receipts import receipt_of
from portal.actions.signing.signing import sign
from portal.demo.stories import refusal
from portal.documents.declaration import declaration_pdf
from portal.documents.receipt import receipt_pdf
from portal.domain.decisions import Decided, Decision
from portal.domain.errors import holds
from portal.domain.lists.deciding import check_confirmation
from portal.domain.month import Month
from portal.domain.people import Director
from portal.domain.times import today
from portal.storage.lists.current import list_of
from portal.storage.lists.school_days import case_of
from portal.storage.people.persons import person_of
from portal.storage.signing.standing import standing_of
from portal.storage.tables.campaigns import Record
from portal.storage.tables.db import connected
from portal.storage.tables.people import User

CHILDREN = 300
MONTH = Month(2020, 12)
TIMES = 5  # the median counts
ALL, ONE = 10_000, 1_500  # ms


def measured(folder: Path) -> bool:
    School(folder, children=CHILDREN)
    with connected():
        director = person_of(User.get(), today(NOW))
        assert isinstance(director, Director)
        slips = _paper("slips by class", lambda: make_slips(director, MONTH, "", now=NOW), ALL)
        _sign(director)
        records = [record.id for record in Record.select()]
        signed = receipt_of(director, MONTH)
        content = bytes(standing_of(list_of(director.institution, MONTH)).declaration.content)
        papers = [
            *slips,
            *_paper("letters to all parents", lambda: make_letters(director, MONTH, None, now=NOW), ALL),
            *_paper("a letter", lambda: make_letters(director, MONTH, records[:1], now=NOW), ONE),
            *_paper("declaration", lambda: declaration_pdf(content), ALL),
            *_paper("receipt", lambda: receipt_pdf(signed), ALL),
        ]
    return show(f"Paper: the PDFs of {CHILDREN} children, median of {TIMES}", papers)


def _sign(director: Director) -> None:
    """Every child is confirmed that may be, and the list signed."""
    for record in list(Record.select()):
        case = case_of(record, MONTH)
        decided = Decided(Decision.CONFIRMED) if holds(check_confirmation, case) else refusal(case)
        decide(director, MONTH, record.id, decided, seen=record.version, now=NOW)
    sign(director, MONTH, PASSWORD, site=SITE, now=NOW)


def _paper(name: str, make: Callable[[], bytes], limit: float) -> list[Measure]:
    content = make()
    pages = len(PdfReader(io.BytesIO(content)).pages)
    return [
        Measure(f"{name}: made, pages {pages}", _median(make), "ms", limit),
        Measure(f"{name}: its size", len(content) / 1000, "kB"),
    ]


def _median(deed: Callable[[], object]) -> float:
    return statistics.median(_milliseconds(deed) for _ in range(TIMES))


def _milliseconds(deed: Callable[[], object]) -> float:
    began = time.perf_counter()
    deed()
    return (time.perf_counter() - began) * 1000
