"""What would go out as „няма информация“ if the final answer were made now, by region and by institution.

Counted from the lists' counters. What lies on no list has none: those few records are counted where they are
found by being on none.
"""

from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any, NamedTuple

from peewee import SQL, fn

from portal.domain.campaigns.unsaid import Cause, cause
from portal.domain.names import by_number
from portal.domain.submissions import Lock
from portal.domain.times import today
from portal.storage.tables.bulk import tuples
from portal.storage.tables.campaigns import Campaign, Record, Submission
from portal.storage.tables.institutions import Institution
from portal.storage.tables.people import User

MOST = 50  # institutions that the page of the country names: those with most records


class Unsaid(NamedTuple):
    """Of one institution: ``records`` for which nothing would be said, ``pending`` of them undecided."""

    code: str
    name: str
    region_name: str
    phone: str
    email: str
    records: int
    pending: int
    why: Cause


@dataclass
class OfRegion:
    """Records by cause, and how many lists they lie on."""

    number: int
    name: str
    lists: int = 0
    records: Counter[Cause] = field(default_factory=Counter)


def unsaid_by_region(campaign: Campaign, *, now: datetime) -> list[OfRegion]:
    """The regions in which anything would go out unsaid, by name."""
    flags = _flags(now)
    query = (
        Submission.select(
            Institution.region,
            *flags,
            fn.MIN(Institution.region_name),
            fn.COUNT(Submission.id),
            fn.SUM(Submission.total),
        )
        .join(Institution)
        .where(_unsigned(campaign))
        .group_by(*(SQL(str(place)) for place in range(1, len(flags) + 2)))
    )
    found: dict[int, OfRegion] = {}
    for region, closed, account, opened, pending, decided, name, lists, records in tuples(query):
        one = found.setdefault(region, OfRegion(region, name))
        one.lists += lists
        one.records[_cause(closed, account, opened, pending, decided)] += int(records)
    for place, records in _off_lists(campaign):
        one = found.setdefault(place.region, OfRegion(place.region, place.region_name))
        one.records[Cause.OFF] += records
    return sorted(found.values(), key=lambda region: by_number(region.name))


def unsaid_in(campaign: Campaign, region: int | None, *, now: datetime) -> list[Unsaid]:
    """Institution by institution, most records first: all of a region, of the country only some."""
    place = Institution
    columns = (place.code, place.name, place.region_name, place.phone, place.email)
    query = (
        Submission.select(*columns, Submission.total, Submission.pending, *_flags(now))
        .join(Institution)
        .where(_unsigned(campaign))
        .order_by(Submission.total.desc(), Institution.code)
    )
    query = query.limit(MOST) if region is None else query.where(Institution.region == region)
    listed = [Unsaid._make((*row[:7], _cause(*row[7:]))) for row in tuples(query)]
    off = [
        Unsaid(place.code, place.name, place.region_name, place.phone, place.email, records, 0, Cause.OFF)
        for place, records in _off_lists(campaign)
        if region is None or place.region == region
    ]
    every = sorted(listed + off, key=lambda one: (-one.records, one.code, one.why is Cause.OFF))
    return every[:MOST] if region is None else every


def _unsigned(campaign: Campaign) -> Any:
    return (Submission.campaign == campaign) & (Submission.lock == Lock.OPEN) & (Submission.total > 0)


def _flags(now: datetime) -> tuple[Any, ...]:
    """What the cause rests on, in the order of ``_cause``."""
    return (
        Institution.closed_by(today(now)),
        Institution.code.in_(User.places_with_director()),
        Submission.first_opened_at.is_null(False),
        Submission.pending > 0,
        (Submission.confirmed + Submission.refused) > 0,
    )


def _cause(closed: Any, account: Any, opened: Any, pending: Any, decided: Any) -> Cause:
    return cause(
        is_closed=bool(closed),
        has_account=bool(account),
        opened=bool(opened),
        pending=bool(pending),
        decided=bool(decided),
    )


def _off_lists(campaign: Campaign) -> Iterable[tuple[Institution, int]]:
    """Sent back, or waiting where the institution was closed: by the institution where they lie."""
    query = Record.select(Record.institution, fn.COUNT(Record.id)).where(Record.off_lists(campaign))
    query = query.group_by(Record.institution)
    counts = dict(tuples(query))
    if not counts:
        return []
    places = Institution.select().where(Institution.code.in_(list(counts))).order_by(Institution.code)
    return [(place, counts[place.code]) for place in places]
