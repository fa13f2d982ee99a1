"""Counts for the regional offices, taken only from the counters on each institution's list.

No query here touches a record, so no page built on them can name a child.
"""

from datetime import date, datetime
from typing import Any

from peewee import JOIN

from portal.domain.month import Month
from portal.domain.progress import Contact, Standing
from portal.domain.submissions import Counts, Lock, Window, submission_state
from portal.domain.times import today
from portal.storage.tables.campaigns import Campaign, Submission
from portal.storage.tables.institutions import Institution
from portal.storage.tables.people import User
from portal.storage.tables.register import RegisterMonth


def standings(campaign: Campaign, *, now: datetime, region: int | None = None) -> list[Standing]:
    """Every institution of the region, or of the country, that is waited for, in one query."""
    query = (
        Submission.select(
            *(getattr(Institution, name) for name in Contact._fields),
            Submission.total,
            Submission.pending,
            Submission.confirmed,
            Submission.refused,
            Submission.lock,
            Submission.first_opened_at,
            Submission.checked_at,
            Submission.signed_at,
            Submission.reopened_until,
            Institution.code.in_(User.places_with_director()).alias("has_account"),
            RegisterMonth.confirmed_at,
        )
        .join(Institution)
        .switch(Submission)
        .join(RegisterMonth, JOIN.LEFT_OUTER, on=_same_month())
        .where((Submission.campaign == campaign) & ~_left(campaign, now=now))
    )
    if region is not None:
        query = query.where(Institution.region == region)
    return [_standing(row, campaign.window, now=now) for row in query.tuples()]


def _standing(row: Any, window: Window, *, now: datetime) -> Standing:
    contact, rest = Contact(*row[: len(Contact._fields)]), row[len(Contact._fields) :]
    counts, (lock, opened, checked, signed, reopened, has_account, confirmed) = Counts(*rest[:4]), rest[4:]
    over = Window(window.opens_on, window.closes_on, reopened_until=reopened).is_over(now)
    state = submission_state(
        counts, Lock(lock), checked=checked is not None, has_account=bool(has_account), past=over
    )
    return Standing(contact, counts, state, opened, checked, signed, confirmed)


def _left(campaign: Campaign, *, now: datetime) -> Any:
    """Closed before the deadline and unsigned: nobody waits for it. What was signed stays, and so does who
    missed a deadline and closed after it."""
    day = min(today(now), campaign.closes_on or date.max)
    return Institution.closed_by(day) & (Submission.lock == Lock.OPEN)


def _same_month() -> Any:
    """Of the register's month only when it was confirmed is ever read here."""
    return (RegisterMonth.campaign == Submission.campaign) & (
        RegisterMonth.institution == Submission.institution
    )


def months() -> list[Month]:
    """The months with a campaign, newest first."""
    return [campaign.month for campaign in Campaign.select(Campaign.month).order_by(Campaign.month.desc())]
