"""What is signed, byte for byte: the declaration of one institution for one month.

Canonical JSON (sorted keys, no white space, NFC, UTF-8, numbers as strings with fixed decimals), so that the
same facts always give the same bytes and their digest can be compared years later.
"""

import hashlib
import json
import unicodedata
from collections.abc import Iterable
from dataclasses import asdict, dataclass
from datetime import UTC, date, datetime
from decimal import Decimal
from typing import Any

SCHEMA = "bg.confirmations.declaration"
SCHEMA_VERSION = "3"
# What was signed with these is read and verified for good.
FIRST_VERSION = "1"  # without ``counted_in``
SECOND_VERSION = "2"  # without which certificate and class
VERSIONS = (FIRST_VERSION, SECOND_VERSION, SCHEMA_VERSION)
ENROLLED = ("certificate_number", "certificate_date", "enrolled_class", "enrolled_since")


@dataclass(frozen=True)
class Header:
    """All of a declaration but its records; kept with it, so that ``verify`` can rebuild the bytes."""

    month: str
    institution: str
    institution_name: str
    signatory: str
    signatory_id: str
    authority: str
    issued_at: datetime
    audit_head: str
    previous: str
    list_version: int
    schema_version: str = SCHEMA_VERSION


@dataclass(frozen=True)
class Line:
    """One record as it is declared. ``absences`` and ``days`` are АСП's, as they stand in its file;
    ``counted_in`` says what they and the corrected number are: ``hours`` or ``days`` of absence,
    ``school_days`` at distance, nothing for a child unenrolled. What is not stated is empty; days are ISO."""

    id_type: str
    id_number: str
    given: str
    middle: str
    family: str
    class_code: str
    band: str
    asp_institution: str
    reason: str
    absences: str
    days: str
    counted_in: str
    decision: str
    corrected: str
    refusal_reason: str
    note: str
    certificate: bool
    placed: bool
    certificate_number: str
    certificate_date: str
    enrolled_class: str
    enrolled_since: str
    decided_by: str
    decided_at: str

    @property
    def order(self) -> tuple[str, str, str]:
        return self.id_type, self.id_number, self.reason


def timestamp(at: datetime) -> str:
    """``2021-01-31T15:04:05.000123Z``: always UTC, always six places."""
    return at.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%S.%fZ")


def iso(day: date | None) -> str:
    """``2021-01-05``; nothing for none."""
    return "" if day is None else day.isoformat()


def fixed(number: Decimal | None) -> str:
    """A number with two places, ``3.50``; nothing for none."""
    return "" if number is None else f"{number:.2f}"


def declaration(header: Header, lines: Iterable[Line]) -> bytes:
    """The bytes to sign. The order of ``lines`` as given does not matter."""
    head = asdict(header) | {
        "issued_at": timestamp(header.issued_at),
        "list_version": str(header.list_version),
    }
    records = [_written(line, header) for line in sorted(lines, key=lambda line: line.order)]
    return canonical({"schema": SCHEMA, **head, "records": records})


def _written(line: Line, header: Header) -> dict[str, Any]:
    """Without what the version does not know: in the first the band alone told the unit, and until the third
    nobody stated which certificate. A line that an earlier version cannot say is written as it is: its bytes
    are none that was signed."""
    record = asdict(line)
    if header.schema_version != SCHEMA_VERSION:
        for name in ENROLLED:
            if not record[name]:
                del record[name]
    if header.schema_version == FIRST_VERSION and line.counted_in == told_by_band(line.reason, line.band):
        del record["counted_in"]
    return record


def told_by_band(reason: str, band: str) -> str:
    """``counted_in`` as the first version means it."""
    by_reason = {"absence": "days" if band == "preschool" else "hours", "distance": "school_days"}
    return by_reason.get(reason, "")


def canonical(value: Any) -> bytes:
    text = json.dumps(value, sort_keys=True, separators=(",", ":"), ensure_ascii=False, allow_nan=False)
    return unicodedata.normalize("NFC", text).encode()


def digest(content: bytes) -> str:
    """SHA-256 of the bytes, as 64 hexadecimal digits."""
    return hashlib.sha256(content).hexdigest()


def grouped(digest_text: str) -> str:
    """A digest as people compare it: groups of eight."""
    return " ".join(digest_text[i : i + 8] for i in range(0, len(digest_text), 8))
