"""Every row in which one child stands: records, enrolments, rejected lines, declarations, and the audit."""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from peewee import JOIN, SQL, NodeList, Value, fn

from portal.domain.identifiers import Identifier, IdType, in_capitals
from portal.domain.signing.declared import Entry, read
from portal.storage.diary.tables import Diary, DiaryFigure
from portal.storage.disclosure.account import signatures_on
from portal.storage.loading.tables import Load, RejectedLine
from portal.storage.notices.tables import Notice
from portal.storage.tables.answers import AnsweredRecord, CorrectionRequest, EndedRecord
from portal.storage.tables.audit import AuditEntry
from portal.storage.tables.bulk import batches, tuples
from portal.storage.tables.campaigns import Campaign, Record, Submission
from portal.storage.tables.db import is_sqlite
from portal.storage.tables.institutions import Enrolment, EnrolmentMonth, Institution
from portal.storage.tables.people import User
from portal.storage.tables.qualified import DeclarationPdf
from portal.storage.tables.signatures import Declaration, Signature


def records_about(child: Identifier) -> list[Record]:
    """With their campaigns, institutions and lists, the oldest month first."""
    query = (
        Record.select(Record, Campaign, Institution, Submission)
        .join(Campaign)
        .switch(Record)
        .join(Institution)
        .switch(Record)
        .join(Submission, JOIN.LEFT_OUTER)
        .where((Record.id_type == child.kind) & (fn.UPPER(Record.id_number) == child.number))
    )
    return list(query.order_by(Campaign.month, Record.reason))


def enrolments_about(child: Identifier) -> list[Enrolment]:
    ours = (Enrolment.id_type == child.kind) & (fn.UPPER(Enrolment.id_number) == child.number)
    query = Enrolment.select().join(EnrolmentMonth, on=Enrolment.in_force()).where(ours)
    return list(query.order_by(Enrolment.month, Enrolment.position))


def types_beside(child: Identifier) -> list[IdType]:
    """Other types of identifier under which somebody has the same number."""
    found = set()
    for table in (Record, Enrolment):
        query = table.select(table.id_type).distinct().where(fn.UPPER(table.id_number) == child.number)
        found |= {id_type for (id_type,) in tuples(query)}
    return sorted(found - {child.kind})


@dataclass(frozen=True)
class Rejected:
    """``text`` is the line as it reads in the file's encoding, ``mended`` as the operator mended it."""

    load: Load
    number: int
    text: str
    faults: str
    mended: str


def rejects_about(child: Identifier) -> list[Rejected]:
    """Lines in which the number stands, of whatever type: what was rejected may have none."""
    query = (
        RejectedLine.select(RejectedLine, Load)
        .join(Load)
        .where(_holds(RejectedLine.line, child) | _holds(RejectedLine.mended, child))
        .order_by(Load.id, RejectedLine.number)
    )
    stands = _whole(child)
    lines = (
        Rejected(row.load, row.number, _read(bytes(row.line)), row.faults, _read(bytes(row.mended or b"")))
        for row in query
    )
    return [line for line in lines if stands.search(line.text) or stands.search(line.mended)]


@dataclass(frozen=True)
class Declared:
    """One issued declaration in which the child stands, with what it says of it, and the declaration's
    signatures with when each was removed, if it was."""

    declaration: Declaration
    entry: Entry
    signatures: list[tuple[Signature, Any]]
    has_pdf: bool


def declarations_about(child: Identifier) -> list[Declared]:
    """The oldest first."""
    query = (
        Declaration.select(Declaration, Submission, Campaign)
        .join(Submission)
        .join(Campaign)
        .where(_holds(Declaration.content, child))
        .order_by(Declaration.id)
    )
    return [
        Declared(row, entry, signatures_on(row), _has_pdf(row))
        for row in query
        for entry in read(bytes(row.content)).entries
        if (entry.line.id_type, in_capitals(entry.line.id_number)) == (child.kind.name.lower(), child.number)
    ]


def by_diaries_about(records: list[Record]) -> list[tuple[DiaryFigure, Diary]]:
    """What schools' diaries said of the child where a list was compared with one, the oldest first."""
    ours = DiaryFigure.record.in_([record.id for record in records])
    figures = {row.submission_id: row for row in DiaryFigure.select().where(ours)}
    query = Diary.select(Diary, Submission, Campaign).join(Submission).join(Campaign)
    diaries = query.where(Diary.submission.in_(list(figures))).order_by(Diary.at)
    return [(figures[diary.submission_id], diary) for diary in diaries]


def answered_about(records: list[Record]) -> dict[int, AnsweredRecord]:
    """What АСП was answered of these records, by record."""
    asked = AnsweredRecord.record.in_([record.id for record in records])
    query = AnsweredRecord.select().join(Campaign).where(asked & Campaign.answered_at.is_null(False))
    return {said.record_id: said for said in query}


def ended_about(records: list[Record]) -> dict[int, EndedRecord]:
    """What АСП said that it did about these records, by record."""
    query = EndedRecord.select().where(EndedRecord.record.in_([record.id for record in records]))
    return {row.record_id: row for row in query}


def requests_about(records: list[Record]) -> list[CorrectionRequest]:
    """Corrections asked for, with their campaigns, the oldest first."""
    query = CorrectionRequest.select(CorrectionRequest, Campaign).join(Campaign)
    wanted = CorrectionRequest.record.in_([record.id for record in records])
    return list(query.where(wanted).order_by(CorrectionRequest.id))


def deeds_about(records: list[Record]) -> Iterator[tuple[AuditEntry, User | None]]:
    """What was done with these records, and whose account did it."""
    for some in batches(records, 500):
        query = (
            AuditEntry.select(AuditEntry, User)
            .join(User, JOIN.LEFT_OUTER, on=(User.id == AuditEntry.who), attr="user")
            .where(AuditEntry.object.in_([f"record:{record.id}" for record in some]))
            .order_by(AuditEntry.id)
        )
        yield from ((row, getattr(row, "user", None)) for row in query)


def notices_about(child: Identifier) -> list[tuple[Notice, str]]:
    """Circulars in whose text the number stands, where somebody wrote it there, with the lines that it stands
    in. What is in their files cannot be looked through."""
    held = Notice.text.contains(child.number) | Notice.subject.contains(child.number)
    stands = _whole(child)
    found = []
    for notice in Notice.select().where(held).order_by(Notice.id):
        lines = [line for line in (notice.subject, *notice.text.split("\n")) if stands.search(line)]
        found += [(notice, "\n".join(lines))] if lines else []
    return found


def _has_pdf(declaration: Declaration) -> bool:
    return bool(DeclarationPdf.select().where(DeclarationPdf.declaration == declaration).exists())


def _whole(child: Identifier) -> re.Pattern[str]:
    """The number, and not a part of a longer one."""
    return re.compile(rf"(?<![0-9A-Za-z]){re.escape(child.number)}(?![0-9A-Za-z])", re.IGNORECASE)


def _holds(column: Any, child: Identifier) -> Any:
    """Whether bytes hold the number, in capitals or small letters: digits and Latin letters are the same
    bytes in each encoding that is kept."""
    spelled = {child.number.encode(), child.number.lower().encode()}
    found = [
        fn.INSTR(column, Value(text, converter=False)) if is_sqlite()
        else fn.POSITION(NodeList((Value(text, converter=False), SQL("IN"), column)))
        for text in sorted(spelled)
    ]  # fmt: skip
    where = found[0] > 0
    for more in found[1:]:
        where |= more > 0
    return where


def _read(line: bytes) -> str:
    """As its file was read: what is no UTF-8 is windows-1251."""
    try:
        return line.decode()
    except UnicodeDecodeError:
        return line.decode("cp1251", "replace")
