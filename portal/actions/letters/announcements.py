"""Telling the people who should know that a director's account is new or renewed.

Source: domain.md, "States": the operator creates accounts and must not be able to sign as somebody else
unnoticed.
"""

from collections.abc import Iterable
from datetime import datetime

from portal.actions.letters.outbox import enqueue
from portal.actions.site import Site
from portal.domain.people import Role
from portal.domain.times import today
from portal.mail.messages import News, account_announced
from portal.storage.tables.institutions import Institution
from portal.storage.tables.people import Delegation, User


def announce_director(
    director: User, former: Iterable[User], *, news: News, site: Site, now: datetime
) -> None:
    """Write to the former director, the delegates and РУО; in the caller's transaction."""
    place: Institution = Institution.get_by_id(director.institution_id)
    told = {director.email}
    for reader in (*former, *delegates_in_force(place, now=now), *experts_of(place)):
        if reader.email in told or " " in reader.email:  # a freed address is somebody else's by now
            continue
        told.add(reader.email)
        letter = account_announced(
            reader.email, institution=place.name, person=director.name, at=now, news=news
        )
        enqueue(letter, "account_announced", user=reader, opens_nothing=True, site=site, now=now)


def former_director(director: User) -> list[User]:
    """Whoever directed the institution last before this account, if anybody did."""
    last = (
        User.select()
        .where(
            (User.institution == director.institution_id)
            & (User.role == Role.DIRECTOR)
            & (User.id != director.id)
            & User.activated_at.is_null(False)
            & User.disabled_at.is_null(False)
        )
        .order_by(User.disabled_at.desc(), User.id.desc())
        .first()
    )
    return [] if last is None else [last]


def delegates_in_force(place: Institution | str, *, now: datetime) -> list[User]:
    """Those whose authorisation is in force."""
    return list(
        User.select()
        .join(Delegation, on=(Delegation.user == User.id))
        .where(
            (Delegation.institution == place)
            & Delegation.revoked_at.is_null()
            & (Delegation.until >= today(now))
            & User.disabled_at.is_null()
        )
        .distinct()
        .order_by(User.id)
    )


def experts_of(place: Institution) -> list[User]:
    """Those of the institution's РУО."""
    return list(
        User.select()
        .where(
            (User.role == Role.RUO)
            & (User.region == place.region)
            & User.activated_at.is_null(False)
            & User.disabled_at.is_null()
        )
        .order_by(User.id)
    )
