"""Whether a file is an answer that was made here, byte for byte, and where it first differs."""

import hashlib
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from itertools import zip_longest
from typing import IO

from portal.actions.campaigns.answers import lines_again
from portal.actions.campaigns.correcting import changed_rows
from portal.actions.loading.files import Source
from portal.domain.month import Month
from portal.exchange.answer import HEADER, write_answer
from portal.storage.campaigns.answered import last_correction
from portal.storage.campaigns.answers import answer_with, final_answer
from portal.storage.retention.erasing import is_erased
from portal.storage.tables.answers import AnswerFile
from portal.storage.tables.campaigns import Campaign
from portal.storage.tables.snapshot import snapshot

LONGEST = 4096  # bytes of one line that are compared together; a line of an answer has under 300
COLUMNS = HEADER.split("|")
# What may be shown of a line: names and numbers of children may not.
SHOWN = (
    "SchoolID",
    "AbsenceCount",
    "DaysCount",
    "ASPStatus",
    "MONStatus",
    "AbsenceCorrection",
    "DaysCorrection",
)


@dataclass(frozen=True)
class Difference:
    """The first: in which line, from 1, and which field of it, if it is one. ``kept`` and ``chosen`` are what
    stands there, empty where that may name a child."""

    line: int
    sentence: str
    kept: str = ""
    chosen: str = ""


@dataclass(frozen=True)
class Compared:
    """``same``: the answer that the file is, and of which month. Else ``beside``, the answer it was compared
    with, and where it ``differs``; none of them where there is nothing to compare with. ``changed``: the
    records no longer give the answer that was made."""

    sha256: str
    size: int
    same: AnswerFile | None = None
    beside: AnswerFile | None = None
    differs: Difference | None = None
    changed: bool = False


def compare(month: Month, source: Source) -> Compared:
    """``source`` with all that was made here, and, where it is none of it, line by line with this month's
    final answer, or with the last correction, if it is named like one."""
    sha256, size = source.sha256(), source.stream.tell()
    if same := answer_with(sha256):
        return Compared(sha256, size, same=same)
    campaign = Campaign.for_month(month)
    beside = last_correction(campaign) if _is_correction(source) else final_answer(campaign)
    if beside is None or is_erased(campaign):
        return Compared(sha256, size)
    with snapshot():
        differs, digest = _first_difference(_lines_of(campaign, beside), source.stream)
    if digest != beside.sha256:
        return Compared(sha256, size, beside=beside, changed=True)
    return Compared(sha256, size, beside=beside, differs=differs)


def _is_correction(source: Source) -> bool:
    return source.kept_name.upper().startswith("MONCONFC")


def _lines_of(campaign: Campaign, answer: AnswerFile) -> Iterator[bytes]:
    return lines_again(campaign) if answer.final else write_answer(changed_rows(campaign))


def _first_difference(lines: Iterable[bytes], stream: IO[bytes]) -> tuple[Difference | None, str]:
    """And the digest of all ``lines``, to know that they are still what was made."""
    digest, found = hashlib.sha256(), None
    stream.seek(0)
    for number, (kept, chosen) in enumerate(zip_longest(_hashed(lines, digest), _pieces(stream)), 1):
        if found is None and kept != chosen:
            found = difference(number, kept, chosen)
        if found is not None and kept is None:
            break
    return found, digest.hexdigest()


def _hashed(lines: Iterable[bytes], digest: "hashlib._Hash") -> Iterator[bytes]:
    for line in lines:
        digest.update(line)
        yield line


def _pieces(stream: IO[bytes]) -> Iterator[bytes]:
    """Lines with their ends; of one that never ends, pieces."""
    while piece := stream.readline(LONGEST):
        yield piece


def difference(number: int, kept: bytes | None, chosen: bytes | None) -> Difference:
    """Between two lines that are not the same; none where that file is at its end."""
    if kept is None:
        return Difference(number, "Избраният файл продължава, а отговорът свършва преди този ред.")
    if chosen is None:
        return Difference(number, "Избраният файл свършва преди този ред: редове липсват.")
    if kept.rstrip(b"\r\n") == chosen.rstrip(b"\r\n"):
        return Difference(number, "Краят на реда е друг: файлът е записан от друга програма.")
    if number == 1:
        return Difference(number, "Заглавният ред е друг: файлът е друг или е записан в друга кодировка.")
    ours, theirs = (line.rstrip(b"\r\n").decode("cp1251", "replace").split("|") for line in (kept, chosen))
    if len(ours) != len(theirs):
        return Difference(number, f"Полетата са {len(theirs)}, а в отговора са {len(ours)}.")
    name, before, after = next(each for each in zip(COLUMNS, ours, theirs, strict=True) if each[1] != each[2])
    shown = (before, after) if name in SHOWN and len(after) < len(kept) else ("", "")
    return Difference(number, f"Поле {name} е друго.", *shown)
