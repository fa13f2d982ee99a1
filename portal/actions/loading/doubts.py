"""Counting, when a file was loaded, what of a month's records has to be looked at."""

from collections.abc import Iterable
from datetime import datetime

from portal.domain.placement import Doubt
from portal.storage.lists.counted import count_anew
from portal.storage.tables.campaigns import Campaign, Load


def note_counts(load: Load, campaigns: Iterable[Campaign], *, now: datetime) -> None:
    """Keep with each of these campaigns, and with the load for all of them together, of how many records
    nobody can be sure where their children are, and how many figures of АСП are under the limit; the caller
    stores the load."""
    for campaign in campaigns:
        count_anew(campaign, now=now)
        for doubt in Doubt:
            setattr(load, doubt.value, getattr(load, doubt.value) + getattr(campaign, doubt.value))
        if load.kind == "asp":
            load.under_limit = campaign.under_limit
