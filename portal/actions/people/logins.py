"""Logging in and out. Where there is a second factor, ``login_steps`` asks for it after the password."""

import logging
from dataclasses import dataclass, field
from datetime import datetime

from portal.actions.keys.factors import is_trusted
from portal.actions.keys.marks import added, check_mark
from portal.actions.keys.passwords import (
    Stretched,
    opens,
    receiving_key,
    rewrap_keys,
    set_password,
    stretched_anew,
    stretched_for,
)
from portal.actions.keys.throttle import Origin, attempting, forgiven
from portal.actions.letters.access_news import tell_of_browser
from portal.actions.people.factor_removals import remove_if_due
from portal.actions.people.guesses import count_wrong, settle_guesses
from portal.actions.site import Site
from portal.crypto.errors import MalformedToken
from portal.crypto.tokens import new_token, token_digest, wrap_for_session
from portal.domain.accounts import fold_email, wrong_password
from portal.domain.errors import Refusal
from portal.domain.people import Person
from portal.storage.people.accounts import account_at, held
from portal.storage.people.logins import (
    end_logins,
    forget_keys,
    forget_stale,
    forget_steps,
    has_logged_in,
    remember_device,
)
from portal.storage.tables import audit
from portal.storage.tables.db import writing
from portal.storage.tables.people import Device, Login, User
from portal.storage.tables.second_factor import LoginStep

logger = logging.getLogger(__name__)

WRONG = (
    "Адресът или паролата не са верни. Проверете ги и опитайте отново. "
    "Ако сте забравили паролата, поискайте нова от „Забравена парола“."
)


@dataclass(frozen=True)
class Entered:
    """A new login. ``token`` goes into the login's cookie, ``device`` into the browser's."""

    user_id: int
    token: str = field(repr=False)
    device: str = field(repr=False)


@dataclass(frozen=True)
class Asked:
    """The password was right, and the code is asked for. ``token`` goes into a cookie of its own, and is half
    of what the next step needs; the device's is not known yet to be the account's."""

    token: str = field(repr=False)


def log_in(email: str, password: str, *, origin: Origin, site: Site, now: datetime) -> Entered | Asked:
    """A login for the right password, or the question for a code; one sentence, after the same time, for
    everything else. Conflict for an account that was changed past the portal."""
    with attempting(fold_email(email), origin=origin, site=site, now=now) as attempt:
        user = account_at(email)
        given = stretched_for(user, password)
    if user is None or not user.is_active or not opens(user, given, site=site):
        count_wrong(user, site=site, now=now)
        raise wrong_password(WRONG, password)
    check_mark(user, site=site)
    raised = stretched_anew(password) if given.needs_raise else None
    with writing():
        user = _still(user)
        if raised is not None and rewrap_keys(user, given, raised, site=site):
            set_password(user, raised, site=site)
            given = raised
        forgiven(attempt)
        entered = enter(user, given, origin=origin, site=site, now=now)
    settle_guesses(now=now)
    logger.info("user %s %s", user.id, "logged in" if isinstance(entered, Entered) else "is asked for a code")
    return entered


def enter(
    user: User, stretched: Stretched, *, origin: Origin, is_opening: bool = False, site: Site, now: datetime
) -> Entered | Asked:
    """Begin a login, or ask for the code, in the caller's transaction: the password, or an address in a
    letter, is not enough for who has a second factor, unless a code was given in this browser lately. Who
    ``is_opening`` the account with such an address is not told of a new browser: other letters tell."""
    private = receiving_key(user, stretched, site=site)
    if user.factor_at is not None:
        remove_if_due(user, site=site, now=now)
    if user.factor_at is None or is_trusted(user, origin.device, site=site, now=now):
        return begin_login(user, private, origin=origin, is_opening=is_opening, site=site, now=now)
    forget_steps(now)
    token = new_token()
    digest = token_digest(token)
    wrapped = None if private is None else wrap_for_session(token, private, digest)
    added(LoginStep(digest=digest, user=user, made_at=now, wrapped_x25519=wrapped), site=site)
    return Asked(token)


def begin_login(
    user: User, private: bytes | None, *, origin: Origin, is_opening: bool = False, site: Site, now: datetime
) -> Entered:
    """Its id is new, whatever the browser had before. ``private`` opens what was sealed for the person. The
    account's owner is told of a browser that it was never used in, but for the first ever. In the caller's
    transaction."""
    forget_stale(now)
    forget_keys(now)
    token, device = new_token(), _kept_device(origin.device)
    digest = token_digest(token)
    login = Login(
        digest=digest,
        user=user,
        made_at=now,
        seen_at=now,
        browser=origin.browser,
        wrapped_x25519=None if private is None else wrap_for_session(token, private, digest),
        unlocked_at=None if private is None else now,
    )
    added(login, site=site)
    is_new = remember_device(token_digest(device), user.id, now=now)
    if is_new and not is_opening and has_logged_in(user.id):
        tell_of_browser(user, digest, site=site, now=now)
    audit.add(user.id, "logged_in", f"user:{user.id}", now=now, chain=chain_of(user))
    return Entered(user.id, token, device)


def log_out(digest: bytes) -> None:
    """Twice is once."""
    with writing():
        Login.delete().where(Login.digest == digest).execute()


def log_out_elsewhere(person: Person, digest: bytes, *, now: datetime) -> int:
    """End the person's logins in all other browsers; how many there were."""
    with writing():
        ended = end_logins(person.user_id, but=digest)
        if ended:
            user = User.get_by_id(person.user_id)
            audit.add(person, "logins_ended", f"user:{user.id}", now=now, chain=chain_of(user))
    return ended


def end_login(person: Person, digest: bytes, *, now: datetime) -> bool:
    """End one of the person's logins; whether there was one. Twice is once."""
    with writing():
        theirs = (Login.digest == digest) & (Login.user == person.user_id)
        ended = bool(Login.delete().where(theirs).execute())
        if ended:
            user = User.get_by_id(person.user_id)
            audit.add(person, "login_ended", f"user:{user.id}", now=now, chain=chain_of(user))
    return ended


def chain_of(user: User) -> str:
    """Where the account's affairs are written down: its director reads them; the rest is national."""
    return user.institution_id or audit.NATIONAL


def _still(seen: User) -> User:
    """The account, locked, if it is as it was when its password was checked."""
    user: User | None = held(User.select().where(User.id == seen.id)).first()
    if user is None or not user.is_active or user.login_tag != seen.login_tag:
        raise Refusal(WRONG, field="password")
    return user


def _kept_device(token: str) -> str:
    """The browser's own mark, if it is one of ours; else a new one."""
    try:
        known = Device.select().where(Device.digest == token_digest(token)).exists()
    except MalformedToken:
        known = False
    return token if known else new_token()
