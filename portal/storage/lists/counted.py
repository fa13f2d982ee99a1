"""What is counted of a month's records and kept with the month: a page that counted a country's children took
seconds. It is counted when a file is loaded, and follows what becomes of single records in between.

Which records there is a doubt of is kept beside it, as many of each as anybody goes through.
"""

from collections import Counter
from collections.abc import Collection, Iterable, Iterator
from contextlib import contextmanager
from datetime import datetime
from typing import Any

from portal.domain.placement import Doubt
from portal.storage.campaigns.overview import under_limit_in
from portal.storage.campaigns.placing import Child, records_about
from portal.storage.lists.doubts import Doubtful, count_doubts, doubtful
from portal.storage.tables.bulk import add_rows, tuples
from portal.storage.tables.campaigns import Campaign, DoubtfulRecord
from portal.storage.tables.db import writing

UNDER_LIMIT = "under_limit"
MOST_KEPT = 5000  # records of one doubt: where no enrolments are loaded there is one of every record
ROW = ("record", "campaign", *(doubt.value for doubt in Doubt))


def count_anew(campaign: Campaign, *, now: datetime) -> None:
    """As the records are now. Nobody waits while they are counted; where single records changed meanwhile
    (``following``) they are counted once more."""
    is_stored = False
    while not is_stored:
        seen = Campaign.get_by_id(campaign.id).counts_version
        kept: list[Doubtful] = []
        counts = counts_of(campaign, kept)
        with writing():
            is_stored = _store(campaign, seen, {"counted_at": now, **counts})
            if is_stored:
                DoubtfulRecord.delete().where(DoubtfulRecord.campaign == campaign).execute()
                _keep(campaign, kept)
    campaign.counted_at = now
    for name, count in counts.items():
        setattr(campaign, name, count)


def counts_of(campaign: Campaign, kept: list[Doubtful] | None = None) -> dict[str, int]:
    """By the names of their columns, from all of its records. The first of each doubt come into ``kept``."""
    counts: Counter[Doubt] = Counter()
    for each in doubtful(campaign):
        counts.update(each.doubts)
        if kept is not None and any(counts[doubt] <= MOST_KEPT for doubt in each.doubts):
            kept.append(each)
    return {doubt.value: counts[doubt] for doubt in Doubt} | {UNDER_LIMIT: under_limit_in(campaign)}


@contextmanager
def following(campaign: Campaign, children: Collection[Child]) -> Iterator[None]:
    """What is kept follows what the block does with the records about these children, in the caller's
    transaction. A month of which nothing is kept yet stays so."""
    before, was = _counts_about(campaign, children)
    yield
    after, found = _counts_about(campaign, children)
    changes = {name: Campaign._meta.fields[name] + after[name] - before[name] for name in after}
    _store(campaign, Campaign.counts_version, changes)
    ids = {each.record_id for each in (*was, *found)}
    DoubtfulRecord.delete().where(DoubtfulRecord.record.in_(ids)).execute()
    _keep(campaign, found)


def counted_doubts(campaign: Campaign) -> dict[Doubt, int]:
    """As they are kept; of a month from before they were, as they are now."""
    if campaign.counted_at is None:
        return count_doubts(doubtful(campaign))
    return {doubt: getattr(campaign, doubt.value) for doubt in Doubt}


def counted_under_limit(campaign: Campaign) -> int:
    """The same of absences that terminate no benefit by the very figure that АСП sent."""
    return under_limit_in(campaign) if campaign.counted_at is None else int(campaign.under_limit)


def some_doubtful(campaign: Campaign, doubt: Doubt | None, *, after: int, count: int) -> list[int]:
    """The first of the kept records with this doubt, or with any, those after record ``after``; of a month of
    which none are kept yet, as they are now."""
    ours = DoubtfulRecord.select(DoubtfulRecord.record).where(DoubtfulRecord.campaign == campaign)
    if campaign.counted_at is None or not ours.exists():
        every = (each for each in doubtful(campaign) if doubt is None or doubt in each.doubts)
        return [each.record_id for each in every if each.record_id > after][:count]
    query = ours if doubt is None else ours.where(getattr(DoubtfulRecord, doubt.value))
    some = query.where(DoubtfulRecord.record > after).order_by(DoubtfulRecord.record).limit(count)
    return [record for (record,) in tuples(some)]


def _keep(campaign: Campaign, found: Iterable[Doubtful]) -> None:
    rows = [
        (each.record_id, campaign.id, *(doubt in each.doubts for doubt in Doubt))
        for each in found
        if each.doubts
    ]
    if rows:
        add_rows(DoubtfulRecord, ROW, rows)


def _counts_about(campaign: Campaign, children: Collection[Child]) -> tuple[dict[str, int], list[Doubtful]]:
    """The same as ``counts_of`` of a few records, and which of them are doubtful."""
    records = list(records_about(campaign, children).values())
    found = list(doubtful(campaign, {record.id for record in records}))
    counts = {doubt.value: count for doubt, count in count_doubts(found).items()}
    return counts | {UNDER_LIMIT: sum(record.case(0).is_under_limit for record in records)}, found


def _store(campaign: Campaign, seen: Any, changes: dict[str, Any]) -> bool:
    """Whether nobody has stored anything since version ``seen``."""
    where = (Campaign.id == campaign.id) & (Campaign.counts_version == seen)
    changed: int = (
        Campaign.update(counts_version=Campaign.counts_version + 1, **changes).where(where).execute()
    )
    return changed == 1
