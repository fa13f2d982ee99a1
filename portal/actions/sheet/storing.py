"""Storing what a sheet said, by the rules of the page, and giving back what could not be stored."""

import logging
from dataclasses import dataclass, field
from datetime import datetime

from portal.actions.lists.confirmations import check_current, content_digest, store_decision
from portal.actions.sheet.carried import Left, Wanted
from portal.actions.sheet.judging import GONE
from portal.actions.sheet.keys import key_of
from portal.actions.sheet.making import (
    SheetFile,
    SheetFormat,
    facts_of,
    filled,
    foot_of,
    title_of,
    written,
)
from portal.actions.sheet.stating import check_stated
from portal.actions.signing.declarations import decision_of
from portal.actions.site import Site
from portal.documents.sheet.rows import ListSheet, SheetRow, Value
from portal.domain.decisions import Case, check_decision, kept
from portal.domain.errors import Objection
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


@dataclass(frozen=True)
class Stored:
    """How many decisions were stored, how many stood there already, and what came too late."""

    stored: int = 0
    same: int = 0
    left: list[Left] = field(default_factory=list)


def store(person: Staff, month: Month, rows: list[Wanted], *, now: datetime) -> Stored:
    """Store every row that still holds, in one transaction. One that somebody changed since it was shown is
    left, and with it goes why; the others are stored all the same."""
    check_scope(person, Scope.DECIDE)
    stored, same, left = 0, 0, []
    with writing():
        submission = held_list(person.institution, month)
        check_may_change(submission.window, submission.lock, now=now)
        records = {record.id: record for record in records_of(submission).listed}
        days = school_days_of(person.institution, month)
        for row in rows:
            record = records.get(row.record)
            if record is None:
                left.append(_left(row, GONE))
                continue
            case = record.case(days.count(record.band))
            try:
                if kept(case, row.decided) == decision_of(record):
                    same += 1
                    continue
                _store(person, record, case, row, now=now)
                stored += 1
            except Objection as objection:
                left.append(_left(row, str(objection)))
        if stored:
            recount(submission)
    logger.info("%s decisions stored from a sheet by user %s", stored, person.user_id)
    return Stored(stored, same, left)


def _store(person: Staff, record: Record, case: Case, row: Wanted, *, now: datetime) -> None:
    """As ``confirmations.decide``, within the transaction of the whole sheet."""
    decided = kept(case, row.decided)
    check_current(record, decided, person, row.seen)
    check_decision(case, row.decided)
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


def _left(row: Wanted, why: str) -> Left:
    texts = {column: _text(value) for column, value in filled(row.decided).items()}
    return Left(row.record, texts, why)


def _text(value: Value) -> str:
    return value if isinstance(value, str) else str(value).replace(".", ",")


def faulty_sheet(person: Staff, month: Month, rows: list[Left], *, site: Site, now: datetime) -> SheetFile:
    """The rows that could not be taken, with what was written in them and what is wrong, to be put right.
    Their keys are of now: who sends them back has read what stands there."""
    check_scope(person, Scope.DECIDE)
    submission = list_of(person.institution, month)
    records = {record.id: record for record in records_of(submission).listed}
    days = school_days_of(person.institution, month)
    made = []
    for row in rows:
        record = records.get(row.record)
        if record is None:
            made.append(SheetRow({column: row.texts.get(column, "") for column in Column}, None, row.faults))
            continue
        case = record.case(days.count(record.band))
        typed = {column: row.texts.get(column, "") for column in FILLED}
        key = key_of(record, month, decision_of(record), site=site)
        made.append(SheetRow({**facts_of(record, case), **typed, Column.KEY: key}, case, row.faults))
    notes = [f"{submission.institution.name} (код {submission.institution_id})", FAULTY]
    sheet = ListSheet(title_of(submission), notes, made, now, foot_of(submission, now=now), with_faults=True)
    return written(sheet, f"{month}-{person.institution}-faults", SheetFormat.XLSX)
