"""Who holds the register's key, as far as the tables say without opening anything."""

from dataclasses import dataclass
from datetime import date

from portal.domain.delegations import KeyState
from portal.domain.people import Role, Scope
from portal.storage.people.delegations import standing
from portal.storage.tables.people import User, UserKey
from portal.storage.tables.register import Collection, Envelope, Grant
from portal.storage.tables.remembered import Remembered


@dataclass(frozen=True)
class Keyholder:
    """Somebody who may see names; a delegate only to the end of ``until``."""

    user_id: int
    name: str
    role: Role
    state: KeyState
    until: date | None = None


def _asked_has_register(institution: str) -> bool:
    return bool(Envelope.select().where(Envelope.institution == institution).exists())


# Whether the institution has begun to keep one: nobody is entered before there is an envelope.
has_register = Remembered(_asked_has_register)


def keyholders(institution: str, today: date) -> list[Keyholder]:
    """The director and the delegates whose scopes have the register; the director first."""
    users = User.select().where((User.institution == institution) & User.disabled_at.is_null())
    found = [_keyholder(user, today) for user in users.order_by(User.id)]
    return sorted(
        (holder for holder in found if holder.state is not KeyState.NOT_FOR),
        key=lambda holder: (holder.role is not Role.DIRECTOR, holder.user_id),
    )


def own_key_state(user_id: int, today: date) -> KeyState:
    return key_state(User.get_by_id(user_id), today)


def key_state(user: User, today: date) -> KeyState:
    may, until = may_hold(user, today)
    if not may:
        return KeyState.NOT_FOR
    if user.activated_at is None:
        return KeyState.INVITED
    living = Collection.select().where(
        (Collection.institution == user.institution_id) & Collection.erased_at.is_null()
    )
    rows = list(living)
    if not rows:
        return KeyState.LATER
    return KeyState.HELD if all(_is_held(row, user, until) for row in rows) else KeyState.WAITS


def may_hold(user: User, today: date) -> tuple[bool, date | None]:
    """Whether the account may see names, and until which day."""
    if user.disabled_at is not None or user.role not in (Role.DIRECTOR, Role.DELEGATE):
        return False, None
    if user.role is Role.DIRECTOR:
        return True, None
    row = standing(user)
    if row is None or Scope.REGISTER not in row.scope_set or row.until < today:
        return False, None
    return True, row.until


def _is_held(collection: Collection, user: User, until: date | None) -> bool:
    """By a grant to the person's present key, for the present epoch and to the right day."""
    grant: Grant | None = Grant.get_or_none(
        (Grant.collection == collection) & (Grant.holder == f"user:{user.id}")
    )
    key: UserKey | None = UserKey.get_or_none((UserKey.user == user) & UserKey.retired_at.is_null())
    return (
        grant is not None
        and key is not None
        and (grant.key_id, grant.epoch, grant.until) == (key.id, collection.epoch, until)
    )


def _keyholder(user: User, today: date) -> Keyholder:
    return Keyholder(user.id, user.name, user.role, key_state(user, today), may_hold(user, today)[1])
