"""How far a reminder has been put down, and which lists have a deadline of their own."""

from datetime import date, datetime

from portal.storage.tables.bulk import tuples
from portal.storage.tables.campaigns import Campaign, Submission
from portal.storage.tables.db import writing
from portal.storage.tables.letters import ReminderRound


def begun_round(campaign: Campaign, closes_on: date, days: int) -> ReminderRound:
    """The round of the reminder of so many days before ``closes_on``, begun now or before."""
    key = {"campaign": campaign.id, "closes_on": closes_on, "days": days}
    found: ReminderRound | None = ReminderRound.get_or_none(**key)
    if found is not None:
        return found
    with writing():
        ReminderRound.insert(**key, after="").on_conflict_ignore().execute()
    begun: ReminderRound = ReminderRound.get(**key)
    return begun


def note_round(round_: ReminderRound, **columns: object) -> None:
    ours = (
        (ReminderRound.campaign == round_.campaign_id)
        & (ReminderRound.closes_on == round_.closes_on)
        & (ReminderRound.days == round_.days)
    )
    with writing():
        ReminderRound.update(**columns).where(ours).execute()


def running_exceptions(*, now: datetime) -> list[tuple[Campaign, dict[str, datetime]]]:
    """By campaign, the institutions whose list is open after the deadline, and until when."""
    before_or_for_correction = Campaign.answered_at.is_null() | (
        Submission.reopened_until > Campaign.answered_at
    )
    rows = (
        Submission.select(Submission.campaign, Submission.institution, Submission.reopened_until)
        .join(Campaign)
        .where((Submission.reopened_until > now) & before_or_for_correction)
    )
    found: dict[int, dict[str, datetime]] = {}
    for campaign, institution, until in tuples(rows):
        found.setdefault(campaign, {})[institution] = until
    return [(Campaign.get_by_id(campaign), lists) for campaign, lists in sorted(found.items())]
