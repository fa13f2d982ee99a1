"""What is counted of a month's records when a file is loaded, and kept with the month: a page that counted a
country's children took seconds."""

from datetime import datetime

from portal.domain.placement import Doubt
from portal.storage.campaigns.overview import under_limit_in
from portal.storage.lists.doubts import count_doubts, doubtful
from portal.storage.tables.campaigns import Campaign
from portal.storage.tables.db import writing


def count_anew(campaign: Campaign, *, now: datetime) -> None:
    """As the records are now. Nobody waits while they are counted."""
    counts = {doubt.value: count for doubt, count in count_doubts(doubtful(campaign)).items()}
    counts["under_limit"] = under_limit_in(campaign)
    with writing():
        Campaign.update(counted_at=now, **counts).where(Campaign.id == campaign.id).execute()
    campaign.counted_at = now
    for name, count in counts.items():
        setattr(campaign, name, count)


def counted_doubts(campaign: Campaign) -> dict[Doubt, int]:
    """As they were when a file was loaded last; now, of a month from before they were kept."""
    if campaign.counted_at is None:
        return count_doubts(doubtful(campaign))
    return {doubt: getattr(campaign, doubt.value) for doubt in Doubt}


def counted_under_limit(campaign: Campaign) -> int:
    """The same of absences that terminate no benefit by the very figure that АСП sent."""
    return under_limit_in(campaign) if campaign.counted_at is None else int(campaign.under_limit)
