"""Enrolments (formats.md, F5): who attends which institution and class today."""

import re
from dataclasses import dataclass
from itertools import islice
from typing import IO

from portal.domain.identifiers import IdType
from portal.exchange.asp_list import NAMES
from portal.exchange.fields import read_identifier, read_institution, read_name, wrong_count
from portal.exchange.kinds import Kind, wrong_kind
from portal.exchange.text import Line, Reading, Row, TextLines

HEADER = "|".join(Kind.ENROLMENTS.header)
FIELDS = Kind.ENROLMENTS.fields
ENROLLED = 1
UNENROLLED = 3
EDU_FORM_LENGTH = 4  # characters; our bound: formats.md names the field and no form for it

_CLASS = re.compile(r"-?[0-9]{1,3}", re.ASCII)


@dataclass(frozen=True)
class EnrolmentLine:
    """One child at one institution, values trimmed; status 1 enrolled, 3 unenrolled."""

    institution: str
    id_type: IdType
    id_number: str
    given: str
    middle: str
    family: str
    edu_form: str
    class_code: int
    status: int


def read_enrolments(stream: IO[bytes]) -> Reading[Row[EnrolmentLine]]:
    """Every line below the header, good or with all its faults."""
    lines = TextLines(stream)
    return Reading(lines.encoding, _fault(lines), lambda: map(_parse, islice(lines, 1, None)))


def _fault(lines: TextLines) -> str | None:
    first = next(iter(lines), None)
    if first is None:
        return "Файлът е празен. Изберете файла със записванията (MONZP…)."
    if fault := wrong_kind(lines, Kind.ENROLMENTS):
        return fault
    names = [name.strip(" \t").casefold() for name in (first.text or "").split("|")]
    if names != HEADER.casefold().split("|"):
        return f"Първият ред на файла трябва да е заглавието {HEADER}. Изберете файла със записванията."
    return None


def _parse(line: Line) -> Row[EnrolmentLine]:
    if line.text is None:
        return Row(line.number, line.windows_1251, None, (line.fault,))
    fields = [field.strip(" \t") for field in line.text.split("|")]
    if len(fields) != FIELDS:
        return Row(line.number, line.windows_1251, None, (wrong_count(len(fields), FIELDS),))
    faults: list[str] = []
    institution = read_institution(fields[0], faults)
    identifier = read_identifier(fields[2], fields[1], faults)
    for label, text in zip(NAMES, fields[3:6], strict=True):
        read_name(label, text, faults, obligatory=label == NAMES[0])
    read_name("форма на обучение", fields[6], faults, longest=EDU_FORM_LENGTH)
    if _CLASS.fullmatch(fields[7]) is None:
        faults.append("клас или група: трябва да е цяло число")
    if fields[8] not in (str(ENROLLED), str(UNENROLLED)):
        faults.append("състояние: трябва да е 1 (записан) или 3 (отписан)")
    if faults or institution is None or identifier is None:
        return Row(line.number, line.windows_1251, None, tuple(faults))
    given, middle, family, edu_form = fields[3:7]
    found = EnrolmentLine(
        institution, *identifier, given, middle, family, edu_form, int(fields[7]), int(fields[8])
    )
    return Row(line.number, line.windows_1251, found, ())
