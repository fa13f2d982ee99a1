"""One director after another: what it sets off, inviting the next, and calling it off.

There is neither a gap nor an overlap: the one before works until the next has activated the account, which
cannot be done before the first day, and is stopped in that very transaction (``activation.begin_account``).
Only where the operator says so the access before ends at once.

Source: domain.md, "States": what is signed stays valid, what is unsigned is the new one's, and nobody quietly
becomes a director.
"""

import logging
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, datetime
from functools import partial

from portal.actions.keys.turns import hold_accounts_of
from portal.actions.letters.announcements import delegates_in_force, experts_of
from portal.actions.letters.outbox import enqueue
from portal.actions.people.accounts import DISABLED, By
from portal.actions.people.activation import stop_account
from portal.actions.people.invitations import NewAccount, add_account, check_address, invite_by_letter
from portal.actions.people.logins import chain_of
from portal.actions.site import Site
from portal.domain.accounts import SECOND_CLICK, check_email, check_name
from portal.domain.errors import Conflict, NotFound, check_all
from portal.domain.keys.first_day import check_first_day
from portal.domain.people import Role
from portal.domain.times import today
from portal.mail import succession_messages as letters
from portal.mail.succession_messages import Change
from portal.storage.people.succession import Directed, directed
from portal.storage.tables import audit
from portal.storage.tables.db import writing
from portal.storage.tables.people import User

logger = logging.getLogger(__name__)

INVITED = "director_invited"  # in the audit
TOLD, CALLED_OFF = "director_change", "director_change_off"  # kinds of letters

CHANGED = (
    "Междувременно друг е променил достъпите в тази институция. Нищо не е изпратено: вижте отново какво "
    "следва."
)
BEGUN = "Поканеният вече е активирал достъпа си и е директор. Ако това е грешка, спрете достъпа му."


@dataclass(frozen=True)
class Successor:
    """Who is to direct an institution from ``first_day`` on. ``ends_now``: the access before stops at once,
    though nobody can sign until this one has begun."""

    email: str
    name: str
    first_day: date | None
    ends_now: bool = False


@dataclass(frozen=True)
class Reader:
    """Somebody who is written to, and ``why`` in words; ``user`` is none for the institution's address."""

    to: str
    why: str
    user: User | None = None


@dataclass(frozen=True)
class Foreseen:
    """What a change sets off: whose access it ends and when, and who is written to."""

    wanted: Successor
    found: Directed
    readers: list[Reader]

    @property
    def letters(self) -> int:
        """With the invitation itself, and one to each whose invitation is over."""
        return len(self.readers) + 1 + len(self.found.invited)


def foresee(code: str, wanted: Successor, *, now: datetime) -> Foreseen:
    """What ``change_director`` would do now. Nothing is sent; Refusal for what does not hold."""
    found = directed(code, now=now)
    email, name, first_day = _checked(wanted, found, now=now)
    read = Successor(email, name, first_day, wanted.ends_now)
    return Foreseen(read, found, list(_readers(found, now=now)))


def change_director(
    by: By, code: str, wanted: Successor, *, seen: str | None = None, site: Site, now: datetime
) -> User:
    """Invite the next director, and tell everybody concerned. An invitation that waited is over.

    ``seen`` are the accounts that the person was shown (``Directed.seen``): Conflict if they are others now.
    Pressed twice is once.
    """
    with writing():
        hold_accounts_of(code)
        found = directed(code, now=now)
        email, name, first_day = _checked(wanted, found, now=now)
        if (same := _just_invited(found, email, first_day, now=now)) is not None:
            return same
        if seen is not None and seen != found.seen:
            raise Conflict(CHANGED)
        readers = list(_readers(found, now=now))
        for other in found.invited:
            _take_back(by, other, found, site=site, now=now)
        user = add_account(NewAccount(Role.DIRECTOR, email, name, code), first_day, site=site, now=now)
        audit.add(by, INVITED, _thing(user), now=now, chain=chain_of(user), content=first_day.isoformat())
        invite_by_letter(user, site=site, now=now)
        for former in found.current if wanted.ends_now else ():
            stop_account(former, now=now, by=by, what=DISABLED)
        _tell(readers, _change_of(found, user, ended_at=now if wanted.ends_now else None), site=site, now=now)
    logger.info("user %s invited to direct %s from %s on", user.id, code, first_day)
    return user


def call_off(by: By, code: str, user_id: int, *, site: Site, now: datetime) -> None:
    """The invitation opens nothing any more, and whoever was told of it is told that. Twice is once."""
    with writing():
        hold_accounts_of(code)
        user: User | None = User.get_or_none(
            (User.id == user_id) & (User.institution == code) & (User.role == Role.DIRECTOR)
        )
        if user is None:
            raise NotFound("Няма такава покана за тази институция.")
        if user.activated_at is not None:
            raise Conflict(BEGUN)
        if user.disabled_at is not None:
            return
        found = directed(code, now=now)
        _take_back(by, user, found, site=site, now=now)
        change = _change_of(found, user)
        for reader in _readers(found, now=now):
            letter = letters.change_called_off(reader.to, change)
            enqueue(letter, CALLED_OFF, user=reader.user, opens_nothing=True, site=site, now=now)
    logger.info("the invitation of user %s to direct %s was called off", user_id, code)


def _checked(wanted: Successor, found: Directed, *, now: datetime) -> tuple[str, str, date]:
    """Address, name and first day as they are kept."""
    waiting = [user.id for user in found.invited]
    check_day = partial(check_first_day, wanted.first_day, today(now), ends_now=wanted.ends_now)
    check_all(
        lambda: check_name(wanted.name),
        lambda: check_address(check_email(wanted.email), waiting),
        check_day,
    )
    return check_email(wanted.email), check_name(wanted.name), check_day()


def _just_invited(found: Directed, email: str, first_day: date, *, now: datetime) -> User | None:
    """The second of two clicks invites nobody, and writes no letter that ends the link in the first."""
    lately = (user for user in found.invited if user.invited_at > now - SECOND_CLICK)
    return next((user for user in lately if (user.email, user.starts_on) == (email, first_day)), None)


def _readers(found: Directed, *, now: datetime) -> Iterator[Reader]:
    """Each address once, for the first of the reasons."""
    told: set[str] = set()
    everybody = (
        *(Reader(user.email, "досегашен директор", user) for user in found.current),
        *(Reader(u.email, "упълномощено лице", u) for u in delegates_in_force(found.place, now=now)),
        *([Reader(found.place.email.casefold(), "адресът на институцията")] if found.place.email else ()),
        *(Reader(user.email, "експерт в РУО", user) for user in experts_of(found.place)),
    )
    for reader in everybody:
        if reader.to not in told:
            told.add(reader.to)
            yield reader


def _take_back(by: By, user: User, found: Directed, *, site: Site, now: datetime) -> None:
    stop_account(user, now=now, by=by, what=DISABLED)
    letter = letters.invitation_taken_back(user.email, institution=found.place.name)
    enqueue(letter, CALLED_OFF, user=user, site=site, now=now)


def _change_of(found: Directed, user: User, *, ended_at: datetime | None = None) -> Change:
    former = ", ".join(each.name for each in found.current)
    first_day = user.starts_on or today(user.invited_at)
    return Change(found.place.name, user.name, first_day, former, ended_at if former else None)


def _tell(readers: list[Reader], change: Change, *, site: Site, now: datetime) -> None:
    for reader in readers:
        role = None if reader.user is None else reader.user.role
        if role is Role.DIRECTOR:
            letter = letters.director_leaves(reader.to, change, link=site.address("/quarantine/keys"))
        elif role is Role.DELEGATE:
            letter = letters.delegate_stays(reader.to, change)
        else:
            letter = letters.director_changes(reader.to, change)
        enqueue(letter, TOLD, user=reader.user, opens_nothing=True, site=site, now=now)


def _thing(user: User) -> str:
    return f"user:{user.id}"
