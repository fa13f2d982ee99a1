"""Accounts as the operator sees them: invited, active or stopped."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from enum import Enum
from heapq import nsmallest
from typing import Any

from peewee import JOIN

from portal.domain.accounts import fold_email, older_spelling
from portal.domain.errors import NotFound
from portal.domain.names import finds, folded, place_order
from portal.domain.people import Role
from portal.storage.tables.bulk import tuples
from portal.storage.tables.db import is_sqlite
from portal.storage.tables.institutions import Institution
from portal.storage.tables.people import User

SHOWN = 50  # of some thousand; the rest is found by searching


class AccountState(Enum):
    INVITED = "invited"
    ACTIVE = "active"
    DISABLED = "disabled"

    @property
    def label(self) -> str:
        return {"invited": "поканен", "active": "активен", "disabled": "спрян"}[self.value]

    @classmethod
    def of(cls, user: User) -> "AccountState":
        if user.disabled_at is not None:
            return cls.DISABLED
        return cls.INVITED if user.activated_at is None else cls.ACTIVE


@dataclass(frozen=True)
class Listed:
    """One line of the list."""

    id: int
    name: str
    email: str
    role: Role
    place: str
    state: AccountState
    invited_at: datetime


@dataclass(frozen=True)
class Found:
    """``people`` are the first of ``total``."""

    people: list[Listed]
    total: int


def find_accounts(words: str = "", role: Role | None = None, state: AccountState | None = None) -> Found:
    """Accounts by place and name. Each of ``words`` stands in the name, the address, or the
    institution's name or code; compared in Python, where all names are compared alike. Of those that are not
    shown no more is read than these."""
    wanted = folded(words).split()
    searched = (User.email, Institution.code) if wanted else ()
    query = User.select(User.id, User.name, Institution.name, *searched).join(Institution, JOIN.LEFT_OUTER)
    if role is not None:
        query = query.where(User.role == role)
    if state is not None:
        query = query.where(_in_state(state))
    found = [
        (_place_key(place), name, number)
        for number, name, place, *more in tuples(query)
        if not wanted or finds(wanted, " ".join((name, place or "", *(word or "" for word in more))))
    ]
    first = _first(found)
    shown = User.select(User, Institution).join(Institution, JOIN.LEFT_OUTER).where(User.id.in_(first))
    by_id, names = {user.id: user for user in shown}, regions()
    return Found([_listed(by_id[number], names) for number in first], len(found))


def _place_key(place: str | None) -> tuple[bool, list[tuple[int, str]]]:
    """The offices come before the institutions."""
    return place is not None, [] if place is None else place_order(place)


def _first(found: list[tuple[Any, str, int]]) -> list[int]:
    """The numbers of those who are shown, by place and name. Names are folded, which is dear, only where the
    place does not decide."""
    places = nsmallest(SHOWN, (place for place, _, _ in found))
    near = ((place, folded(name), number) for place, name, number in found if place <= places[-1])
    return [number for *_, number in nsmallest(SHOWN, near)]


def held(query: Any) -> Any:
    """Accounts, locked until the transaction ends, but not against rows that only name them: whoever
    waits for the account here may hold the audit's chain that such a writer waits for."""
    return query if is_sqlite() else query.for_update("FOR NO KEY UPDATE")


def held_account(user_id: int) -> User:
    """One account, locked as ``held`` does; NotFound if there is none."""
    user: User | None = held(User.select().where(User.id == user_id)).first()
    if user is None:
        raise NotFound("Няма такъв достъп.")
    return user


def account_at(typed: str) -> User | None:
    """The account with this address, however it is spelled. Where two had one address before, the second is
    found by its own spelling alone."""
    for spelling in dict.fromkeys((older_spelling(typed), fold_email(typed))):
        user: User | None = User.get_or_none(User.email == spelling)
        if user is not None:
            return user
    return None


def account(user_id: int) -> User:
    """One account with its institution; NotFound if there is none."""
    user: User | None = (
        User.select(User, Institution)
        .join(Institution, JOIN.LEFT_OUTER)
        .where(User.id == user_id)
        .get_or_none()
    )
    if user is None:
        raise NotFound("Няма такъв достъп.")
    return user


def place_of(user: User, names: dict[int, str]) -> str:
    """Where the person works; ``names`` are those of the regions."""
    if user.institution is not None:
        return f"{user.institution.name} ({user.institution.code})"
    if user.region is None:
        return "ЦИОО"
    return f"РУО {names.get(user.region, f'регион {user.region}')}"


def regions() -> dict[int, str]:
    """Numbers and names of the regions that have institutions."""
    query = Institution.select(Institution.region, Institution.region_name).distinct()
    return {row.region: row.region_name for row in query.order_by(Institution.region)}


def directors_of(institution: str) -> list[User]:
    """Directors' accounts of the institution that are not stopped."""
    return list(
        User.select().where(
            (User.institution == institution) & (User.role == Role.DIRECTOR) & User.disabled_at.is_null()
        )
    )


def accounts_at(addresses: Iterable[str]) -> dict[str, User]:
    """The accounts that are not stopped, by address. ``addresses`` are in their one spelling; who had one of
    them in another spelling before is not found (``account_at``)."""
    query = User.select().where(User.email.in_(list(addresses)) & User.disabled_at.is_null())
    return {user.email: user for user in query}


def directors_at(institutions: Iterable[str]) -> dict[str, list[User]]:
    """Directors' accounts that are not stopped, by institution; those who activated first."""
    query = User.select().where(
        User.institution.in_(list(institutions)) & (User.role == Role.DIRECTOR) & User.disabled_at.is_null()
    )
    found: dict[str, list[User]] = {}
    for user in query.order_by(User.activated_at.is_null(), User.id):
        found.setdefault(str(user.institution_id), []).append(user)
    return found


def _in_state(state: AccountState) -> Any:
    match state:
        case AccountState.DISABLED:
            return User.disabled_at.is_null(False)
        case AccountState.INVITED:
            return User.disabled_at.is_null() & User.activated_at.is_null()
    return User.disabled_at.is_null() & User.activated_at.is_null(False)


def _listed(user: User, names: dict[int, str]) -> Listed:
    return Listed(
        user.id,
        user.name,
        user.email,
        user.role,
        place_of(user, names),
        AccountState.of(user),
        user.invited_at,
    )
