"""What an institution's people do with their list: decide, send back, or say that it is empty."""

import logging
from datetime import datetime
from hashlib import sha256

from portal.domain.decisions import NOTE_LENGTH, Decided, Decision, check_decision, kept
from portal.domain.errors import Conflict, NotFound, Refusal
from portal.domain.month import Month
from portal.domain.people import Scope, Staff, check_scope
from portal.domain.signing.declaration import canonical, fixed
from portal.domain.submissions import check_nothing_to_confirm, check_open, check_unlocked
from portal.storage.lists.school_days import school_days_of
from portal.storage.tables import audit
from portal.storage.tables.campaigns import Record, Submission
from portal.storage.tables.db import locked, writing

logger = logging.getLogger(__name__)

NOTHING = "nothing_to_confirm"  # in the audit

CHANGED = (
    "Междувременно редът е променен – от друг или в друг раздел. Ако не сте съгласни, върнете го за преглед."
)


class AlreadyStored(Conflict):
    """The same decision stands there already: a retry after the response was lost."""


def find_record(person: Staff, month: Month, record_id: int) -> Record:
    """The record, if it lies with the person's institution; for anyone else there is none."""
    record = locked(
        Record.select().where((Record.id == record_id) & (Record.institution == person.institution))
    ).get_or_none()
    if record is None or record.campaign.month != month:
        raise NotFound("Няма такъв запис във вашия списък.")
    found: Record = record
    return found


def decide(
    person: Staff, month: Month, record_id: int, decided: Decided, *, seen: int, now: datetime
) -> Record:
    """Store one decision, if the record is still as the person saw it (version ``seen``)."""
    check_scope(person, Scope.DECIDE)
    with writing():
        submission = Submission.held(person.institution, month)
        record = find_record(person, month, record_id)
        _check_current(record, decided, person, seen)
        check_unlocked(submission.lock)
        check_open(submission.window, now=now)
        case = record.case(school_days_of(person.institution, month).count(record.band))
        check_decision(case, decided)
        store_decision(record, kept(case, decided), person, now=now)
        Submission.recount([submission.id])
        audit.add(
            person,
            decided.decision.code,
            f"record:{record.id}",
            now=now,
            chain=person.institution,
            content=content_digest(record),
        )
    logger.info("record %s %s by user %s", record.id, decided.decision.code, person.user_id)
    return record


def _check_current(record: Record, decided: Decided, person: Staff, seen: int) -> None:
    if record.submission_id is None:
        raise Conflict("Записът е изпратен обратно на ЦИОО като „не е наше дете“. Можете да си го върнете.")
    if record.version == seen:
        return
    if record.decided_by_id == person.user_id and _stands(record, decided):
        raise AlreadyStored("Решението ви вече е записано.")
    raise Conflict(CHANGED)


def _stands(record: Record, decided: Decided) -> bool:
    """Whether the record already says what ``decided`` says."""
    return (record.decision, record.corrected, record.refusal_reason) == (
        decided.decision,
        decided.corrected if decided.decision is Decision.REFUSED else None,
        decided.reason if decided.decision is Decision.REFUSED else None,
    )


def store_decision(record: Record, decided: Decided, person: Staff, *, now: datetime) -> None:
    """UPDATE … WHERE version is still the one that was checked."""
    changes = {
        "decision": decided.decision,
        "corrected": decided.corrected,
        "refusal_reason": decided.reason,
        "note": decided.note,
        "certificate": decided.certificate,
        "placed": decided.placed,
        "decided_by": person.user_id,
        "decided_at": now,
        "figure_before": None,
        "figure_changed_at": None,
    }
    changed = (
        Record.update(version=record.version + 1, **changes)
        .where(
            (Record.id == record.id)
            & (Record.version == record.version)
            & (Record.submission == record.submission_id)
        )
        .execute()
    )
    if changed != 1:
        raise Conflict(CHANGED)
    for name, value in changes.items():
        setattr(record, name, value)
    record.version += 1


def content_digest(record: Record) -> str:
    """Of what was decided, for the audit."""
    content = {
        "decision": record.decision.code,
        "corrected": fixed(record.corrected),
        "reason": record.refusal_reason.value if record.refusal_reason else "",
        "note": record.note,
    }
    return sha256(canonical(content)).hexdigest()


def send_back(person: Staff, month: Month, record_id: int, note: str, *, now: datetime) -> Record:
    """„Не е наше дете“: clear the decision and hand the record to the operator, off the list."""
    check_scope(person, Scope.DECIDE)
    if not note:
        raise Refusal("Напишете какво знаете: къде учи детето или защо не е ваше.", field="note")
    if len(note) > NOTE_LENGTH:
        raise Refusal(f"Бележката е до {NOTE_LENGTH} знака. Съкратете я.", field="note")
    with writing():
        submission = Submission.held(person.institution, month)
        record = find_record(person, month, record_id)
        if record.submission_id is None:
            raise Conflict("Записът вече е изпратен обратно на ЦИОО.")
        check_unlocked(submission.lock)
        check_open(submission.window, now=now)
        _clear(record)
        record.submission = None
        record.returned_by_id = person.user_id
        record.returned_at = now
        record.returned_note = note
        record.save()
        Submission.recount([submission.id])
        audit.add(person, "sent_back", f"record:{record.id}", now=now, chain=person.institution)
    logger.info("record %s sent back by user %s", record.id, person.user_id)
    return record


def take_back(person: Staff, month: Month, record_id: int, *, now: datetime) -> Record:
    """Put a record that was sent back onto the list again, before the operator re-routed it."""
    check_scope(person, Scope.DECIDE)
    with writing():
        submission = Submission.held(person.institution, month)
        record = find_record(person, month, record_id)
        if record.submission_id is not None:
            raise Conflict("Записът вече е във вашия списък.")
        check_unlocked(submission.lock)
        check_open(submission.window, now=now)
        _clear(record)
        record.submission = submission
        record.returned_by = record.returned_at = None
        record.returned_note = ""
        record.save()
        Submission.update(checked_at=None, checked_by=None).where(Submission.id == submission.id).execute()
        Submission.recount([submission.id])
        audit.add(person, "taken_back", f"record:{record.id}", now=now, chain=person.institution)
    return record


def _clear(record: Record) -> None:
    """No decision, and a new version; the caller saves."""
    record.decision = Decision.PENDING
    record.corrected = record.refusal_reason = record.decided_by = record.decided_at = None
    record.note = ""
    record.certificate = record.placed = False
    record.version += 1


def say_nothing_to_confirm(person: Staff, month: Month, *, now: datetime) -> None:
    """„Проверих – няма записи“; said twice it is said once."""
    check_scope(person, Scope.SIGN)
    with writing():
        submission = Submission.held(person.institution, month)
        check_nothing_to_confirm(submission.window, submission.lock, submission.counts, now=now)
        if submission.checked_at is not None:
            return
        Submission.update(checked_at=now, checked_by=person.user_id, version=Submission.version + 1).where(
            (Submission.id == submission.id) & (Submission.total == 0)
        ).execute()
        audit.add(person, NOTHING, f"submission:{submission.id}", now=now, chain=person.institution)


def note_first_opening(person: Staff, submission: Submission, *, now: datetime) -> None:
    """Remember when somebody of the institution first looked at the list; РУО sees it."""
    if submission.first_opened_at is None:
        Submission.update(first_opened_at=now).where(
            (Submission.id == submission.id) & Submission.first_opened_at.is_null()
        ).execute()
