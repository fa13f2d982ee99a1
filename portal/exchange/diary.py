"""A school diary's absences of the month (formats.md, F3): reading its lines.

Of a line only what the comparison and the early warning need is read: what stands in the other fields, and
in whatever form, costs nobody their figure.
"""

import re
from dataclasses import dataclass
from decimal import Decimal
from typing import IO

from portal.domain.decisions import ABSENCES_ABOVE, clean_note
from portal.domain.diary.agreement import rounded
from portal.domain.identifiers import IdType
from portal.domain.month import LAST_MONTH_OF_SCHOOL_YEAR, Month
from portal.exchange.fields import (
    IDENTIFIER_LENGTH,
    read_identifier,
    read_institution,
    read_month,
    wrong_count,
)
from portal.exchange.kinds import Kind, wrong_kind
from portal.exchange.text import Line, Reading, Row, TextLines

FIELDS = Kind.DIARY.fields
LONGEST_NAME = 100  # characters shown of the names, and of a class; our bound: formats.md has none

_UNEXCUSED = "отсъствия по неуважителни причини"
_CLASS = re.compile(r"[0-9]{1,2}", re.ASCII)
_ABSENCES = re.compile(r"[0-9]{1,3}(?:[.,][0-9]{1,6})?", re.ASCII)


@dataclass(frozen=True)
class DiaryLine:
    """One child and month. ``names`` and ``class_name`` may be empty, ``class_code`` none. ``unexcused`` has
    two places; ``id_number`` is in capitals and padded with zeros to ten."""

    month: Month
    id_type: IdType
    id_number: str
    names: str
    class_code: int | None
    class_name: str
    unexcused: Decimal


@dataclass(frozen=True)
class DiaryRow(Row[DiaryLine]):
    """A received line; ``institution`` is given even where the rest is not well-formed, so that lines of
    others can be left out, faults and all."""

    institution: str | None = None


def read_diary(stream: IO[bytes]) -> Reading[DiaryRow]:
    """Every received line of the file, good or with all its faults."""
    lines = TextLines(stream)
    return Reading(lines.encoding, wrong_kind(lines, Kind.DIARY), lambda: map(_parse, lines))


def padded(number: str) -> str:
    """As a diary writes an identifier; an ИДН has letters, and may be shorter everywhere else."""
    return number.rjust(IDENTIFIER_LENGTH, "0")


def _parse(line: Line) -> DiaryRow:
    if line.text is None:
        return DiaryRow(line.number, line.windows_1251, None, (line.fault,))
    fields = [field.strip(" \t") for field in line.text.split("|")]
    if len(fields) != FIELDS:
        return DiaryRow(line.number, line.windows_1251, None, (wrong_count(len(fields), FIELDS),))
    faults: list[str] = []
    institution = read_institution(fields[0], faults)
    month = _month(fields[1], fields[2], faults)
    number = padded(fields[4]) if fields[4] else ""
    identifier = read_identifier(fields[3] or str(IdType.EGN.value), number, faults)
    class_code = _class_code(fields[8], faults)
    unexcused = _absences(fields[15], faults)
    read = None
    if not faults and month is not None and identifier is not None and unexcused is not None:
        names, class_name = _shown(" ".join(fields[5:8])), _shown(fields[11])
        read = DiaryLine(month, *identifier, names, class_code, class_name, unexcused)
    return DiaryRow(line.number, line.windows_1251, read, tuple(faults), institution)


def _month(school_year: str, number: str, faults: list[str]) -> Month | None:
    """The calendar month: of January to August the school year began a year before."""
    found: list[str] = []
    month = read_month(school_year, number, found)
    faults += [fault.replace("година:", "учебна година:") for fault in found]
    if month is None or month.number > LAST_MONTH_OF_SCHOOL_YEAR:
        return month
    if month.year == 2099:
        faults.append("учебна година: трябва да е от 2000 до 2098")
        return None
    return Month(month.year + 1, month.number)


def _class_code(text: str, faults: list[str]) -> int | None:
    if not text:
        return None
    if _CLASS.fullmatch(text) is None:
        faults.append("клас: трябва да са две цифри или нищо")
        return None
    return int(text)


def _absences(text: str, faults: list[str]) -> Decimal | None:
    if not text:
        faults.append(f"{_UNEXCUSED}: липсват")
        return None
    if _ABSENCES.fullmatch(text) is not None:
        absences = rounded(Decimal(text.replace(",", ".")))
        if absences < ABSENCES_ABOVE:
            return absences
    faults.append(f"{_UNEXCUSED}: трябва да са число под 1000 като 7.00 или 7,00")
    return None


def _shown(text: str) -> str:
    return " ".join(clean_note(text).split())[:LONGEST_NAME]
