"""Who still has to be invited: institutions that nobody directs, and people who did not activate."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import NamedTuple

from peewee import fn

from portal.domain.accounts import waits_long
from portal.domain.names import place_order
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


def not_activated() -> list[User]:
    """Accounts that wait for their owner, with when they were last written to, the longest ago first."""
    last = fn.MAX(OneTimeLink.made_at)
    return list(
        User.select(User, Institution, last.alias("written_at"))
        .left_outer_join(Institution)
        .switch(User)
        .join(OneTimeLink, on=(OneTimeLink.user == User.id))
        .where(User.activated_at.is_null() & User.disabled_at.is_null())
        .group_by(User.id, Institution.code)
        .order_by(last, User.id)
    )


def to_remind(waiting: Iterable[User], *, now: datetime) -> list[User]:
    """Of them, who had the time to."""
    return [user for user in waiting if waits_long(written_at(user), user.starts_on, now=now)]


def written_at(user: User) -> datetime:
    """Of an account that ``not_activated`` found."""
    written: datetime = vars(user)["written_at"]
    return written
