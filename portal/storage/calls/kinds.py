"""The institutions of a country as far as it follows from that whom to call first, and no further."""

from collections import defaultdict
from datetime import datetime
from typing import Any

from portal.domain.calls.first import Kind, Place
from portal.domain.submissions import Counts
from portal.storage.calls.reading import who_lost_letters
from portal.storage.campaigns.progress import FLAGS, Flags, alike, alike_of, of_institutions
from portal.storage.tables.bulk import tuples
from portal.storage.tables.campaigns import Campaign, Submission
from portal.storage.tables.institutions import Institution


def kinds_in(campaign: Campaign, *, now: datetime) -> list[Kind]:
    """Every institution that is waited for, in one query. Of what they have in common it is said only once
    how far that is, and of two times only whether there is one."""
    place = Institution
    columns = (
        *(place.code, place.name, place.region, place.region_name, Submission.total + Submission.pending),
        *alike(now),
        Submission.reopened_until,
        Submission.institution.in_(who_lost_letters(campaign)),
    )
    query = of_institutions(columns, [campaign], now=now, region=None).join(Institution)
    found: dict[tuple[Any, ...], list[Place]] = defaultdict(list)
    about = len(Place._fields)
    for row in tuples(query):
        found[row[about:]].append(Place._make(row[:about]))
    return [_kind(key, places, campaign, now=now) for key, places in found.items()]


def _kind(key: tuple[Any, ...], places: list[Place], campaign: Campaign, *, now: datetime) -> Kind:
    flags, (until, lost) = Flags._make(key[:FLAGS]), key[FLAGS:]
    times = (now if flags.is_opened else None, now if flags.is_confirmed else None)
    progress = alike_of(flags, campaign.window, many=len(places), counts=Counts(), times=times, now=now)
    return Kind(progress, until, bool(lost), places)
