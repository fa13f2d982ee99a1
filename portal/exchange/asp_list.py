"""АСП's list for confirmation (formats.md, F1): reading its lines, and writing rejected ones back."""

import re
import unicodedata
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from decimal import Decimal
from typing import IO, NamedTuple

from portal.domain.decisions import Reason
from portal.domain.identifiers import IdType
from portal.domain.month import Month
from portal.exchange.fields import (
    check_windows_1251,
    read_code,
    read_digits,
    read_identifier,
    read_institution,
    read_month,
    read_name,
    wrong_count,
)
from portal.exchange.kinds import Kind, wrong_kind
from portal.exchange.text import Line, Reading, Row, TextLines

FIELDS = Kind.ASP_LIST.fields
NAMES = ("собствено име", "бащино име", "фамилно име")

# What is wrong with a line that only the portal can know; the actions add it.
LIST_SIGNED = "списъкът вече е подписан"

Key = tuple[IdType, str, Reason]  # what may stand only once in a file

_ABSENCES = re.compile(r"[0-9]{3}\.[0-9]{2}", re.ASCII)


@dataclass(frozen=True)
class AspLine:
    """One child and one reason. Names and figures stand as in the file: they go back byte for byte."""

    month: Month
    institution: str
    id_type: IdType
    id_number: str
    given: str
    middle: str
    family: str
    absences: str
    reason: Reason
    days: str

    @property
    def key(self) -> Key:
        return self.id_type, self.id_number, self.reason

    @property
    def figure(self) -> Decimal | None:
        """The figure that the reason is about: hours or days of absence, days at distance, or none."""
        match self.reason:
            case Reason.ABSENCE:
                return Decimal(self.absences)
            case Reason.DISTANCE:
                return Decimal(self.days)
        return None


@dataclass(frozen=True)
class AspRow(Row[AspLine]):
    """A received line. What is well-formed in it is given even when the rest is not, so that
    whoever loads the file can name every fault of it."""

    month: Month | None = None
    institution: str | None = None
    key: Key | None = None


class Fields(NamedTuple):
    """What a line says of whom, also where it stands in a longer line (ended_list.py)."""

    month: Month | None
    institution: str | None
    key: Key | None
    names: tuple[str, str, str]


def read_asp_list(stream: IO[bytes]) -> Reading[AspRow]:
    """Every received line of the file, good or with all its faults."""
    lines = TextLines(stream)
    return Reading(lines.encoding, wrong_kind(lines, Kind.ASP_LIST), lambda: map(_parse, lines))


def unknown_institution(code: str) -> str:
    return f"код на институцията: {code} не е в портала"


def is_unknown_institution(fault: str) -> bool:
    return re.fullmatch(unknown_institution("[0-9]{7}"), fault, re.ASCII) is not None


def repeated(first: int) -> str:
    return f"детето и причината се повтарят: валиден е ред {first}"


def other_month(campaign: Month) -> str:
    return f"месецът е друг: файлът е за {campaign.label}"


def read_again(number: int, text: str) -> AspRow:
    """A line that somebody has mended, read like one of a file."""
    raw = text.encode("cp1251", "replace")
    return _parse(Line(number, raw, unicodedata.normalize("NFC", text)))


def write_rejects(rows: Iterable[tuple[int, bytes, Iterable[str]]]) -> Iterator[bytes]:
    """(number, raw, faults) of rejected lines as F1 with two more fields: line number and faults.

    Neither of the two can hold a ``|``, so the last two always end the line, whatever broke it.
    """
    for number, raw, faults in rows:
        reasons = "; ".join(faults).replace("|", "/").encode("cp1251", "replace")
        yield _one_line(raw) + f"|{number}|".encode("ascii") + _one_line(reasons) + b"\r\n"


def _one_line(text: bytes) -> bytes:
    return text.replace(b"\r", b" ").replace(b"\n", b" ")


def _parse(line: Line) -> AspRow:
    if line.text is None:
        return AspRow(line.number, line.windows_1251, None, (line.fault,))
    fields = line.text.split("|")
    if len(fields) != FIELDS:
        return AspRow(line.number, line.windows_1251, None, (wrong_count(len(fields), FIELDS),))
    faults: list[str] = []
    read = read_fields(fields, faults)
    whole = None
    if not faults and read.month is not None and read.institution is not None and read.key is not None:
        id_type, id_number, reason = read.key
        given, middle, family = read.names
        whole = AspLine(
            read.month,
            read.institution,
            id_type,
            id_number,
            given,
            middle,
            family,
            fields[8],
            reason,
            fields[10],
        )
    return AspRow(
        line.number, line.windows_1251, whole, tuple(faults), read.month, read.institution, read.key
    )


def read_fields(fields: list[str], faults: list[str]) -> Fields:
    """The eleven fields of a line; what holds of them is given even when the rest does not."""
    month = read_month(fields[0], fields[1], faults)
    institution = read_institution(fields[2], faults)
    identifier = read_identifier(fields[3], fields[4], faults)
    names = _names(fields[5:8], faults)
    if _ABSENCES.fullmatch(fields[8]) is None:
        faults.append("отсъствия: трябва да са точно 6 знака като 007.00")
    reason = read_code("основание", fields[9], Reason, faults)
    read_digits("дни", fields[10], 2, faults)
    key = None if identifier is None or reason is None else (*identifier, reason)
    return Fields(month, institution, key, names)


def _names(fields: list[str], faults: list[str]) -> tuple[str, str, str]:
    """Given name obligatory; all three must come back from windows-1251 as they are."""
    for label, text in zip(NAMES, fields, strict=True):
        read_name(label, text, faults, obligatory=label == NAMES[0])
        check_windows_1251(label, text, faults)
    given, middle, family = fields
    return given, middle, family
