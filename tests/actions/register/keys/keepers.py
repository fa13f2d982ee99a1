"""People around a register's keys: as they come in, new ones, and those whose key was swapped."""

from datetime import datetime

from cryptography.hazmat.primitives.asymmetric.x25519 import X25519PrivateKey

from portal.actions.people.invitations import NewAccount, create
from portal.actions.people.logins import log_in
from portal.actions.register.keys.opened import NoKey
from portal.actions.register.keys.session import Session
from portal.domain.people import Director, Role, Staff
from portal.domain.times import today
from portal.storage.people.persons import person_of
from portal.storage.tables.people import User, UserKey
from portal.storage.tables.register import Collection, Grant
from tests.actions.register.unlocked import YEAR, kept, session_of
from tests.cast import NOW, ORIGIN, PASSWORD, SCHOOL, SITE

NEW_DIRECTOR = "petar@example.org"


def come_in(email: str, password: str = PASSWORD, *, now: datetime = NOW) -> Session:
    """The login that the login form makes: it has the register open."""
    return session_of(log_in(email, password, origin=ORIGIN, site=SITE, now=now).token)


def new_director(*, now: datetime = NOW) -> Director:
    """Петър takes Ana's place: her account ends."""
    new = NewAccount(Role.DIRECTOR, NEW_DIRECTOR, "Петър Ненов", SCHOOL)
    return as_person(create(new, PASSWORD, site=SITE, now=now).id, now)


def as_person(user_id: int, now: datetime = NOW) -> Staff:
    return person_of(User.get_by_id(user_id), today(now))


def names_seen(person: Staff, *, now: datetime = NOW) -> list[str] | None:
    """Whom the person finds in the register; none where it does not open for them."""
    try:
        return [row.entry.names if row.entry else "?" for row in kept(person, now=now)]
    except NoKey:
        return None


def collection(year: int = YEAR) -> Collection:
    return Collection.get((Collection.institution == SCHOOL) & (Collection.school_year == year))


def holders() -> set[str]:
    """Names of those who have a grant of Ana's school."""
    rows = Grant.select().join(Collection).where(Collection.institution == SCHOOL)
    return {row.holder.split(":")[0] if row.envelope else row.holder for row in rows}


def swap_key(user_id: int) -> None:
    """As somebody who writes to the database would: their own public key in place of the person's."""
    stranger = X25519PrivateKey.generate().public_key().public_bytes_raw()
    UserKey.update(x25519_public=stranger).where(UserKey.user == user_id).execute()
