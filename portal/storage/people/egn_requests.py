"""The ЕГН of accounts: whether one is kept, and which requests wait for the operator."""

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from peewee import JOIN

from portal.domain.people import Role
from portal.storage.people.accounts import place_of, regions
from portal.storage.tables.institutions import Institution
from portal.storage.tables.people import User
from portal.storage.tables.qualified import EgnRequest

MOST = 200  # those that wait longest


@dataclass(frozen=True)
class OwnEgn:
    """What there is to say of an account's ЕГН: the number itself nobody has."""

    is_kept: bool
    asked_at: datetime | None


@dataclass(frozen=True)
class Asking:
    """Somebody who waits for the operator."""

    user_id: int
    name: str
    role: Role
    place: str
    asked_at: datetime


def own_egn(user_id: int) -> OwnEgn:
    row = request_of(user_id)
    user: User = User.get_by_id(user_id)
    return OwnEgn(user.egn_hash is not None, None if row is None else row.asked_at)


def request_of(user: User | int) -> EgnRequest | None:
    """What the account asked for and nobody has decided."""
    row: EgnRequest | None = EgnRequest.get_or_none(EgnRequest.user == user)
    return row


def count_egn_requests() -> int:
    count: int = _waiting().count()
    return count


def egn_requests() -> list[Asking]:
    """Those that wait, the oldest first."""
    names = regions()
    return [
        Asking(row.user.id, row.user.name, row.user.role, place_of(row.user, names), row.asked_at)
        for row in _waiting().order_by(EgnRequest.asked_at, EgnRequest.user).limit(MOST)
    ]


def _waiting() -> Any:
    return (
        EgnRequest.select(EgnRequest, User, Institution)
        .join(User)
        .join(Institution, JOIN.LEFT_OUTER)
        .where(User.disabled_at.is_null())
    )
