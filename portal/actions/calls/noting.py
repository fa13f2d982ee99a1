"""„Обадих се“: what came of a call, noted once and never changed."""

import logging
from datetime import datetime, timedelta
from hashlib import sha256

from portal.domain.calls.call import Noted, check_noted, next_due
from portal.domain.calls.claims import check_not_claimed
from portal.domain.calls.order import closes_at
from portal.domain.errors import Conflict
from portal.domain.month import Month
from portal.domain.people import Operator, Ruo
from portal.domain.signing.declaration import canonical, timestamp
from portal.domain.submissions import Lock
from portal.storage.calls.claims import claim_on, release_claim
from portal.storage.calls.reading import list_for
from portal.storage.calls.tables import PhoneCall
from portal.storage.lists.current import held_list
from portal.storage.tables import audit
from portal.storage.tables.campaigns import Submission
from portal.storage.tables.db import writing

logger = logging.getLogger(__name__)

CALLED = "called"  # in the audit
ERASED = "Месецът е заличен след срока за съхранение: обаждания за него не се записват."
NOTED_ALREADY = "Това обаждане вече е записано."
OLDEST = timedelta(days=1)  # of a page from which a call is noted


def note_call(
    person: Ruo | Operator,
    month: Month,
    code: str,
    noted: Noted,
    *,
    began: datetime | None = None,
    now: datetime,
) -> PhoneCall:
    """Store what came of the call, and give the turn back. ``began`` is what the form carries of when the
    call, or the page for it, was opened: pressed twice, it is noted once (Conflict). Conflict, too, while
    somebody else is calling. A call is noted also where the institution was done meanwhile."""
    with writing():
        list_for(person, month, code)
        submission = held_list(code, month)
        if submission.lock is Lock.ERASED:
            raise Conflict(ERASED)
        began_at = _began(submission, person.user_id, began, now=now)
        if _is_noted(submission, person.user_id, began_at):
            raise Conflict(NOTED_ALREADY)
        check_not_claimed(claim_on(code), person.user_id, month, now=now)
        ends = closes_at(submission.window, now=now)
        ends = ends if ends is not None and ends > now else None
        check_noted(noted, ends, now=now)
        call: PhoneCall = PhoneCall.create(
            campaign=submission.campaign_id,
            institution=code,
            outcome=noted.outcome,
            note=noted.note,
            phone=noted.phone,
            next_at=next_due(noted, ends, now=now),
            began_at=began_at,
            at=now,
            by=person.user_id,
        )
        release_claim(code, person.user_id)
        audit.add(person, CALLED, thing_of(call), now=now, chain=code, content=digest_of(call))
    logger.info("call %s to %s noted by user %s", call.id, code, person.user_id)
    return call


def thing_of(call: PhoneCall) -> str:
    """With its campaign, so that one can tell whether it was erased with its month."""
    return f"call:{call.campaign_id}-{call.id}"


def digest_of(call: PhoneCall) -> str:
    """Over all that was noted, of whom and by whom: what the audit keeps of it."""
    told = {
        "institution": call.institution_id,
        "outcome": call.outcome.value,
        "note": call.note,
        "phone": call.phone,
        "next_at": timestamp(call.next_at),
        "began_at": timestamp(call.began_at),
        "at": timestamp(call.at),
        "by": str(call.by_id),
    }
    return sha256(canonical(told)).hexdigest()


def _began(submission: Submission, user_id: int, began: datetime | None, *, now: datetime) -> datetime:
    if began is not None and now - OLDEST < began <= now:
        return began
    claim = claim_on(submission.institution_id)
    return claim.since if claim is not None and claim.is_of(user_id) and claim.stands(now) else now


def _is_noted(submission: Submission, user_id: int, began_at: datetime) -> bool:
    ours = (PhoneCall.campaign == submission.campaign_id) & (
        PhoneCall.institution == submission.institution_id
    )
    this = (PhoneCall.by == user_id) & (PhoneCall.began_at == began_at)
    return bool(PhoneCall.select().where(ours & this).exists())
