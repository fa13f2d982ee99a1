"""Opening an account by its one-time address, for the first time or with a new password."""

import logging
from dataclasses import dataclass, field
from datetime import datetime

from portal.actions.keys.marks import check_mark
from portal.actions.keys.passwords import Stretched, make_keys, set_password, stretched_anew
from portal.actions.keys.throttle import Origin
from portal.actions.keys.turns import hold_accounts_of
from portal.actions.letters.announcements import announce_director, former_director
from portal.actions.letters.campaign_letters import tell_new_director
from portal.actions.letters.links import ACTIVATE, end_links, find_link, use_link
from portal.actions.letters.outbox import enqueue
from portal.actions.people.egn import drop_request, need_of, set_at_activation
from portal.actions.people.logins import Asked, Entered, chain_of, enter
from portal.actions.register.keys.overdue import mark_due
from portal.actions.site import Site
from portal.domain.accounts import check_name
from portal.domain.errors import check_all
from portal.domain.identifiers import IdType
from portal.domain.keys.passwords import Owner, check_password, check_repeated
from portal.domain.people import Person, Role
from portal.domain.signing.egn import EgnNeed, check_needed_egn
from portal.domain.times import today
from portal.mail.messages import News, password_changed
from portal.storage.people.accounts import held
from portal.storage.people.logins import end_logins
from portal.storage.tables import audit
from portal.storage.tables.db import writing
from portal.storage.tables.people import Device, User

logger = logging.getLogger(__name__)

REPLACED = "director_ended"  # in the audit
NOWHERE = Origin()


@dataclass(frozen=True)
class Activation:
    """What is typed to open an account. ``name`` replaces the e-mail address of somebody who was invited
    without a name; ``egn``, or a ЛНЧ by its ``kind``, is asked for where signatures by КЕП
    count."""

    password: str = field(repr=False)
    again: str = field(repr=False)
    name: str | None = None
    egn: str = field(default="", repr=False)
    kind: IdType = IdType.EGN


def open_account(
    token: str, typed: Activation, *, origin: Origin = NOWHERE, site: Site, now: datetime
) -> Entered | Asked:
    """Take the chosen password, make both key pairs, and log in, or ask for the code.

    Refusal for a password that will not do, Conflict for an address that was used or is over.
    """
    link = find_link(token, site=site, now=now)
    is_first = link.purpose == ACTIVATE
    chosen_name = (typed.name or "") if is_first and is_nameless(link.user) else link.user.name
    need = need_of(link.user, today(now), site=site) if is_first else EgnNeed.NONE
    owner = owner_of(link.user, chosen_name)
    check_all(
        lambda: check_name(chosen_name),
        lambda: check_password(typed.password, owner),
        lambda: check_repeated(typed.password, typed.again),
        lambda: check_needed_egn(typed.egn, need, typed.kind),
    )
    chosen = stretched_anew(typed.password)
    with writing():
        hold_accounts_of(link.user.institution_id)
        user = use_link(link, now=now)
        check_mark(user, site=site)
        if is_first:
            begin_account(user, chosen, name=check_name(chosen_name), site=site, now=now)
            if number := check_needed_egn(typed.egn, need, typed.kind):
                set_at_activation(user, number, by=user.id, site=site, now=now)
        else:
            _renew_account(user, chosen, site=site, now=now)
        entered = enter(user, chosen, origin=origin, is_opening=True, site=site, now=now)
    logger.info("user %s %s", user.id, "activated" if is_first else "renewed")
    return entered


def begin_account(
    user: User,
    chosen: Stretched,
    *,
    name: str,
    by: Person | int | None = None,
    site: Site,
    now: datetime,
) -> None:
    """Make the account work; a new director's ends the one before. In the caller's transaction."""
    others = _other_directors(user)
    for other in others:
        mark_due(other.institution_id, other.id, now=now)
    user.name, user.activated_at = name, now
    user.save(only=[User.name, User.activated_at])
    set_password(user, chosen, site=site)
    make_keys(user, chosen, site=site, now=now)
    audit.add(by or user.id, "account_activated", f"user:{user.id}", now=now, chain=chain_of(user))
    if user.role is Role.DIRECTOR:
        for other in others:
            stop_account(other, now=now, by=user.id, what=REPLACED)
        former = [other for other in others if other.activated_at is not None] or former_director(user)
        announce_director(user, former, news=News.NEW, site=site, now=now)
        tell_new_director(user, now=now)


def stop_account(user: User, *, now: datetime, by: Person | int | None, what: str) -> None:
    """The account ends at once: its logins, links and known browsers with it. What it could open of the
    register gets a new key. In the caller's transaction."""
    mark_due(user.institution_id, user.id, now=now)
    user.disabled_at = now
    user.save(only=[User.disabled_at])
    end_logins(user.id)
    end_links(user, now=now)
    Device.delete().where(Device.user == user).execute()
    drop_request(user, now=now, by=by)
    audit.add(by, what, f"user:{user.id}", now=now, chain=chain_of(user))


def is_nameless(user: User) -> bool:
    """Whether the invitation named only an address."""
    return bool(user.name == user.email)


def owner_of(user: User, name: str) -> Owner:
    """Whose password is chosen, and where that person works."""
    place = user.institution
    return Owner(user.email, name, "" if place is None else place.name)


def _renew_account(user: User, chosen: Stretched, *, site: Site, now: datetime) -> None:
    """A password from a letter: it proves the mailbox, not the person, so the keys are new as well, and
    open nothing of the register."""
    mark_due(user.institution_id, user.id, now=now)
    set_password(user, chosen, site=site)
    make_keys(user, chosen, site=site, now=now)
    end_logins(user.id)
    Device.delete().where(Device.user == user).execute()
    audit.add(user.id, "account_reset", f"user:{user.id}", now=now, chain=chain_of(user))
    enqueue(password_changed(user.email, at=now), "password_changed", user=user, site=site, now=now)
    if user.role is Role.DIRECTOR:
        announce_director(user, former_director(user), news=News.RENEWED, site=site, now=now)


def _other_directors(user: User) -> list[User]:
    """If this is a director's account, every other of the institution that is not stopped, invited ones
    too; locked before anything is written, as each may be logging in."""
    if user.role is not Role.DIRECTOR:
        return []
    theirs = (User.institution == user.institution_id) & (User.role == Role.DIRECTOR)
    query = User.select().where(theirs & (User.id != user.id) & User.disabled_at.is_null())
    return list(held(query.order_by(User.id)))
