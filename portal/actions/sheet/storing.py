"""Storing what a sheet said, by the rules of the page, and giving back what could not be stored."""

import logging
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from portal.actions.lists.confirmations import check_current, content_digest, store_decision
from portal.actions.sheet.examined import ExaminedRow, Fault
from portal.actions.sheet.keys import key_of
from portal.actions.sheet.making import SheetFile, SheetFormat, facts_of, foot_of, title_of, written
from portal.actions.sheet.stating import check_stated
from portal.actions.signing.declarations import decision_of
from portal.actions.site import Site
from portal.documents.sheet.rows import ListSheet, SheetRow
from portal.domain.decisions import Case, Decided
from portal.domain.errors import Objection
from portal.domain.lists.deciding import check_decision, kept
from portal.domain.month import Month
from portal.domain.people import Scope, Staff, check_scope
from portal.domain.sheet.columns import FAULTS, FILLED, Column
from portal.domain.submissions import check_may_change
from portal.storage.lists.current import held_list, list_of, records_of, recount
from portal.storage.lists.school_days import school_days_of
from portal.storage.tables import audit
from portal.storage.tables.campaigns import Record
from portal.storage.tables.db import writing

logger = logging.getLogger(__name__)

FAULTY = f"Поправете каквото пише в последната колона („{FAULTS}“) и качете таблицата отново."
MENDED = (
    "В качената таблица тук стоеше друго, а сега е, както в портала. Проверете дали решението е за това дете."
)


@dataclass(frozen=True)
class Stored:
    """How many decisions were stored, how many stood there already, and how many came too late."""

    stored: int = 0
    same: int = 0
    late: int = 0


def store(person: Staff, month: Month, rows: Sequence[ExaminedRow], *, now: datetime) -> Stored:
    """Store every row that was found to change something and still may, in one transaction. One that somebody
    changed since is left; the others are stored all the same."""
    check_scope(person, Scope.DECIDE)
    stored, same, late = 0, 0, 0
    with writing():
        submission = held_list(person.institution, month)
        check_may_change(submission.window, submission.lock, now=now)
        records = {record.id: record for record in records_of(submission).listed}
        days = school_days_of(person.institution, month)
        for row in rows:
            assert row.record is not None and row.decided is not None
            record = records.get(row.record.id)
            if record is None:
                late += 1
                continue
            case = record.case(days.count(record.band))
            if kept(case, row.decided) == decision_of(record):
                same += 1
                continue
            try:
                _store(person, record, case, row.decided, seen=row.seen, now=now)
                stored += 1
            except Objection:
                late += 1
        if stored:
            recount(submission)
    logger.info("%s decisions stored from a sheet by user %s", stored, person.user_id)
    return Stored(stored, same, late)


def _store(person: Staff, record: Record, case: Case, said: Decided, *, seen: int, now: datetime) -> None:
    """As ``confirmations.decide``, within the transaction of the whole sheet."""
    decided = kept(case, said)
    check_current(record, decided, person, seen)
    check_decision(case, said)
    check_stated(record, decided.enrolled, now=now)
    store_decision(record, decided, person, now=now)
    audit.add(
        person,
        decided.decision.code,
        f"record:{record.id}",
        now=now,
        chain=person.institution,
        content=content_digest(record),
    )


def faulty_sheet(
    person: Staff, month: Month, rows: Sequence[ExaminedRow], *, site: Site, now: datetime
) -> SheetFile:
    """The rows that could not be taken, with what was written in them and what is wrong, by column: each cell
    has another place here. Their keys are of now: who sends them back has read what stands there."""
    check_scope(person, Scope.DECIDE)
    submission = list_of(person.institution, month)
    made = [_faulty(row, month, site=site) for row in rows]
    notes = [f"{submission.institution.name} (код {submission.institution_id})", FAULTY]
    sheet = ListSheet(title_of(submission), notes, made, now, foot_of(submission, now=now), with_faults=True)
    return written(sheet, f"{month}-{person.institution}-faults", SheetFormat.XLSX)


def _faulty(row: ExaminedRow, month: Month, *, site: Site) -> SheetRow:
    texts = {column: cell.shown for column, cell in row.cells.items()}
    if row.record is None or row.case is None:
        return SheetRow(
            texts, None, "\n".join(f"{each.column.value}: {each.sentence}" for each in row.faults)
        )
    faults = "\n".join(f"{each.column.value}: {_to_mend(each)}" for each in row.faults)
    typed = {column: texts[column] for column in FILLED}
    key = key_of(row.record, month, decision_of(row.record), site=site)
    return SheetRow({**facts_of(row.record, row.case), **typed, Column.KEY: key}, row.case, faults)


def _to_mend(fault: Fault) -> str:
    """What is ours to say stands there again as it should, and nobody has to write it."""
    is_ours = fault.column not in FILLED and fault.column is not Column.KEY
    return MENDED if is_ours else fault.sentence
