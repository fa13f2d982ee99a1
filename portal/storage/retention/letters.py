"""Letters that are old enough to go, and what stood around them."""

from datetime import datetime, timedelta
from typing import Any

from portal.domain.month import Month
from portal.domain.times import start_of
from portal.storage.tables.campaigns import Campaign
from portal.storage.tables.letters import Announcement, OutboxMessage, ReminderRound

KEPT = timedelta(days=60)  # at the least: an occasion that can still come up must not be told anew


def count_letters_to_erase(before: Month, *, now: datetime) -> int:
    count: int = OutboxMessage.select().where(_old(before, now=now)).count()
    return count


def erase_letters(before: Month, *, now: datetime) -> int:
    """Letters written before the month, with what was said and to whom, but for those about a month that АСП
    has no answer for; how many. In the caller's transaction."""
    gone: int = OutboxMessage.delete().where(_old(before, now=now)).execute()
    answered = Campaign.select(Campaign.id).where(
        Campaign.answered_at.is_null(False) & (Campaign.month < before)
    )
    for table in (Announcement, ReminderRound):
        table.delete().where(table.campaign.in_(answered)).execute()
    return gone


def _old(before: Month, *, now: datetime) -> Any:
    unanswered = Campaign.select(Campaign.id).where(Campaign.answered_at.is_null())
    stays = OutboxMessage.campaign.is_null(False) & OutboxMessage.campaign.in_(unanswered)
    return (OutboxMessage.made_at < min(start_of(before.first), now - KEPT)) & ~stays
