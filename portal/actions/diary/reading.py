"""A diary's file as one institution reads it: its own lines, one for each child, and what is wrong with the
others."""

import io
from collections.abc import Iterable
from dataclasses import dataclass

from portal.actions.loading.files import check_not_empty, check_readable
from portal.domain.errors import Refusal, TooLarge
from portal.domain.identifiers import IdType
from portal.domain.month import Month
from portal.exchange.diary import DiaryLine, read_diary
from portal.exchange.text import Encoding

LARGEST = 2 * 1024 * 1024  # bytes: 2,000 children with all fields filled in have 0.3 MB
TOO_LARGE = "Файлът е по-голям от 2 MB, а дневникът за един месец е много по-малък. Изберете файла за месеца."
ALL_REPEATED = (
    "Всяко дете във файла стои на няколко реда с различен брой. Изтеглете файла от дневника отново."
)
SHOWN = 3  # faults that are named where no line can be read


@dataclass(frozen=True)
class Fault:
    """What is wrong with a line; it repeats nothing that stands in it."""

    number: int
    sentence: str


@dataclass(frozen=True)
class OwnLines:
    """``others`` are lines of other institutions, of which nothing is kept but that they were there."""

    month: Month
    encoding: Encoding
    lines: list[DiaryLine]
    faults: list[Fault]
    others: int


def own_lines(content: bytes, institution: str, wanted: Month | None = None) -> OwnLines:
    """The institution's lines of the ``wanted`` month, or of the first that there is. Refusal for a file in
    which there is none, with what it is instead."""
    if len(content) > LARGEST:
        raise TooLarge(TOO_LARGE, field="file")
    reading = read_diary(io.BytesIO(content))
    check_readable(reading)
    received, others, foreign, month = 0, 0, "", wanted
    lines: list[tuple[int, DiaryLine]] = []
    faults: list[Fault] = []
    of_other_months: list[tuple[int, Month]] = []
    for row in reading:
        received += 1
        if row.institution not in (None, institution):
            others, foreign = others + 1, row.institution or ""
        elif row.line is None:
            faults.append(Fault(row.number, "; ".join(row.faults)))
        elif row.line.month != (month := month or row.line.month):
            of_other_months.append((row.number, row.line.month))
        else:
            lines.append((row.number, row.line))
    check_not_empty(received)
    if others == received:
        raise Refusal(other_institution(foreign, institution), field="file")
    if month is not None and of_other_months and not (lines or faults):
        raise Refusal(other_month(of_other_months[0][1], month), field="file")
    if not lines or month is None:
        raise Refusal(_unreadable(faults), field="file")
    single, repeated = settled(lines)
    if not single:
        raise Refusal(ALL_REPEATED, field="file")
    faults += repeated + [Fault(number, f"месецът не е {month.label}") for number, _ in of_other_months]
    return OwnLines(month, reading.encoding, single, sorted(faults, key=_number), others)


def other_institution(theirs: str, ours: str) -> str:
    return (
        f"Файлът е на друга институция (код {theirs}), а вашата е с код {ours}. "
        "Изтеглете файла от дневника на вашата институция."
    )


def other_month(theirs: Month, ours: Month) -> str:
    return (
        f"Файлът е за {theirs.label}, а този списък е за {ours.label} "
        "Изтеглете от дневника файла за месеца на списъка."
    )


def _unreadable(faults: list[Fault]) -> str:
    first = " ".join(f"Ред {fault.number}: {fault.sentence}." for fault in faults[:SHOWN])
    return f"Нито един ред на вашата институция не може да се прочете. {first}"


def settled(lines: Iterable[tuple[int, DiaryLine]]) -> tuple[list[DiaryLine], list[Fault]]:
    """One line for each child: of two that say the same the first. Where they differ nobody knows which
    counts, or whether both do, so that neither is taken (our decision)."""
    by_child: dict[tuple[IdType, str], list[tuple[int, DiaryLine]]] = {}
    for number, line in lines:
        by_child.setdefault((line.id_type, line.id_number), []).append((number, line))
    single, faults = [], []
    for same in by_child.values():
        if len({(line.unexcused, line.class_code) for _, line in same}) == 1:
            single.append(same[0][1])
            continue
        for number, _ in same:
            where = ", ".join(str(other) for other, _ in same if other != number)
            faults.append(Fault(number, f"детето стои и на ред {where} с друг брой или клас: не се сравнява"))
    return single, faults


def _number(fault: Fault) -> int:
    return fault.number
