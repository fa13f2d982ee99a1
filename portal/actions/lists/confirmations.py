"""What an institution's people do with their list: decide, send back, or say that it is empty."""

import logging
from dataclasses import dataclass
from datetime import datetime
from hashlib import sha256
from typing import Any

from portal.domain.decisions import NOTE_LENGTH, Case, Decided
from portal.domain.enrolled import check_days, check_known
from portal.domain.errors import Conflict, NotFound, Refusal
from portal.domain.lists.deciding import check_decision, kept
from portal.domain.month import Month
from portal.domain.people import Scope, Staff, check_scope
from portal.domain.signing.declaration import canonical, fixed
from portal.domain.submissions import check_may_change, check_nothing_to_confirm
from portal.domain.times import today
from portal.storage.lists.current import change_record, held_list, held_with, list_with, recount
from portal.storage.lists.known import known_of
from portal.storage.lists.school_days import case_of
from portal.storage.tables import audit
from portal.storage.tables.campaigns import UNDECIDED, Record, Submission, columns_of
from portal.storage.tables.db import writing

logger = logging.getLogger(__name__)

NOTHING = "nothing_to_confirm"  # in the audit

CHANGED = (
    "Междувременно редът е променен – от друг или в друг раздел. Ако не сте съгласни, върнете го за преглед."
)


class AlreadyStored(Conflict):
    """The same decision stands there already: a retry after the response was lost."""


@dataclass(frozen=True)
class Change:
    """A record as somebody's change left it, and its list: all that the row and the counts are drawn from."""

    submission: Submission
    record: Record
    case: Case


def unchanged(person: Staff, month: Month, record_id: int) -> Change:
    """The record as it stands, where nothing was changed."""
    submission, record = _found(list_with(person.institution, month, record_id))
    return Change(submission, record, case_of(record, month))


def _held(person: Staff, month: Month, record_id: int) -> tuple[Submission, Record]:
    """The list and the record, and nobody else changes the list until the transaction ends."""
    return _found(held_with(person.institution, month, record_id))


def _found(found: tuple[Submission, Record | None]) -> tuple[Submission, Record]:
    """For whoever is not of the institution there is no record."""
    submission, record = found
    if record is None:
        raise NotFound("Няма такъв запис във вашия списък.")
    return submission, record


def decide(  # ``differs`` is said of the deed, and nothing that is kept
    person: Staff,
    month: Month,
    record_id: int,
    decided: Decided,
    *,
    seen: int,
    differs: bool = False,
    now: datetime,
) -> Change:
    """Store one decision, if the record is still as the person saw it (version ``seen``). With ``differs``
    they have said that the enrolments are wrong about the child."""
    check_scope(person, Scope.DECIDE)
    with writing():
        submission, record = _held(person, month, record_id)
        case = case_of(record, month)
        check_current(record, kept(case, decided), person, seen)
        check_may_change(submission.window, submission.lock, now=now)
        check_decision(case, decided)
        check_enrolled(record, kept(case, decided), differs=differs, now=now)
        store_decision(record, kept(case, decided), person, now=now)
        recount(submission)
        _note(person, decided.decision.code, record, now=now, content=content_digest(record))
    logger.info("record %s %s by user %s", record.id, decided.decision.code, person.user_id)
    return Change(submission, record, case)


def check_current(record: Record, decided: Decided, person: Staff, seen: int) -> None:
    """Conflict unless it is on a list and as the person saw it (version ``seen``); AlreadyStored where
    it says what they decided."""
    if record.submission_id is None:
        raise Conflict("Записът е изпратен обратно на ЦИОО като „не е наше дете“. Можете да си го върнете.")
    if record.version == seen:
        return
    if record.decided_by_id == person.user_id and _stands(record, decided):
        raise AlreadyStored("Решението ви вече е записано.")
    raise Conflict(CHANGED)


def check_enrolled(record: Record, decided: Decided, *, differs: bool, now: datetime) -> None:
    """Refusal where what is stated of an enrolled child cannot be so, or, unless they said that it
    ``differs``, where the newest enrolments say otherwise."""
    stated = decided.enrolled
    if stated is None:
        return
    check_days(stated, today(now))
    if not differs:
        known = known_of(record.id_type, record.id_number)
        check_known(stated, record.institution_id, known)


def _stands(record: Record, decided: Decided) -> bool:
    """Whether the record already says all that ``decided`` says, as it is kept."""
    return decided == Decided(
        record.decision,
        corrected=record.corrected,
        reason=record.refusal_reason,
        note=record.note,
        certificate=record.certificate,
        placed=record.placed,
        enrolled=record.enrolled,
    )


def store_decision(record: Record, decided: Decided, person: Staff, *, now: datetime) -> None:
    changes = {
        "decision": decided.decision,
        "corrected": decided.corrected,
        "refusal_reason": decided.reason,
        "note": decided.note,
        "certificate": decided.certificate,
        "placed": decided.placed,
        **columns_of(decided.enrolled),
        "decided_by": person.user_id,
        "decided_at": now,
        "figure_before": None,
        "figure_changed_at": None,
    }
    _store(record, changes)


def _store(record: Record, changes: dict[str, Any]) -> None:
    if not change_record(record, changes):
        raise Conflict(CHANGED)


def _note(person: Staff, what: str, record: Record, *, now: datetime, content: str = "") -> None:
    """In the institution's audit."""
    audit.add(person, what, f"record:{record.id}", now=now, chain=person.institution, content=content)


def content_digest(record: Record) -> str:
    """Of what was decided, for the audit."""
    content = {
        "decision": record.decision.code,
        "corrected": fixed(record.corrected),
        "reason": record.refusal_reason.value if record.refusal_reason else "",
        "note": record.note,
    }
    if record.enrolled is not None:
        content["enrolled"] = f"{record.enrolled.certificate}; {record.enrolled.place}"
    return sha256(canonical(content)).hexdigest()


def send_back(person: Staff, month: Month, record_id: int, note: str, *, now: datetime) -> Change:
    """„Не е наше дете“: clear the decision and hand the record to the operator, off the list."""
    check_scope(person, Scope.DECIDE)
    if not note:
        raise Refusal("Напишете какво знаете: къде учи детето или защо не е ваше.", field="note")
    if len(note) > NOTE_LENGTH:
        raise Refusal(f"Бележката е до {NOTE_LENGTH} знака. Съкратете я.", field="note")
    with writing():
        submission, record = _held(person, month, record_id)
        if record.submission_id is None:
            raise Conflict("Записът вече е изпратен обратно на ЦИОО.")
        check_may_change(submission.window, submission.lock, now=now)
        sent = {"submission": None, "returned_by": person.user_id, "returned_at": now, "returned_note": note}
        _store(record, {**UNDECIDED, **sent})
        recount(submission)
        _note(person, "sent_back", record, now=now)
    logger.info("record %s sent back by user %s", record.id, person.user_id)
    return Change(submission, record, case_of(record, month))


def take_back(person: Staff, month: Month, record_id: int, *, now: datetime) -> Change:
    """Put a record that was sent back onto the list again, before the operator re-routed it."""
    check_scope(person, Scope.DECIDE)
    with writing():
        submission, record = _held(person, month, record_id)
        if record.submission_id is not None:
            raise Conflict("Записът вече е във вашия списък.")
        check_may_change(submission.window, submission.lock, now=now)
        taken = {"submission": submission.id, "returned_by": None, "returned_at": None, "returned_note": ""}
        _store(record, {**UNDECIDED, **taken})
        Submission.update(checked_at=None, checked_by=None).where(Submission.id == submission.id).execute()
        submission.checked_at = submission.checked_by = None
        recount(submission)
        _note(person, "taken_back", record, now=now)
    return Change(submission, record, case_of(record, month))


def say_nothing_to_confirm(person: Staff, month: Month, *, now: datetime) -> None:
    """„Проверих – няма записи“; said twice it is said once."""
    check_scope(person, Scope.SIGN)
    with writing():
        submission = held_list(person.institution, month)
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
