"""Letters about an institution's list: it has arrived, it has changed, АСП changed something already
decided."""

from collections import Counter
from collections.abc import Collection, Mapping
from datetime import datetime
from typing import Any

from portal.actions.letters.deadline import with_deadline
from portal.actions.letters.matter import Matter, NoLonger
from portal.actions.letters.occasions import SETTLES, About, Facts, queue, summed
from portal.domain.letters.kinds import Occasion
from portal.domain.submissions import Lock
from portal.domain.times import today
from portal.mail import list_messages as letters
from portal.mail.messages import Message
from portal.storage.home.next_steps import changed_by_asp
from portal.storage.letters.readers import Reader, directors_of
from portal.storage.lists.held import hold_months
from portal.storage.tables.bulk import batches, tuples
from portal.storage.tables.campaigns import Campaign, Submission
from portal.storage.tables.db import writing
from portal.storage.tables.institutions import Institution
from portal.storage.tables.people import User

AT_A_TURN = 100  # lists: less than a tenth of a second


def tell_of_list(campaign: Campaign, *, now: datetime) -> None:
    """Put down a letter to each director whose list has a deadline still to come.

    Some in each turn, where the caller holds none: nobody waits until a whole country is written to. Broken
    off, it goes on where it is called again.

    Source: circular РУО1-3314 of 27.01.2021: nobody was written to, and each had to look by himself.
    """
    while True:
        with writing():
            hold_months([campaign.month])  # of two that write, the later one sees what the first one wrote
            if not _tell_some(Campaign.get_by_id(campaign.id), now=now):
                return


def tell_new_director(director: User, *, now: datetime) -> None:
    """Somebody who directs from now on finds the lists that can be worked on, at once and not whenever the
    next file comes; of a month that is suspended when it is resumed. In the caller's transaction."""
    reader = Reader(director.email, director.institution_id, director.id)
    lists = (
        Submission.select(Submission, Campaign)
        .join(Campaign)
        .where((Submission.institution == director.institution_id) & Campaign.answered_at.is_null())
        .order_by(Campaign.month)
    )
    for submission in lists:
        if _has_time(submission.campaign, now=now):
            queue(_received(submission.campaign_id, submission.id), [reader], now=now)
            Submission.update(told_at=now).where(Submission.id == submission.id).execute()


def tell_of_moves(
    campaign: Campaign, added: Mapping[int, int], removed: Mapping[int, int], *, now: datetime
) -> None:
    """How many records came to each list, and left it, by its id. Only who knows the list is told that it is
    another. In the caller's transaction, after the lists were counted anew."""
    for some in batches(sorted({*added, *removed}), AT_A_TURN):
        told = (
            Submission.select(Submission.id, Submission.version, Submission.institution)
            .join(Institution)
            .where(
                Submission.id.in_(some)
                & Submission.told_at.is_null(False)
                & (Submission.lock == Lock.OPEN)
                & ~Institution.closed_by(today(now))
            )
            .order_by(Submission.id)
        )
        for list_id, version, institution in tuples(told):
            facts = {"added": added.get(list_id, 0), "removed": removed.get(list_id, 0), "version": version}
            about = About(Occasion.LIST_CHANGED, f"submission:{list_id}/{version}", campaign.id, facts)
            queue(about, directors_of([institution]), merged=_together, wait=SETTLES, now=now)


def tell_of_record_back(campaign: Campaign, submission: Submission, record_id: int, *, now: datetime) -> None:
    """In the caller's transaction."""
    about = About(Occasion.RECORD_BACK, f"record:{record_id}/{submission.version}", campaign.id)
    queue(about, directors_of([submission.institution_id]), now=now)


def tell_of_changes(campaign: Campaign, institutions: Collection[str], *, now: datetime) -> None:
    """Write to each director how many decided records АСП changed; ``institutions`` names one per record."""
    changed = Counter(institutions)
    for some in batches(sorted(changed), AT_A_TURN):
        lists = (
            Submission.select(Submission.id, Submission.version, Submission.institution)
            .join(Institution)
            .where(
                (Submission.campaign == campaign)
                & Submission.institution.in_(some)
                & ~Institution.closed_by(today(now))
            )
        )
        for list_id, version, institution in tuples(lists):
            facts = {"count": changed[institution]}
            about = About(
                Occasion.CHANGED_AFTER_DECISION, f"submission:{list_id}/{version}", campaign.id, facts
            )
            queue(about, directors_of([institution]), merged=summed, wait=SETTLES, now=now)


def write_received(matter: Matter) -> Message:
    closes_on, counts = matter.deadline(), matter.counts
    matter.check_unfinished()
    matter.note(version=matter.submission.version, closes_on=str(closes_on))
    letter = letters.list_received(
        matter.to,
        institution=matter.institution.name,
        month=matter.campaign.month,
        count=counts.total,
        pending=counts.pending,
        closes_on=closes_on,
        link=matter.list_link,
        register_link="" if matter.register_confirmed_at else matter.register_link,
    )
    return with_deadline(letter, matter)


def write_changed(matter: Matter) -> Message:
    version = matter.facts["version"]
    matter.check_not_in_first(lambda said: said.get("version", version) >= version)
    matter.check_in_time()
    matter.check_unfinished()
    added, removed = matter.facts["added"], matter.facts["removed"]
    return letters.list_changed(
        matter.to,
        institution=matter.institution.name,
        month=matter.campaign.month,
        added=added,
        removed=removed,
        left=matter.counts.total,
        link=matter.list_link,
    )


def write_changed_after_decision(matter: Matter) -> Message:
    matter.check_in_time()
    matter.check_unfinished()
    count = min(matter.facts["count"], changed_by_asp(matter.submission))
    if not count:
        raise NoLonger("променените редове вече са решени отново")
    return letters.changed_after_decision(
        matter.to,
        institution=matter.institution.name,
        month=matter.campaign.month,
        count=count,
        link=matter.list_link,
    )


def write_record_back(matter: Matter) -> Message:
    matter.check_in_time()
    matter.check_unfinished()
    return letters.record_back(
        matter.to,
        institution=matter.institution.name,
        month=matter.campaign.month,
        link=matter.list_link,
    )


def _tell_some(campaign: Campaign, *, now: datetime) -> bool:
    """Whether anybody was written to."""
    if not _has_time(campaign, now=now) or campaign.suspended_at is not None:
        return False
    untold = _untold(campaign, now=now)
    for submission_id, reader in untold:
        queue(_received(campaign.id, submission_id), [reader], now=now)
    Submission.update(told_at=now).where(Submission.id.in_([each for each, _ in untold])).execute()
    return bool(untold)


def _has_time(campaign: Campaign, *, now: datetime) -> bool:
    return campaign.closes_on is not None and not campaign.window.is_past(now)


def _together(before: Facts, more: Facts) -> Facts:
    return {**summed(before, more), "version": more["version"]}


def _received(campaign: int, submission: int) -> About:
    return About(Occasion.LIST_RECEIVED, f"submission:{submission}", campaign)


def _untold(campaign: Campaign, *, now: datetime) -> list[tuple[int, Reader]]:
    """Some lists that nobody was written about, each with its director."""
    is_untold = (Submission.campaign == campaign) & Submission.told_at.is_null()
    query: Any = (
        Submission.select(Submission.id, User.email, Institution.code, User.id)
        .join(Institution)
        .join(User, on=(User.institution == Institution.code))
        .where(is_untold & User.is_director() & ~Institution.closed_by(today(now)))
        .order_by(Submission.id)
    )
    some = [row[0] for row in tuples(query.limit(AT_A_TURN))]
    if not some:
        return []
    return [(row[0], Reader(*row[1:])) for row in tuples(query.where(Submission.id.in_(some)))]
