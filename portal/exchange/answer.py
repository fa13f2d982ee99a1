"""The answer to АСП (formats.md, F2) and the manifest beside it; the same data give the same bytes."""

import json
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import asdict, dataclass
from datetime import UTC, datetime
from decimal import Decimal
from typing import Any

from portal.domain.decisions import ABSENCES_ABOVE, Decision, Reason
from portal.domain.identifiers import IdType
from portal.domain.month import Month

HEADER = (
    "Year|Month|SchoolID|IDNumber|intIDType|Name 1|Name 2|Name 3|AbsenceCount|DaysCount"
    "|ASPStatus|MONStatus|AbsenceCorrection|DaysCorrection"
)
FIELDS = 14
NO_ABSENCES = "000.00"
NO_DAYS = "00"


@dataclass(frozen=True)
class AnswerRow:
    """One record as it goes to АСП: names, figures and reason as they came, ``institution`` where
    the record lies now, the letters of an ИДН in capitals as they are read (one that was stored before
    they were goes out as it was signed). ``decision`` is pending for whatever does not lie on a signed
    list."""

    month: Month
    institution: str
    id_type: IdType
    id_number: str
    given: str
    middle: str
    family: str
    absences: str
    days: str
    reason: Reason
    decision: Decision = Decision.PENDING
    corrected: Decimal | None = None


def answer_name(month: Month) -> str:
    """``MONCONF1220.txt``"""
    return f"MONCONF{month.number:02d}{month.year % 100:02d}.txt"


def correction_name(month: Month) -> str:
    """``MONCONFC1220.txt``: of what was changed after the answer. The C as in a correction of enrolments
    (MONZPC); АСП names no such file, so the name is our proposal."""
    return f"MONCONFC{month.number:02d}{month.year % 100:02d}.txt"


def write_answer(rows: Iterable[AnswerRow]) -> Iterator[bytes]:
    """The file, line by line, in the order of ``rows``; ValueError for a row that cannot stand in it."""
    yield _encoded(HEADER)
    for row in rows:
        absences, days = _corrections(row)
        fields = (
            f"{row.month.year:04d}", f"{row.month.number:02d}", row.institution,
            row.id_number, str(int(row.id_type)), row.given, row.middle, row.family,
            row.absences, row.days, str(int(row.reason)), str(int(row.decision)), absences, days,
        )  # fmt: skip
        yield _encoded("|".join(fields))


def _encoded(line: str) -> bytes:
    if line.count("|") != FIELDS - 1 or "\r" in line or "\n" in line:
        raise ValueError("a field of the answer holds a delimiter or a line end")
    return line.encode("cp1251") + b"\r\n"


def _corrections(row: AnswerRow) -> tuple[str, str]:
    """AbsenceCorrection and DaysCorrection: one of them for a refused figure, else both zero."""
    if row.decision is not Decision.REFUSED or row.reason is Reason.UNENROLLED:
        return NO_ABSENCES, NO_DAYS
    if row.corrected is None:
        raise ValueError("a refused figure goes out with its correction")
    if row.reason is Reason.ABSENCE:
        return _fixed(row.corrected, above=ABSENCES_ABOVE, places=Decimal("0.01"), width=6), NO_DAYS
    return NO_ABSENCES, _fixed(row.corrected, above=Decimal(100), places=Decimal(1), width=2)


def _fixed(number: Decimal, *, above: Decimal, places: Decimal, width: int) -> str:
    if not (number.is_finite() and 0 <= number < above and number == number.quantize(places)):
        raise ValueError("a correction does not fit its field")
    return f"{abs(number.quantize(places)):f}".zfill(width)


@dataclass(frozen=True)
class LoadedFile:
    """A file of АСП's that the answer answers, and what became of its lines:
    ``received = distributed + rejected + repaired``."""

    name: str
    sha256: str
    received: int
    distributed: int
    rejected: int
    repaired: int


@dataclass(frozen=True)
class RepairedLine:
    """A line that the operator mended: ``line`` as it came, ``repaired`` as it was placed."""

    file_name: str
    number: int
    line: bytes
    repaired: bytes
    faults: str
    at: datetime
    by: str

    def told(self) -> dict[str, Any]:
        """Bytes that windows-1251 does not have are ``\\x98``, so that they can be told from others."""
        return {
            "file": self.file_name,
            "number": self.number,
            "line": self.line.decode("cp1251", "backslashreplace"),
            "repaired": self.repaired.decode("cp1251"),
            "faults": self.faults,
            "repaired_at": stamp(self.at),
            "repaired_by": self.by,
        }


def stamp(at: datetime) -> str:
    """``2021-01-29T08:00:00Z``"""
    return at.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%SZ")


@dataclass(frozen=True)
class Manifest:
    """What stands beside an answer.

    ``states`` counts institutions by the state of their list, ``decisions`` the rows of the file
    by what goes out for them; a decision that nobody took is counted as 0. ``size`` is in bytes. ``loads``
    are the files that it answers, ``repaired`` their lines that would be in it for nobody else's mending.
    """

    month: Month
    generated_at: datetime
    by: str
    is_final: bool
    states: Mapping[str, int]
    decisions: Mapping[Decision, int]
    file_name: str
    sha256: str
    size: int
    is_correction: bool = False
    loads: Sequence[LoadedFile] = ()
    repaired: Sequence[RepairedLine] = ()

    def dump(self) -> bytes:
        """Canonical JSON: sorted keys, no spaces, UTF-8."""
        if self.generated_at.tzinfo is None:
            raise ValueError("generated_at has no time zone")
        content: dict[str, Any] = {
            "campaign": str(self.month),
            "generated_at": stamp(self.generated_at),
            "generated_by": self.by,
            "kind": "correction" if self.is_correction else "final" if self.is_final else "preview",
            "institutions_by_state": dict(self.states),
            "records_by_decision": {each.code: self.decisions.get(each, 0) for each in Decision},
            "records": sum(self.decisions.values()),
            "file": {"name": self.file_name, "sha256": self.sha256, "bytes": self.size},
        }
        if self.loads:  # a correction answers none
            content["loads"] = [asdict(load) for load in self.loads]
            content["repaired_lines"] = [line.told() for line in self.repaired]
        return json.dumps(content, ensure_ascii=False, sort_keys=True, separators=(",", ":")).encode()


def decisions_in(manifest: bytes) -> dict[Decision, int]:
    """What went out for how many records, as a manifest says."""
    told = json.loads(manifest)["records_by_decision"]
    return {each: int(told[each.code]) for each in Decision}
