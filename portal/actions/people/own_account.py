"""What people do with their own account: change the password, or ask for a new one."""

import logging
from dataclasses import dataclass, field
from datetime import datetime, timedelta

from portal.actions.keys.passwords import opens, rewrap_keys, set_password, stretched_anew, stretched_for
from portal.actions.keys.throttle import Origin, attempting, count_request, forgiven
from portal.actions.letters.links import RENEW, was_just_asked
from portal.actions.letters.outbox import enqueue
from portal.actions.people.accounts import post_reset
from portal.actions.people.guesses import count_wrong
from portal.actions.people.logins import chain_of
from portal.actions.site import Site
from portal.domain.accounts import wrong_password
from portal.domain.errors import Conflict, check_all
from portal.domain.keys.passwords import Owner, check_password, check_repeated
from portal.domain.people import Person
from portal.mail.messages import password_changed
from portal.storage.people.accounts import account_at, held
from portal.storage.people.logins import end_logins
from portal.storage.tables import audit
from portal.storage.tables.db import writing
from portal.storage.tables.people import OneTimeLink, User

logger = logging.getLogger(__name__)

CHANGED_KEYS = (
    "Ключовете ви в базата данни не са онези, които порталът е създал за вас. Нищо не е променено. "
    "Обадете се на ЦИОО."
)
LETTERS_IN_AN_HOUR = 3  # to one mailbox, whoever asks for them


@dataclass(frozen=True)
class PasswordChange:
    """What is typed for it: the password of now, and twice the new one."""

    current: str = field(repr=False)
    password: str = field(repr=False)
    again: str = field(repr=False)


def change_password(
    person: Person,
    typed: PasswordChange,
    *,
    login: bytes,
    origin: Origin,
    site: Site,
    now: datetime,
) -> int:
    """The same keys under a new password. Every login but this one (its digest) ends; how many did."""
    owner = Owner(person.email, person.name, person.place_label)
    check_all(
        lambda: check_password(typed.password, owner),
        lambda: check_repeated(typed.password, typed.again),
    )
    user: User = User.get_by_id(person.user_id)
    with attempting(user.email, origin=origin, site=site, now=now) as attempt:
        given = stretched_for(user, typed.current)
    if not opens(user, given, site=site):
        count_wrong(user, site=site, now=now)
        sentence = "Сегашната парола не е вярна. Нищо не е променено."
        raise wrong_password(sentence, typed.current, field="current")
    chosen = stretched_anew(typed.password)
    with writing():
        user = _unchanged(user)
        forgiven(attempt)
        if not rewrap_keys(user, given, chosen, site=site):
            raise Conflict(CHANGED_KEYS)
        set_password(user, chosen, site=site)
        ended = end_logins(user.id, but=login)
        audit.add(person, "password_changed", f"user:{user.id}", now=now, chain=chain_of(user))
        enqueue(password_changed(user.email, at=now), "password_changed", user=user, site=site, now=now)
    logger.info("user %s changed the password", user.id)
    return ended


def forgot(email: str, *, origin: Origin, site: Site, now: datetime) -> None:
    """A letter with an address for a new password, if there is such an account; the asker is told nothing."""
    with writing():
        count_request("forgotten", origin=origin, site=site, now=now)
        found = account_at(email)
        if found is None:
            return
        user: User = held(User.select().where(User.id == found.id)).get()
        if not user.is_active or _is_enough(user, now=now):
            return
        post_reset(user, site=site, now=now)
        audit.add(None, "reset_requested", f"user:{user.id}", now=now, chain=chain_of(user))


def _is_enough(user: User, *, now: datetime) -> bool:
    return was_just_asked(user, RENEW, now=now) or _letters(user, now=now) >= LETTERS_IN_AN_HOUR


def _letters(user: User, *, now: datetime) -> int:
    lately = OneTimeLink.made_at > now - timedelta(hours=1)
    count: int = (
        OneTimeLink.select()
        .where((OneTimeLink.user == user) & (OneTimeLink.purpose == RENEW) & lately)
        .count()
    )
    return count


def _unchanged(seen: User) -> User:
    """The account, locked, if its password is still the one that was checked."""
    user: User = held(User.select().where(User.id == seen.id)).get()
    if not user.is_active or user.login_tag != seen.login_tag:
        raise Conflict("Междувременно паролата е сменена другаде. Влезте отново.")
    return user
