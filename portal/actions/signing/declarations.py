"""What would be signed: the list checked against today's rules, and the declaration made of it."""

from datetime import datetime

from portal.domain.decisions import Decided, Decision
from portal.domain.errors import Conflict, NotFound, Refusal
from portal.domain.lists.deciding import check_decision
from portal.domain.month import Month
from portal.domain.people import Scope, Staff, check_scope
from portal.domain.submissions import Lock, check_may_sign
from portal.storage.lists.current import held_list, list_of
from portal.storage.lists.school_days import school_days_of
from portal.storage.signing.standing import (
    add_declaration,
    current_declaration,
    signature_numbered,
    standing_of,
)
from portal.storage.tables.campaigns import Record, Submission
from portal.storage.tables.db import writing
from portal.storage.tables.signatures import Declaration


class RowsDoNotHold(Conflict):
    """Decisions that the rules no longer allow, each with the sentence that says why."""

    def __init__(self, rows: list[tuple[Record, str]]) -> None:
        many = len(rows) > 1
        super().__init__(
            "Списъкът не може да се подпише: "
            + (f"{len(rows)} решения вече не отговарят" if many else "едно решение вече не отговаря")
            + " на правилата. Поправете в списъка това, което е посочено, и се върнете тук."
        )
        self.rows = rows


def declaration_of(person: Staff, month: Month, *, now: datetime) -> Declaration:
    """What was signed, or what this person would sign now; raises if there is nothing of the kind.

    Issued once for a version of the list and a signatory, so that every download is the same bytes.
    """
    check_scope(person, Scope.SIGN)
    submission = list_of(person.institution, month)
    if submission.lock is Lock.SIGNED:
        signed: Declaration = standing_of(submission).declaration
        return signed
    check_may_sign(submission.window, submission.lock, submission.counts, now=now)
    check_rows(submission, month)
    issued = current_declaration(person, submission)
    if issued is not None:
        return issued
    with writing():
        return issue(person, held_list(person.institution, month), month, now=now)


def declaration_signed(person: Staff, month: Month, number: str) -> Declaration:
    """What was signed by that signature of the list, removed or not."""
    check_scope(person, Scope.SIGN)
    submission = list_of(person.institution, month)
    if submission.lock is Lock.ERASED:
        raise NotFound("Списъкът и подписаното са заличени след изтичане на срока за съхранение.")
    signed: Declaration = signature_numbered(submission, number).declaration
    return signed


def issue(person: Staff, submission: Submission, month: Month, *, now: datetime) -> Declaration:
    """The declaration of the held list; made if this person has none of it. Called inside ``writing()``."""
    check_may_sign(submission.window, submission.lock, submission.counts, now=now)
    check_rows(submission, month)
    return current_declaration(person, submission) or add_declaration(person, submission, now=now)


def check_rows(submission: Submission, month: Month) -> None:
    """Raise RowsDoNotHold unless every decision would be accepted today: calendars, closures and
    АСП's figures can have changed since it was made."""
    days = school_days_of(submission.institution_id, month)
    wrong = []
    for record in Record.on(submission):
        try:
            if record.decision is Decision.PENDING:
                raise Refusal("Записът още не е решен.")
            check_decision(record.case(days.count(record.band)), decision_of(record))
        except Refusal as refusal:
            wrong.append((record, str(refusal)))
    if wrong:
        raise RowsDoNotHold(wrong)


def decision_of(record: Record) -> Decided:
    return Decided(
        record.decision,
        corrected=record.corrected,
        reason=record.refusal_reason,
        note=record.note,
        certificate=record.certificate,
        placed=record.placed,
        enrolled=record.enrolled,
    )
