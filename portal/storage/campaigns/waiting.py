"""The records on which nobody in their institution can decide: it is closed, or nobody directs it.

They wait for the operator, beside those that were sent back (``portal/storage/lists/returned.py``).
"""

from collections import Counter, defaultdict
from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any, NamedTuple

from peewee import JOIN, SQL, Case, fn

from portal.domain.decisions import Decision
from portal.domain.errors import NotFound, holds
from portal.domain.month import Month
from portal.domain.names import folded
from portal.domain.operating import check_waits
from portal.domain.submissions import Lock
from portal.domain.times import today
from portal.storage.people.accounts import directors_at
from portal.storage.tables.bulk import tuples
from portal.storage.tables.campaigns import Campaign, Record, Submission
from portal.storage.tables.institutions import Institution
from portal.storage.tables.people import User


@dataclass(frozen=True)
class Waiting:
    """How many records of one institution wait. It is closed, or nobody directs it, though somebody may be
    invited to (``is_invited``); or else they came while it was closed, and its list is signed. ``heir`` is
    who is offered them."""

    institution: Institution
    records: int
    is_closed: bool
    has_director: bool
    is_invited: bool
    heir: Institution | None


class Waits(NamedTuple):
    """Records of one month that wait: ``undirected`` where the institution is there and nobody directs it,
    ``others`` where it is closed, or was and its list is signed."""

    others: int = 0
    undirected: int = 0


def count_waits(campaigns: Sequence[Campaign], *, now: datetime) -> dict[int, Waits]:
    """By campaign, how many there are of what ``waiting_in`` tells by institution. Two questions, however
    many months and institutions."""
    day, counts = today(now), defaultdict[int, Counter[bool]](Counter)
    by = (~Institution.closed_by(day)).alias("by")
    listed = _on_lists(campaigns, day, Submission.campaign, by, fn.SUM(_listed(day)))
    by = (~Institution.closed_by(day) & Institution.code.in_(_left_alone(day))).alias("by")
    off = _on_no_list(campaigns, Record.campaign, by, fn.COUNT(Record.id)).join(Institution)
    for query in (listed, off):
        for campaign, undirected, records in tuples(query.group_by(SQL("1"), SQL("2"))):
            counts[campaign][bool(undirected)] += int(records)
    return {one.id: Waits(counts[one.id][False], counts[one.id][True]) for one in campaigns}


@dataclass(frozen=True)
class Queue:
    """Where records wait, the institutions that are shown, and in how many how many wait; ``has_open``: some
    of them are not closed."""

    groups: list[Waiting]
    institutions: int
    records: int
    has_open: bool


def waiting_in(campaign: Campaign, *, now: datetime) -> list[Waiting]:
    """By institution: the closed first, and in each part where most records wait."""
    return queue(campaign, now=now).groups


def queue(campaign: Campaign, *, start: int = 0, most: int | None = None, now: datetime) -> Queue:
    """The same, ``most`` of them from ``start`` on: of the others no more is read than how many wait."""
    day = today(now)
    listed = _on_lists([campaign], day, Submission.institution, _listed(day))
    off = _on_no_list([campaign], Record.institution, fn.COUNT(Record.id)).group_by(Record.institution)
    counts = Counter(dict(tuples(listed))) + Counter(dict(tuples(off)))
    is_closed = Institution.select(Institution.code).where(Institution.closed_by(day))
    closed = {code for (code,) in tuples(is_closed)}
    order = sorted(counts, key=lambda code: (code not in closed, -counts[code], code))
    if most is not None:
        start = min(start, max(0, len(order) - 1) // most * most)  # beyond the last page is the last
        order = order[start : start + most]
    directors = directors_at(order)
    found = {place.code: place for place in Institution.select().where(Institution.code.in_(order))}
    groups = [_waiting(found[code], counts[code], directors.get(code, []), day) for code in order]
    return Queue(groups, len(counts), counts.total(), any(code not in closed for code in counts))


def waiting_at(campaign: Campaign, code: str, *, now: datetime) -> tuple[Waiting, list[Record]]:
    """One institution's, by name."""
    institution = Institution.get_or_none(Institution.code == code)
    if institution is None:
        raise NotFound(f"Няма институция с код {code}.")
    directors = directors_at([code]).get(code, [])
    has_director = _is_led(directors)
    ours = (Record.campaign == campaign) & (Record.institution == code) & Record.returned_at.is_null()
    query = Record.select(Record, Submission).join(Submission, JOIN.LEFT_OUTER).where(ours)
    records = [
        record
        for record in query
        if holds(check_record, record, institution, has_director=has_director, now=now)
    ]
    by_name = sorted(records, key=lambda record: (folded(record.names), record.id))
    return _waiting(institution, len(records), directors, today(now)), by_name


def check_record(record: Record, institution: Institution, *, has_director: bool, now: datetime) -> None:
    """Raise Conflict unless the record waits for the operator in this institution."""
    check_waits(
        None if record.submission is None else record.submission.lock,
        pending=record.decision is Decision.PENDING,
        is_closed=institution.is_closed(today(now)),
        has_director=has_director,
    )


def somebody_directs(code: str) -> bool:
    """Whether somebody with an activated account directs the institution."""
    return bool(User.select().where(User.is_director() & (User.institution == code)).exists())


def directed_among(codes: Collection[str]) -> set[str]:
    """Those of ``codes`` that somebody directs."""
    return {code for (code,) in tuples(User.places_with_director().where(User.institution.in_(codes)))}


def unsigned_at(code: str) -> list[tuple[Month, int]]:
    """How many records on the institution's lists are not signed, month by month, where АСП still waits."""
    query = (
        Submission.select(Campaign.month, Submission.total)
        .join(Campaign)
        .where((Submission.institution == code) & (Submission.lock == Lock.OPEN) & (Submission.total > 0))
        .where(Campaign.answered_at.is_null())
    )
    return [(month, total) for month, total in tuples(query.order_by(Campaign.month))]


def _on_lists(campaigns: Sequence[Campaign], day: date, *columns: Any) -> Any:
    """From the lists' counters; the same records as by ``check_waits``."""
    unsigned = Submission.campaign.in_(campaigns) & (Submission.lock == Lock.OPEN)
    waits = _listed(day) > 0
    query = Submission.select(*columns).join(Institution).where(unsigned & waits)
    return query.where(Submission.institution.in_(_left_alone(day)))


def _left_alone(day: date) -> Any:
    """The codes of those that are closed or undirected. They are few: found first, they keep the database
    from asking of each list in the country who directs its institution."""
    place = Institution.alias("alone")
    directs = User.select(User.id).where(User.is_director() & (User.institution == place.code))
    return place.select(place.code).where(Institution.closed_by(day, of=place) | ~fn.EXISTS(directs))


def _listed(day: date) -> Any:
    """How many records of one list wait."""
    return Case(None, [(Institution.closed_by(day), Submission.total)], Submission.pending)


def _on_no_list(campaigns: Sequence[Campaign], *columns: Any) -> Any:
    return Record.select(*columns).where(Record.off_lists(*campaigns) & Record.returned_at.is_null())


def _waiting(institution: Institution, records: int, directors: list[User], day: date) -> Waiting:
    """``directors`` are the accounts that are not stopped, activated or invited."""
    is_closed, has_director = institution.is_closed(day), _is_led(directors)
    heir = institution.heir if is_closed else None
    return Waiting(institution, records, is_closed, has_director, bool(directors) and not has_director, heir)


def _is_led(directors: list[User]) -> bool:
    return any(user.activated_at is not None for user in directors)
