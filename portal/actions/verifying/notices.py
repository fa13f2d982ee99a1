"""Checking circulars: each as it was published, to whom, who read it and whether it was taken back, and none
gone without the purge."""

from collections.abc import Iterator
from datetime import datetime
from hashlib import sha256
from typing import Any

from portal.actions.notices.acquainting import READ, WITHDRAWAL_READ
from portal.actions.notices.publishing import PUBLISHED, WITHDRAWN, digest_of
from portal.actions.retention.purging import NOTICE_ERASED
from portal.actions.verifying.finding import Finding
from portal.domain.people import Role
from portal.storage.notices.files import files_of
from portal.storage.notices.recipients import codes_of
from portal.storage.notices.tables import Notice, NoticeFile, NoticeReading, NoticeWithdrawal
from portal.storage.tables.audit import AuditEntry, contents, gone
from portal.storage.tables.bulk import tuples
from portal.storage.tables.people import User
from portal.storage.tables.snapshot import in_batches

THING = "notice:"
DEEDS = (READ, WITHDRAWAL_READ, WITHDRAWN)
Deed = tuple[str, int, datetime, str]  # which of them, who, when, and the digest of what was said


def check_notices() -> Iterator[Finding]:
    """Whoever can write into the tables could else put other words into an office's mouth, take one
    institution from those that were told, or let somebody say that they have read it."""
    said = dict(contents(PUBLISHED))
    erased = {thing for thing, _ in contents(NOTICE_ERASED)}
    for batch in in_batches(Notice.select(), Notice.id):
        files = files_of([row.id for row in batch])
        for row in batch:
            content = said.pop(f"{THING}{row.id}", None)
            is_whole = all(map(_is_whole, files[row.id])) and _is_of_office(row)
            if content != digest_of(row, files[row.id], codes_of(row)) or not is_whole:
                yield _finding("notice_changed", str(row.id), "не е онова, което е публикувано")
            if f"{THING}{row.id}" not in erased and _kept(row) != _said(row):
                yield _unsaid(str(row.id))
    for thing in sorted(said.keys() - erased):
        yield _finding("notice_deleted", thing.removeprefix(THING), "стои в одита, а го няма")
    for thing in sorted(_of_gone() - erased):
        yield _unsaid(thing.removeprefix(THING))


def _is_whole(file: NoticeFile) -> bool:
    """One at a time: a file has up to 5 MB."""
    content = NoticeFile.select(NoticeFile.content).where(NoticeFile.id == file.id).scalar()
    return sha256(bytes(content)).hexdigest() == file.sha256


def _is_of_office(row: Notice) -> bool:
    """Whether it is of the office of whoever published it, whose account has a mark of its own."""
    by = User.get_by_id(row.published_by_id)
    return row.region == (by.region if by.role is Role.RUO else None)


def _kept(notice: Notice) -> set[Deed]:
    """Who read it, and who took it back: of one circular at a time, as a country reads each."""
    readings: Any = NoticeReading.select(NoticeReading.of_withdrawal, NoticeReading.user, NoticeReading.at)
    kept: set[Deed] = {
        (WITHDRAWAL_READ if of_withdrawal else READ, user, at, "")
        for of_withdrawal, user, at in tuples(readings.where(NoticeReading.notice == notice))
    }
    for row in NoticeWithdrawal.select().where(NoticeWithdrawal.notice == notice):
        kept.add((WITHDRAWN, row.by_id, row.at, sha256(row.reason.encode()).hexdigest()))
    return kept


def _said(notice: Notice) -> set[Deed]:
    """The same as the audit says it."""
    fields = (AuditEntry.what, AuditEntry.who, AuditEntry.at, AuditEntry.content)
    ours = (AuditEntry.object == f"{THING}{notice.id}") & AuditEntry.what.in_(DEEDS)
    return set(tuples(AuditEntry.select(*fields).where(ours)))


def _of_gone() -> set[str]:
    """The circulars that are not there, and of which something is told or kept."""
    told = set(gone("notice", Notice, *DEEDS))
    for table in (NoticeReading, NoticeWithdrawal):
        rows = table.select(table.notice).where(table.notice.not_in(Notice.select(Notice.id)))
        told |= {f"{THING}{number}" for (number,) in tuples(rows.distinct())}
    return told


def _unsaid(number: str) -> Finding:
    return _finding("notice_unsaid", number, "е прочетено или оттеглено не така, както казва одитът")


def _finding(code: str, number: str, what: str) -> Finding:
    return Finding(code, f"{THING}{number}", f"Циркулярно писмо {number} {what}.")
