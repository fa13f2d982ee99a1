"""How many institutions are how far, counted by the database: of a region or the country, month by month."""

from collections import defaultdict
from collections.abc import Sequence
from datetime import datetime
from itertools import chain
from typing import Any

from peewee import SQL, fn

from portal.domain.names import by_number
from portal.domain.oversight.progress import Alike, Region, Totals
from portal.domain.submissions import Counts, Window
from portal.storage.campaigns.progress import FLAGS, Flags, alike, alike_of, of_institutions
from portal.storage.tables.bulk import tuples
from portal.storage.tables.campaigns import Campaign, Submission
from portal.storage.tables.institutions import Institution
from portal.storage.tables.register import RegisterMonth


def tallies(campaigns: Sequence[Campaign], *, now: datetime, region: int | None = None) -> dict[int, Totals]:
    """By campaign. One query, and as many rows as there are kinds of progress: never one for each
    institution."""
    if not campaigns:
        return {}
    found = _grouped((), campaigns, now=now, region=region)
    return {campaign.id: Totals.of(found.get((campaign.id,), ())) for campaign in campaigns}


def country(campaign: Campaign, *, now: datetime) -> tuple[Totals, list[Region]]:
    """Of one month all, and region by region, by name; in one query."""
    by = (Institution.region, Institution.region_name)
    found = _grouped(by, [campaign], now=now, region=None)
    regions = [Region(number, name, Totals.of(groups)) for (_, number, name), groups in found.items()]
    return Totals.of(chain(*found.values())), sorted(regions, key=lambda region: by_number(region.name))


def _grouped(
    by: Sequence[Any], campaigns: Sequence[Campaign], *, now: datetime, region: int | None
) -> dict[tuple[Any, ...], list[Alike]]:
    """By campaign and these columns of an institution."""
    keys = (Submission.campaign, *by, *alike(now))
    sums = (
        fn.COUNT(Submission.id),
        *(
            fn.SUM(column)
            for column in (
                Submission.total,
                Submission.pending,
                Submission.confirmed,
                Submission.refused,
            )
        ),
        fn.MIN(Submission.first_opened_at),
        fn.MIN(RegisterMonth.confirmed_at),
    )
    query = of_institutions((*keys, *sums), campaigns, now=now, region=region)
    if by:
        query = query.join(Institution)
    # By their places: PostgreSQL takes two expressions with values in them for two.
    rows = tuples(query.group_by(*(SQL(str(place)) for place in range(1, len(keys) + 1))))
    windows = {campaign.id: campaign.window for campaign in campaigns}
    found: dict[tuple[Any, ...], list[Alike]] = defaultdict(list)
    for number, *row in rows:
        found[number, *row[: len(by)]].append(_alike(row[len(by) :], windows[number], now=now))
    return found


def _alike(row: Sequence[Any], window: Window, *, now: datetime) -> Alike:
    flags, (many, *sums, opened, confirmed) = row[:FLAGS], row[FLAGS:]
    counts = Counts(*map(int, sums))
    return alike_of(Flags._make(flags), window, many=many, counts=counts, times=(opened, confirmed), now=now)
