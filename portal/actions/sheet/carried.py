"""What was read of a sheet, on its way from the page that showed it to the one that stores it.

It rides in a hidden field of the form, sealed: nothing of a sheet that nobody stores is kept, and nothing can
be stored that was not shown (docs/decisions/0040-a-sheet-that-comes-back.md).
"""

import base64
import binascii
import json
import zlib
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import Any

from portal.actions.sheet.examined import ExaminedRow
from portal.actions.site import Site
from portal.crypto.errors import CannotOpen
from portal.crypto.pepper import sheet_key
from portal.crypto.primitives import joined, opened, sealed
from portal.domain.decisions import Decided, Decision, RefusalReason
from portal.domain.enrolled import NOTHING_STATED, Enrolled
from portal.domain.errors import Refusal
from portal.domain.month import Month
from portal.domain.people import Staff
from portal.domain.sheet.columns import Column

LOST = "Прегледът не дойде цял или не е ваш. Нищо не е записано. Качете таблицата отново."


@dataclass(frozen=True)
class Wanted:
    """One row that was shown as good; ``seen`` is the version of the record beside which it was."""

    record: int
    seen: int
    decided: Decided


@dataclass(frozen=True)
class Left:
    """One row that could not be taken: what was written in it, and what is wrong. ``record`` is 0 where it is
    none of this list's."""

    record: int
    texts: dict[Column, str]
    faults: str


def carry_wanted(rows: Sequence[ExaminedRow], person: Staff, month: Month, *, site: Site) -> str:
    return _sealed([_wanted(row) for row in rows], "wanted", person, month, site=site)


def carried_wanted(text: str, person: Staff, month: Month, *, site: Site) -> list[Wanted]:
    """Refusal for what the portal did not seal for this person and list."""
    return [_to_wanted(*row) for row in _opened(text, "wanted", person, month, site=site)]


def carry_left(rows: Sequence[Left], person: Staff, month: Month, *, site: Site) -> str:
    plain = [
        [row.record, {column.name: text for column, text in row.texts.items() if text}, row.faults]
        for row in rows
    ]
    return _sealed(plain, "left", person, month, site=site)


def carried_left(text: str, person: Staff, month: Month, *, site: Site) -> list[Left]:
    """Refusal for what the portal did not seal for this person and list."""
    return [
        Left(record, {Column[name]: text for name, text in texts.items()}, faults)
        for record, texts, faults in _opened(text, "left", person, month, site=site)
    ]


def left_of(row: ExaminedRow) -> Left:
    faults = "\n".join(f"{fault.place}: {fault.sentence}" for fault in row.faults)
    texts = {column: cell.shown for column, cell in row.cells.items()}
    return Left(0 if row.record is None else row.record.id, texts, faults)


def _wanted(row: ExaminedRow) -> list[Any]:
    assert row.record is not None and row.decided is not None
    decided = row.decided
    number = None if decided.corrected is None else str(decided.corrected)
    reason = decided.reason.value if decided.reason else None
    said = [decided.decision.value, number, reason, decided.note, decided.certificate, decided.placed]
    return [row.record.id, row.seen, [*said, *_stated(decided.enrolled or NOTHING_STATED)]]


def _stated(enrolled: Enrolled) -> list[str]:
    days = (enrolled.certificate_date, enrolled.enrolled_since)
    issued, since = ("" if day is None else day.isoformat() for day in days)
    return [enrolled.certificate_number, issued, enrolled.enrolled_class, since]


def _day(text: str) -> date | None:
    return date.fromisoformat(text) if text else None


def _to_wanted(record: int, seen: int, said: list[Any]) -> Wanted:
    decision, number, reason, note, certificate, placed, paper, issued, name, since = said
    return Wanted(
        record,
        seen,
        Decided(
            Decision(decision),
            None if number is None else Decimal(number),
            None if reason is None else RefusalReason(reason),
            note,
            certificate,
            placed,
            Enrolled.stated(paper, _day(issued), name, _day(since)),
        ),
    )


def _sealed(plain: Any, purpose: str, person: Staff, month: Month, *, site: Site) -> str:
    packed = zlib.compress(json.dumps(plain, ensure_ascii=False).encode("utf-8", "surrogatepass"), 9)
    box = sealed(sheet_key(site.pepper), packed, _place(purpose, person, month))
    return base64.urlsafe_b64encode(box).decode("ascii")


def _opened(text: str, purpose: str, person: Staff, month: Month, *, site: Site) -> Any:
    """What was sealed is the portal's own, so it may be unpacked."""
    try:
        box = base64.urlsafe_b64decode(text.encode("ascii"))
        packed = opened(sheet_key(site.pepper), box, _place(purpose, person, month))
    except (UnicodeEncodeError, binascii.Error, CannotOpen):
        raise Refusal(LOST, field="file") from None
    return json.loads(zlib.decompress(packed).decode("utf-8", "surrogatepass"))


def _place(purpose: str, person: Staff, month: Month) -> bytes:
    """Where it belongs: another person's, institution's or month's page opens it not."""
    return joined(
        purpose.encode(), person.institution.encode(), str(month).encode(), str(person.user_id).encode()
    )
