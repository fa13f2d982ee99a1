"""What would go out as „няма информация“ if the final answer were made now, by region and by institution.

Counted from the lists' counters. What lies on no list has none: those few records are counted where they are
found by being on none.
"""

from collections import Counter
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any, NamedTuple

from peewee import SQL, fn

from portal.domain.campaigns.unsaid import Cause, cause
from portal.domain.names import by_number
from portal.domain.submissions import Lock
from portal.domain.times import today
from portal.storage.campaigns.progress import is_directed
from portal.storage.tables.bulk import tuples
from portal.storage.tables.campaigns import Campaign, Record, Submission
from portal.storage.tables.institutions import Institution

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
    place = Institution
    off_lists = _off_lists(campaign, place.region, fn.MIN(place.region_name), fn.COUNT(Record.id))
    for region, name, records in tuples(off_lists.group_by(place.region)):
        found.setdefault(region, OfRegion(region, name)).records[Cause.OFF] += records
    return sorted(found.values(), key=lambda region: by_number(region.name))


def unsaid_in(campaign: Campaign, region: int | None, *, now: datetime) -> list[Unsaid]:
    """Institution by institution, most records first: all of a region, of the country only some."""
    place = Institution
    columns = (place.code, place.name, place.region_name, place.phone, place.email)
    query = Submission.select(*columns, Submission.total, Submission.pending, *_flags(now)).join(Institution)
    if region is None:
        query = query.where(Submission.id.in_(_most(campaign)))
    else:
        query = query.where(_unsigned(campaign) & (Institution.region == region))
    listed = [Unsaid._make((*row[:7], _cause(*row[7:]))) for row in tuples(query)]
    records = fn.COUNT(Record.id)
    off_lists = _off_lists(campaign, *columns, records).group_by(*columns)
    if region is None:
        off_lists = off_lists.order_by(records.desc(), place.code).limit(MOST)
    else:
        off_lists = off_lists.where(place.region == region)
    off = [Unsaid._make((*row, 0, Cause.OFF)) for row in tuples(off_lists)]
    every = sorted(listed + off, key=lambda one: (-one.records, one.code, one.why is Cause.OFF))
    return every[:MOST] if region is None else every


def _most(campaign: Campaign) -> Any:
    """The lists with most records; of the others nothing more is asked."""
    large = Submission.alias("large")
    query = large.select(large.id).where(_unsigned(campaign, large))
    return query.order_by(large.total.desc(), large.institution).limit(MOST)


def _unsigned(campaign: Campaign, lists: Any = Submission) -> Any:
    return (lists.campaign == campaign) & (lists.lock == Lock.OPEN) & (lists.total > 0)


def _flags(now: datetime) -> tuple[Any, ...]:
    """What the cause rests on, in the order of ``_cause``."""
    return (
        Institution.closed_by(today(now)),
        is_directed(),
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


def _off_lists(campaign: Campaign, *columns: Any) -> Any:
    """Sent back, or waiting where the institution was closed: by the institution where they lie."""
    return Record.select(*columns).join(Institution).where(Record.off_lists(campaign))
