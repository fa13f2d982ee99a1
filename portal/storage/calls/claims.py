"""Taking, renewing and giving back the turn to call an institution. In the caller's transaction.

There is a row for each month about which an institution was called, and the turn is one for all of them: at
most one row of an institution stands at a time.
"""

from datetime import datetime
from typing import Any

from peewee import fn

from portal.domain.calls.claims import Claim, end_of_claim
from portal.storage.calls.reading import Which
from portal.storage.calls.tables import CallClaim
from portal.storage.tables.bulk import tuples
from portal.storage.tables.campaigns import Campaign, Submission
from portal.storage.tables.db import lock_name
from portal.storage.tables.people import User


def take_claim(submission: Submission, user_id: int, *, now: datetime) -> bool:
    """Whether the turn is the account's from now on. Of two at the same moment the second waits for the
    first, whichever months they call about, and finds it taken. A new turn begins where the last one ended,
    or was somebody else's."""
    campaign, code = submission.campaign_id, submission.institution_id
    _hold(code)
    CallClaim.insert(
        campaign=campaign, institution=code, by=None, since=now, until=now
    ).on_conflict_ignore().execute()
    every = CallClaim.alias("every")
    standing = every.select(every.by).where(
        (every.institution == code) & every.by.is_null(False) & (every.until > now)
    )
    here = (CallClaim.campaign == campaign) & (CallClaim.institution == code)
    taken = CallClaim.update(by=user_id, since=now, until=end_of_claim(now, now=now))
    return bool(taken.where(here & ~fn.EXISTS(standing)).execute())


def renew_claim(institution: str, user_id: int, *, now: datetime) -> bool:
    """Whether the turn was still the account's, and lasts longer now."""
    _hold(institution)
    claim = claim_on(institution)
    if claim is None or not claim.is_of(user_id) or not claim.stands(now):
        return False
    until = end_of_claim(claim.since, now=now)
    mine = (CallClaim.by == user_id) & (CallClaim.since == claim.since) & (CallClaim.until > now)
    return bool(CallClaim.update(until=until).where((CallClaim.institution == institution) & mine).execute())


def release_claim(institution: str, user_id: int) -> bool:
    """Whether there was a turn of the account's to give back, be it over."""
    mine = (CallClaim.institution == institution) & (CallClaim.by == user_id)
    return bool(CallClaim.update(by=None).where(mine).execute())


def claim_on(institution: str) -> Claim | None:
    """The last one, standing or over; none where nobody calls."""
    query = _claims().where(CallClaim.institution == institution).order_by(CallClaim.until.desc()).limit(1)
    return next((Claim(*row) for _, *row in tuples(query)), None)


def claims_in(which: Which, *, now: datetime) -> dict[str, Claim]:
    """By institution, who is calling now, about whatever month."""
    standing = _claims().where(which.are(CallClaim.institution) & (CallClaim.until > now))
    return {code: Claim(*row) for code, *row in tuples(standing)}


def _hold(institution: str) -> None:
    """Until the transaction ends nobody else takes or renews a turn there. Two months have no row in common
    to wait for."""
    lock_name(f"call:{institution}")


def _claims() -> Any:
    return (
        CallClaim.select(
            CallClaim.institution, User.id, User.name, Campaign.month, CallClaim.since, CallClaim.until
        )
        .join(User)
        .switch(CallClaim)
        .join(Campaign)
    )
