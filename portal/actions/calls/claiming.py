"""„Обаждам се“: for some minutes the institution is this caller's."""

import logging
from datetime import datetime

from portal.domain.calls.claims import Claim, check_not_claimed
from portal.domain.calls.order import is_to_call
from portal.domain.errors import Conflict
from portal.domain.month import Month
from portal.domain.people import Operator, Ruo
from portal.storage.calls.claims import claim_on, release_claim, renew_claim, take_claim
from portal.storage.calls.reading import list_for
from portal.storage.campaigns.progress import standings
from portal.storage.tables.campaigns import Submission
from portal.storage.tables.db import writing

logger = logging.getLogger(__name__)

NOT_NEEDED = "Тази институция вече не чака обаждане: приключила е, или сега не може да направи нищо."
TAKEN_BEFORE = "Междувременно друг започна обаждането. Отворете списъка отново."


def claim_call(person: Ruo | Operator, month: Month, code: str, *, now: datetime) -> Claim:
    """Take the turn, or renew one's own, be it about another month. Conflict where somebody else has it, with
    who and since when, or where there is nothing to call about any more."""
    with writing():
        submission = list_for(person, month, code)
        _check_to_call(submission, now=now)
        if not take_claim(submission, person.user_id, now=now):
            renew_claim(code, person.user_id, now=now)
        claim = claim_on(code)
        check_not_claimed(claim, person.user_id, month, now=now)
        if claim is None or not claim.stands(now):
            raise Conflict(TAKEN_BEFORE)
    logger.info("call to %s claimed by user %s", code, person.user_id)
    return claim


def keep_claim(person: Ruo | Operator, month: Month, code: str, *, now: datetime) -> Claim | None:
    """Renew one's own turn; none where it is over or somebody else's."""
    with writing():
        list_for(person, month, code)
        renewed = renew_claim(code, person.user_id, now=now)
        return claim_on(code) if renewed else None


def give_up_call(person: Ruo | Operator, month: Month, code: str) -> None:
    """Give the turn back without a call; nothing to do where there is none."""
    with writing():
        list_for(person, month, code)
        released = release_claim(code, person.user_id)
    if released:
        logger.info("call to %s given up by user %s", code, person.user_id)


def _check_to_call(submission: Submission, *, now: datetime) -> None:
    campaign = submission.campaign
    found = standings(campaign, now=now, codes=[submission.institution_id])
    if not any(is_to_call(campaign.window, standing, now=now) for standing in found):
        raise Conflict(NOT_NEEDED)
