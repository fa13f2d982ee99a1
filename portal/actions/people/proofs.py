"""That it is the person who asks, and not who found the browser open: password and code, typed again."""

from dataclasses import dataclass, field
from datetime import datetime

from portal.actions.keys.factors import count_code, use_code
from portal.actions.keys.marks import check_mark
from portal.actions.keys.passwords import opens, stretched_for
from portal.actions.keys.throttle import Origin, attempting, forgiven
from portal.actions.people.guesses import count_wrong
from portal.actions.site import Site
from portal.domain.accounts import wrong_password
from portal.domain.errors import Conflict, Refusal
from portal.domain.people import Person
from portal.storage.people.accounts import held
from portal.storage.tables.db import writing
from portal.storage.tables.people import User

NO_PASSWORD = "Напишете паролата, с която влизате в портала."  # noqa: S105
WRONG_PASSWORD = "Паролата не е вярна. Нищо не е променено. Напишете я отново."  # noqa: S105
CHANGED_PASSWORD = "Междувременно паролата е сменена другаде. Влезте отново."  # noqa: S105
IS_OFF = "Вторият фактор вече е изключен."


@dataclass(frozen=True)
class Proof:
    password: str = field(repr=False)
    code: str = field(default="", repr=False)


@dataclass(frozen=True)
class Here:
    """The login that asks, by its digest, and the browser it is in."""

    login: bytes = field(repr=False)
    origin: Origin


def proved(person: Person, proof: Proof, origin: Origin, *, site: Site, now: datetime) -> User:
    """The account, if this is its password; tries are counted as at the login."""
    if not proof.password:
        raise Refusal(NO_PASSWORD, field="password")
    user: User = User.get_by_id(person.user_id)
    with attempting(user.email, origin=origin, site=site, now=now) as attempt:
        given = stretched_for(user, proof.password)
    if not opens(user, given, site=site):
        count_wrong(user, site=site, now=now)
        raise wrong_password(WRONG_PASSWORD, proof.password)
    with writing():
        forgiven(attempt)
    check_mark(user, site=site)
    return user


def counted_code(user: User, *, site: Site, now: datetime) -> bytes:
    """The subject of a try that is counted before it is made."""
    if user.factor_at is None:
        raise Conflict(IS_OFF)
    return count_code(user.id, site=site, now=now).subject


def with_code(seen: User, proof: Proof, *, site: Site, now: datetime) -> User:
    """The account, locked, as it was when its password was checked; the code is used. In the caller's
    transaction."""
    user: User = held(User.select().where(User.id == seen.id)).get()
    if not user.is_active or user.login_tag != seen.login_tag:
        raise Conflict(CHANGED_PASSWORD)
    if user.factor_at is None:
        raise Conflict(IS_OFF)
    use_code(user, proof.code, site=site, now=now)
    return user
