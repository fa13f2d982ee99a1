"""Comparing АСП's figures with those of the school's own diary."""

import logging
from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal
from hashlib import sha256

from portal.actions.diary.reading import OwnLines, own_lines
from portal.domain.decisions import Decision
from portal.domain.diary.agreement import Agreement, ByDiary, is_compared, is_in_hours
from portal.domain.errors import Conflict
from portal.domain.identifiers import IdType, in_capitals
from portal.domain.month import Month
from portal.domain.people import Scope, Staff, check_scope
from portal.domain.placement import known_as
from portal.domain.submissions import check_may_change
from portal.exchange.diary import DiaryLine, padded
from portal.storage.diary.figures import replace_figures
from portal.storage.lists.current import held_list, list_of, records_of
from portal.storage.lists.reading import agreement_of
from portal.storage.tables import audit
from portal.storage.tables.campaigns import Record, Submission
from portal.storage.tables.db import writing

logger = logging.getLogger(__name__)

COMPARED = "compared_diary"  # in the audit
NOTHING_TO_COMPARE = "В списъка няма деца с отсъствия. Няма какво да се сравни с дневника."


@dataclass(frozen=True)
class Comparison:
    """``records`` are those that were compared, in no order; of those ``in_other_unit`` the diary counts
    hours and АСП days, or the reverse. ``is_news``: something is other than it was."""

    own: OwnLines
    records: list[Record]
    in_other_unit: list[Record]
    is_news: bool

    def of(self, agreement: Agreement) -> list[Record]:
        return [record for record in self.records if agreement_of(record) is agreement]

    @property
    def equal_pending(self) -> int:
        return sum(record.decision is Decision.PENDING for record in self.of(Agreement.EQUAL))


def compare(person: Staff, month: Month, content: bytes, *, now: datetime) -> Comparison:
    """Put the diary's figures beside АСП's, in place of those that were there; nothing is decided by it.
    Refusal for what is no diary of this institution and month, Conflict where the list cannot be changed."""
    check_scope(person, Scope.DECIDE)
    seen = list_of(person.institution, month)
    check_may_change(seen.window, seen.lock, now=now)
    _comparable(seen)
    own = own_lines(content, person.institution, month)
    digest = sha256(content).hexdigest()
    with writing():
        submission = held_list(person.institution, month)
        check_may_change(submission.window, submission.lock, now=now)
        records = _comparable(submission)
        figures, in_other_unit = _figures(submission, records, own.lines)
        is_news = replace_figures(submission, figures, sha256=digest, by=person.user_id, now=now)
        if is_news:
            thing = f"submission:{submission.id}"
            audit.add(person, COMPARED, thing, now=now, chain=person.institution, content=digest)
    logger.info("%s records compared with a diary by user %s", len(figures), person.user_id)
    for record in records:
        record.by_diary = ByDiary(figures[record.id]) if record.id in figures else None
    compared = [record for record in records if record.by_diary is not None]
    return Comparison(own, compared, in_other_unit, is_news)


def _comparable(submission: Submission) -> list[Record]:
    """The records of which a diary says something; Conflict where there is none."""
    records = [each for each in records_of(submission).listed if is_compared(each.case(school_days=0))]
    if not records:
        raise Conflict(NOTHING_TO_COMPARE)
    return records


def _figures(
    submission: Submission, records: list[Record], lines: list[DiaryLine]
) -> tuple[dict[int, Decimal | None], list[Record]]:
    figures: dict[int, Decimal | None] = {}
    in_other_unit = []
    for record, line in _beside(records, lines):
        if line is not None and not _is_same_unit(submission, record, line):
            in_other_unit.append(record)
        else:
            figures[record.id] = None if line is None else line.unexcused
    return figures, in_other_unit


def _beside(records: list[Record], lines: Iterable[DiaryLine]) -> Iterable[tuple[Record, DiaryLine | None]]:
    """Each record with its line: by type and number, or by the number alone where the diary has it under one
    other type, and it is one child's on the list (domain.md, „Where a child belongs“)."""
    by_number: dict[str, dict[IdType, DiaryLine]] = {}
    for line in lines:
        by_number.setdefault(line.id_number, {})[line.id_type] = line
    listed = Counter(map(_number, records))
    for record in records:
        kinds = by_number.get(_number(record), {})
        kind = known_as(record.id_type, kinds.keys())
        is_doubtful = kind is not record.id_type and listed[_number(record)] > 1
        yield record, None if kind is None or is_doubtful else kinds[kind]


def _number(record: Record) -> str:
    return padded(in_capitals(record.id_number))


def _is_same_unit(submission: Submission, record: Record, line: DiaryLine) -> bool:
    kind = submission.institution.type
    by_diary = is_in_hours(kind, line.class_code, is_pupil=record.is_pupil)
    return by_diary == record.case(school_days=0).is_in_hours
