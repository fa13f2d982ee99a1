"""Who still has to be invited: institutions that nobody directs, and people who did not activate."""

from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from peewee import fn

from portal.domain.names import by_number
from portal.domain.times import today
from portal.storage.people.accounts import directors_at
from portal.storage.tables.institutions import Institution
from portal.storage.tables.people import OneTimeLink, User


@dataclass(frozen=True)
class Undirected:
    """An institution without a director; ``invited`` did not activate yet."""

    institution: Institution
    invited: list[User]


def undirected(day: date, region: int | None = None) -> list[Undirected]:
    """Institutions that are open on this day and have no active director, by region and name."""
    query = Institution.select().where(
        ~Institution.closed_by(day) & Institution.code.not_in(User.places_with_director())
    )
    if region is not None:
        query = query.where(Institution.region == region)
    places = sorted(query, key=lambda place: (place.region, by_number(place.name), place.code))
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
