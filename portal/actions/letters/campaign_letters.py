"""Letters to directors: the month's list has arrived, or АСП has changed something already decided."""

from collections import Counter
from collections.abc import Collection
from datetime import datetime
from typing import Any

from portal.actions.letters.outbox import enqueue
from portal.actions.site import Site
from portal.domain.times import today
from portal.mail.messages import changed_after_decision, list_received
from portal.storage.lists.held import hold_months
from portal.storage.tables.bulk import batches, tuples
from portal.storage.tables.campaigns import Campaign, Submission
from portal.storage.tables.db import writing
from portal.storage.tables.institutions import Institution
from portal.storage.tables.people import User

AT_A_TURN = 100  # letters: a twentieth of a second


def tell_of_list(campaign: Campaign, *, site: Site, now: datetime) -> None:
    """Write once to each director whose list has a deadline still to come.

    Some in each turn, where the caller holds none: nobody waits until a whole country is written to. Broken
    off, it goes on where it is called again.

    Source: circular РУО1-3314 of 27.01.2021: nobody was written to, and each had to look by himself.
    """
    while True:
        with writing():
            hold_months([campaign.month])  # of two that write, the later one sees what the first one wrote
            if not _tell_some(Campaign.get_by_id(campaign.id), site=site, now=now):
                return


def _tell_some(campaign: Campaign, *, site: Site, now: datetime) -> bool:
    """Whether anybody was written to."""
    if campaign.closes_on is None or campaign.window.is_past(now) or campaign.suspended_at is not None:
        return False
    untold = _untold(campaign, now=now)
    for submission_id, count, user_id, email, name in untold:
        message = list_received(
            email,
            institution=name,
            month=campaign.month,
            count=count,
            closes_on=campaign.closes_on,
            link=_link(campaign, site=site),
        )
        enqueue(message, "list_received", user=user_id, site=site, now=now)
        Submission.update(told_at=now).where(Submission.id == submission_id).execute()
    return bool(untold)


def tell_of_changes(campaign: Campaign, institutions: Collection[str], *, site: Site, now: datetime) -> None:
    """Write to each director how many decided records АСП changed; ``institutions`` names one per record."""
    changed = Counter(institutions)
    for some in batches(sorted(changed)):
        for user_id, email, code, name in _directors(some, now=now):
            message = changed_after_decision(
                email,
                institution=name,
                month=campaign.month,
                count=changed[code],
                link=_link(campaign, site=site),
            )
            enqueue(message, "changed_after_decision", user=user_id, site=site, now=now)


def _untold(campaign: Campaign, *, now: datetime) -> list[Any]:
    """Some lists that nobody was written about: list, records, account, address, name of the institution."""
    columns = (Submission.id, Submission.total, User.id, User.email, Institution.name)
    is_untold = (Submission.campaign == campaign) & Submission.told_at.is_null() & _may_act(now=now)
    with_director = (
        Submission.select(*columns)
        .join(Institution)
        .join(User, on=(User.institution == Institution.code))
        .where(is_untold)
        .order_by(Submission.id)
    )
    some = [row[0] for row in tuples(with_director.limit(AT_A_TURN))]
    return list(with_director.where(Submission.id.in_(some)).tuples()) if some else []


def _directors(institutions: Collection[str], *, now: datetime) -> list[Any]:
    """Account, address, code and name of the institution."""
    query = (
        User.select(User.id, User.email, Institution.code, Institution.name)
        .join(Institution)
        .where(_may_act(now=now) & User.institution.in_(institutions))
        .order_by(User.id)
    )
    return list(query.tuples())


def _may_act(*, now: datetime) -> Any:
    """Directors of institutions that are not closed: nobody else can do anything about a list."""
    return User.is_director() & ~Institution.closed_by(today(now))


def _link(campaign: Campaign, *, site: Site) -> str:
    return site.address(f"/confirmations/{campaign.month}")
