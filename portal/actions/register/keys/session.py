"""The person's private key while they use the register: kept ten minutes, sealed with the login's cookie."""

import logging
from dataclasses import dataclass, field
from datetime import datetime, timedelta

from portal.actions.keys.passwords import opens, receiving_key, stretched_for
from portal.actions.keys.throttle import Origin, attempting, forgiven
from portal.actions.site import Site
from portal.crypto.errors import CannotOpen
from portal.crypto.tokens import new_token, token_digest, unwrap_for_session, wrap_for_session
from portal.domain.accounts import wrong_password
from portal.domain.errors import Conflict, Objection
from portal.domain.people import Staff
from portal.storage.people.logins import KEY_KEPT
from portal.storage.tables.db import writing
from portal.storage.tables.people import Login, User

logger = logging.getLogger(__name__)

NOTED_EVERY = timedelta(seconds=20)  # how exact the ten minutes are: not every request writes


class Locked(Objection):
    """Ten minutes have passed: the person's password opens the register again."""


@dataclass(frozen=True)
class Session:
    """A login as the register sees it. ``token`` is the cookie: without it the row opens nothing."""

    login: Login
    token: str = field(repr=False)


def private_key(session: Session, *, now: datetime, is_use: bool = True) -> bytes:
    """The person's X25519 key; Locked when the register was not used for ten minutes. Begins the ten
    minutes anew, unless it is another page that only shows what is open anyway."""
    login = session.login
    if login.wrapped_x25519 is None or login.unlocked_at is None or login.unlocked_at <= now - KEY_KEPT:
        raise Locked("Регистърът е заключен. Въведете паролата си, за да го отворите.")
    try:
        private = unwrap_for_session(session.token, bytes(login.wrapped_x25519), bytes(login.digest))
    except CannotOpen:
        raise Locked("Регистърът е заключен. Въведете паролата си, за да го отворите.") from None
    if is_use and now - login.unlocked_at > NOTED_EVERY:
        Login.update(unlocked_at=now).where(Login.digest == login.digest).execute()
        login.unlocked_at = now
    return private


def is_unlocked(session: Session, *, now: datetime) -> bool:
    login = session.login
    return (
        login.wrapped_x25519 is not None
        and login.unlocked_at is not None
        and login.unlocked_at > now - KEY_KEPT
    )


def open_until(session: Session) -> datetime | None:
    """When the register locks itself, if nobody uses it before."""
    unlocked_at: datetime | None = session.login.unlocked_at
    return None if unlocked_at is None else unlocked_at + KEY_KEPT


def unlock(
    person: Staff, session: Session, password: str, *, origin: Origin, site: Site, now: datetime
) -> None:
    """Step up: the password again, for ten more minutes of names; the session has the key from then on."""
    user: User = User.get_by_id(person.user_id)
    with attempting(user.email, origin=origin, site=site, now=now) as attempt:
        given = stretched_for(user, password)
    if not opens(user, given, site=site):
        raise wrong_password("Паролата не е вярна. Въведете я отново.", password)
    private = receiving_key(user, given, site=site)
    if private is None:
        raise Conflict("Ключът на вашия достъп не се отваря. Обърнете се към ЦИОО.")
    digest = bytes(session.login.digest)
    with writing():
        forgiven(attempt)
        wrapped = wrap_for_session(session.token, private, digest)
        changed = (
            Login.update(wrapped_x25519=wrapped, unlocked_at=now)
            .where((Login.digest == digest) & (Login.user == user))
            .execute()
        )
        if changed != 1:
            raise Conflict("Междувременно влизането ви е прекратено. Влезте отново в портала.")
    session.login.wrapped_x25519, session.login.unlocked_at = wrapped, now
    logger.info("user %s unlocked the register", user.id)


def opened_with(person: Staff, password: str, *, site: Site, now: datetime) -> Session | None:
    """The register open in no login of anybody, for what is done at once and without a browser; none if this
    is not the password."""
    user: User = User.get_by_id(person.user_id)
    private = receiving_key(user, stretched_for(user, password), site=site)
    if private is None:
        return None
    token = new_token()
    digest = token_digest(token)
    wrapped = wrap_for_session(token, private, digest)
    return Session(Login(digest=digest, user=user, wrapped_x25519=wrapped, unlocked_at=now), token)


def lock(session: Session) -> None:
    """Forget the key at once."""
    Login.update(wrapped_x25519=None, unlocked_at=None).where(Login.digest == session.login.digest).execute()
