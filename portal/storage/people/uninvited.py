"""Who still has to be invited: institutions that nobody directs, and people who did not activate."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any, NamedTuple

from peewee import fn

from portal.domain.names import place_order
from portal.domain.times import today
from portal.storage.people.accounts import directors_at
from portal.storage.tables.bulk import tuples
from portal.storage.tables.institutions import Institution
from portal.storage.tables.people import OneTimeLink, User


class Place(NamedTuple):
    code: str
    name: str
    region: int
    region_name: str
    phone: str
    email: str


@dataclass(frozen=True)
class Undirected:
    """An institution without a director; ``invited`` did not activate yet."""

    institution: Place
    invited: list[User]


def undirected(day: date, region: int | None = None) -> list[Place]:
    """Institutions that are open on this day and have no active director, by region and name."""
    directs = User.select(User.id).where(User.is_director() & (User.institution == Institution.code))
    columns = [getattr(Institution, name) for name in Place._fields]
    query = Institution.select(*columns).where(~Institution.closed_by(day) & ~fn.EXISTS(directs))
    if region is not None:
        query = query.where(Institution.region == region)
    places = [Place._make(row) for row in tuples(query)]
    return sorted(places, key=lambda place: (place.region, place_order(place.name), place.code))


def with_invited(places: Sequence[Place]) -> list[Undirected]:
    """The same with whoever is invited there."""
    invited = directors_at(place.code for place in places)
    return [Undirected(place, invited.get(place.code, [])) for place in places]


def not_activated(*, before: datetime) -> list[User]:
    """Accounts that wait for their owner, could be opened then, and were written to last before this time,
    the longest first."""
    last = fn.MAX(OneTimeLink.made_at)
    return list(
        User.select(User, Institution, last.alias("written_at"))
        .left_outer_join(Institution)
        .switch(User)
        .join(OneTimeLink, on=(OneTimeLink.user == User.id))
        .where(User.activated_at.is_null() & User.disabled_at.is_null() & _may_begin(today(before)))
        .group_by(User.id, Institution.code)
        .having(last < before)
        .order_by(last, User.id)
    )


def _may_begin(day: date) -> Any:
    return User.starts_on.is_null() | (User.starts_on <= day)
