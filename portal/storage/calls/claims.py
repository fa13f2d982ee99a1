"""Taking, renewing and giving back the turn to call an institution. In the caller's transaction."""

from datetime import datetime
from typing import Any

from portal.domain.calls.claims import Claim, end_of_claim
from portal.storage.calls.reading import Which
from portal.storage.calls.tables import CallClaim
from portal.storage.tables.campaigns import Campaign, Submission
from portal.storage.tables.people import User


def take_claim(submission: Submission, user_id: int, *, now: datetime) -> bool:
    """Whether the turn is the account's from now on. Of two at the same moment the database lets one: the
    second waits for the first one's row, and finds it taken. A new turn begins where the last one ended, or
    was somebody else's."""
    CallClaim.insert(
        campaign=submission.campaign_id, institution=submission.institution_id, by=None, since=now, until=now
    ).on_conflict_ignore().execute()
    free = CallClaim.by.is_null() | (CallClaim.until <= now)
    taken = CallClaim.update(by=user_id, since=now, until=end_of_claim(now, now=now))
    return bool(taken.where(_of(submission) & free).execute())


def renew_claim(submission: Submission, user_id: int, *, now: datetime) -> bool:
    """Whether the turn was still the account's, and lasts longer now."""
    claim = claim_on(submission)
    if claim is None or not claim.is_of(user_id) or not claim.stands(now):
        return False
    until = end_of_claim(claim.since, now=now)
    mine = (CallClaim.by == user_id) & (CallClaim.since == claim.since) & (CallClaim.until > now)
    return bool(CallClaim.update(until=until).where(_of(submission) & mine).execute())


def release_claim(submission: Submission, user_id: int) -> bool:
    """Whether there was a turn of the account's to give back, be it over."""
    mine = _of(submission) & (CallClaim.by == user_id)
    return bool(CallClaim.update(by=None).where(mine).execute())


def claim_on(submission: Submission) -> Claim | None:
    """The last one, standing or over; none where nobody calls."""
    found = _claims().where(_of(submission)).first()
    return None if found is None else claim_of(found)


def claims_in(campaign: Campaign, which: Which, *, now: datetime) -> dict[str, Claim]:
    """By institution, who is calling now."""
    standing = _claims().where(
        (CallClaim.campaign == campaign) & which.are(CallClaim.institution) & (CallClaim.until > now)
    )
    return {row.institution_id: claim_of(row) for row in standing}


def claim_of(row: CallClaim) -> Claim:
    assert row.by is not None
    return Claim(row.by.id, row.by.name, row.since, row.until)


def _claims() -> Any:
    return CallClaim.select(CallClaim, User).join(User)


def _of(submission: Submission) -> Any:
    return (CallClaim.campaign == submission.campaign_id) & (
        CallClaim.institution == submission.institution_id
    )
