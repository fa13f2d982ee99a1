"""A late correction: the institution asks, the regional office says what it thinks, the operator decides."""

import logging
from dataclasses import dataclass
from datetime import date, datetime

from portal.actions.campaigns.campaigns import open_for_correction
from portal.actions.campaigns.window import held_campaign
from portal.actions.letters.correction_letters import tell_answered, tell_asked, tell_office_spoke
from portal.domain.campaigns.corrections import (
    Why,
    check_may_ask_now,
    check_may_grant,
    check_may_support,
    check_request,
)
from portal.domain.errors import Conflict, NotFound, Refusal
from portal.domain.month import Month
from portal.domain.people import Operator, Ruo, Scope, Staff, check_scope
from portal.storage.campaigns.requests import request_in, request_of_region
from portal.storage.lists.current import held_list
from portal.storage.tables import audit
from portal.storage.tables.answers import CorrectionRequest
from portal.storage.tables.campaigns import Campaign, Record
from portal.storage.tables.db import locked, writing
from portal.storage.tables.people import User

logger = logging.getLogger(__name__)

# In the audit.
ASKED, SUPPORTED, NOT_SUPPORTED = "asked_correction", "supported_correction", "opposed_correction"
GRANTED, DECLINED = "granted_correction", "declined_correction"


@dataclass(frozen=True)
class Asked:
    """What the form says; ``note`` is read by the institution and the operator alone."""

    record_id: int | None
    reason: Why | None
    document: str
    note: str = ""


def ask_correction(person: Staff, month: Month, asked: Asked, *, now: datetime) -> CorrectionRequest:
    """Ask for one record of the institution's own; a second request waits until the first is answered."""
    check_scope(person, Scope.SIGN)
    with writing():
        submission = held_list(person.institution, month)
        check_may_ask_now(submission.window, submission.lock, now=now)
        record = _record(person, submission.campaign, asked.record_id)
        check_request(asked.reason, asked.document, asked.note, names_of(record))
        waiting = (CorrectionRequest.record == record) & CorrectionRequest.granted.is_null()
        if CorrectionRequest.select().where(waiting).exists():
            raise Conflict("За това дете вече има искане, което чака отговор.")
        request: CorrectionRequest = CorrectionRequest.create(
            campaign=submission.campaign,
            institution=person.institution,
            record=record,
            reason=asked.reason,
            note=asked.note,
            document=asked.document,
            asked_by=person.user_id,
            asked_at=now,
        )
        _say(person, ASKED, request, now=now)
        tell_asked(request, now=now)
    logger.info("correction %s asked by user %s", request.id, person.user_id)
    return request


def support_correction(
    person: Ruo, month: Month, request_id: int, *, supports: bool, note: str, now: datetime
) -> CorrectionRequest:
    """The word of the regional office, once."""
    with writing():
        request = _held(request_of_region(Campaign.for_month(month), person.region, request_id))
        check_may_support(request.supported, request.granted, note)
        request.supported, request.support_note = supports, note
        request.supported_by, request.supported_at = User.get_by_id(person.user_id), now
        request.save(
            only=[
                CorrectionRequest.supported,
                CorrectionRequest.support_note,
                CorrectionRequest.supported_by,
                CorrectionRequest.supported_at,
            ]
        )
        _say(person, SUPPORTED if supports else NOT_SUPPORTED, request, now=now)
        tell_office_spoke(request, now=now)
    return request


def grant_correction(
    person: Operator, month: Month, request_id: int, until: date, note: str, *, now: datetime
) -> CorrectionRequest:
    """Open the institution's list to the end of ``until``, also after the final answer."""
    with writing():
        request = _held(request_in(held_campaign(month), request_id))
        check_may_grant(request.granted, grant=True, note=note, names=names_of(request.record))
        opened = open_for_correction(person, month, request, until, now=now)
        _answer(person, request, granted=True, note=note, now=now)
        _say(person, GRANTED, request, now=now)
        tell_answered(request, until=opened.reopened_until, now=now)
    return request


def decline_correction(
    person: Operator, month: Month, request_id: int, note: str, *, now: datetime
) -> CorrectionRequest:
    with writing():
        request = _held(request_in(held_campaign(month), request_id))
        check_may_grant(request.granted, grant=False, note=note, names=names_of(request.record))
        _answer(person, request, granted=False, note=note, now=now)
        _say(person, DECLINED, request, now=now)
        tell_answered(request, now=now)
    return request


def names_of(record: Record) -> tuple[str, ...]:
    """What the regional office must not read."""
    return (*record.names.split(), record.id_number)


def _answer(person: Operator, request: CorrectionRequest, *, granted: bool, note: str, now: datetime) -> None:
    request.granted, request.answer_note = granted, note
    request.answered_by, request.answered_at = User.get_by_id(person.user_id), now
    request.save(
        only=[
            CorrectionRequest.granted,
            CorrectionRequest.answer_note,
            CorrectionRequest.answered_by,
            CorrectionRequest.answered_at,
        ]
    )


def _record(person: Staff, campaign: Campaign, record_id: int | None) -> Record:
    ours = (Record.campaign == campaign) & (Record.institution == person.institution)
    record = None if record_id is None else Record.get_or_none(ours & (Record.id == record_id))
    if record is None:
        raise Refusal("Изберете детето от списъка.", field="record")
    found: Record = record
    return found


def _held(request: CorrectionRequest | None) -> CorrectionRequest:
    """The request as it is now, with nobody else answering it until the transaction ends."""
    if request is None:
        raise NotFound("Няма такова искане.")
    held: CorrectionRequest = locked(
        CorrectionRequest.select().where(CorrectionRequest.id == request.id)
    ).get()
    return held


def _say(person: Staff | Ruo | Operator, what: str, request: CorrectionRequest, *, now: datetime) -> None:
    audit.add(person, what, f"correction:{request.id}", now=now, chain=request.institution_id)
