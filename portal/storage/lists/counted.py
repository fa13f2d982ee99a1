"""What is counted of a month's records and kept with the month: a page that counted a country's children took
seconds. It is counted when a file is loaded, and follows what becomes of single records in between."""

from collections.abc import Collection, Iterator
from contextlib import contextmanager
from datetime import datetime
from typing import Any

from portal.domain.placement import Doubt
from portal.storage.campaigns.overview import under_limit_in
from portal.storage.campaigns.placing import Child, records_about
from portal.storage.lists.doubts import count_doubts, doubtful
from portal.storage.tables.campaigns import Campaign
from portal.storage.tables.db import writing

UNDER_LIMIT = "under_limit"


def count_anew(campaign: Campaign, *, now: datetime) -> None:
    """As the records are now. Nobody waits while they are counted; where single records changed meanwhile
    (``following``) they are counted once more."""
    is_stored = False
    while not is_stored:
        seen = Campaign.get_by_id(campaign.id).counts_version
        counts = counts_of(campaign)
        with writing():
            is_stored = _store(campaign, seen, {"counted_at": now, **counts})
    campaign.counted_at = now
    for name, count in counts.items():
        setattr(campaign, name, count)


def counts_of(campaign: Campaign) -> dict[str, int]:
    """By the names of their columns, from all of its records."""
    counts = {doubt.value: count for doubt, count in count_doubts(doubtful(campaign)).items()}
    return counts | {UNDER_LIMIT: under_limit_in(campaign)}


@contextmanager
def following(campaign: Campaign, children: Collection[Child]) -> Iterator[None]:
    """What is kept follows what the block does with the records about these children, in the caller's
    transaction. A month of which nothing is kept yet stays so."""
    before = _counts_about(campaign, children)
    yield
    after = _counts_about(campaign, children)
    changes = {name: Campaign._meta.fields[name] + after[name] - before[name] for name in after}
    _store(campaign, Campaign.counts_version, changes)


def counted_doubts(campaign: Campaign) -> dict[Doubt, int]:
    """As they are kept; of a month from before they were, as they are now."""
    if campaign.counted_at is None:
        return count_doubts(doubtful(campaign))
    return {doubt: getattr(campaign, doubt.value) for doubt in Doubt}


def counted_under_limit(campaign: Campaign) -> int:
    """The same of absences that terminate no benefit by the very figure that АСП sent."""
    return under_limit_in(campaign) if campaign.counted_at is None else int(campaign.under_limit)


def _counts_about(campaign: Campaign, children: Collection[Child]) -> dict[str, int]:
    """The same as ``counts_of`` of a few records."""
    records = list(records_about(campaign, children).values())
    found = doubtful(campaign, {record.id for record in records})
    counts = {doubt.value: count for doubt, count in count_doubts(found).items()}
    return counts | {UNDER_LIMIT: sum(record.case(0).is_under_limit for record in records)}


def _store(campaign: Campaign, seen: Any, changes: dict[str, Any]) -> bool:
    """Whether nobody has stored anything since version ``seen``."""
    where = (Campaign.id == campaign.id) & (Campaign.counts_version == seen)
    changed: int = (
        Campaign.update(counts_version=Campaign.counts_version + 1, **changes).where(where).execute()
    )
    return changed == 1
