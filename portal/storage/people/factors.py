"""Second factors: how many codes are left, and which removals wait for whom."""

from collections.abc import Iterator

from portal.domain.keys.second_factor import AGREES
from portal.domain.people import Role
from portal.storage.tables.institutions import Institution
from portal.storage.tables.people import User
from portal.storage.tables.second_factor import FactorRemoval, RecoveryCode


def count_recovery_codes(user_id: int) -> int:
    count: int = RecoveryCode.select().where(RecoveryCode.user == user_id).count()
    return count


def removal_of(user: User | int) -> FactorRemoval | None:
    row: FactorRemoval | None = FactorRemoval.get_or_none(FactorRemoval.user == user)
    return row


def removals() -> Iterator[FactorRemoval]:
    """With their accounts and where those work, the oldest first; there are never many."""
    query = FactorRemoval.select(FactorRemoval, User, Institution)
    joined = query.join(User, on=(FactorRemoval.user == User.id)).left_outer_join(Institution)
    yield from joined.where(User.disabled_at.is_null()).order_by(FactorRemoval.asked_at)


def agreeing(user: User, *, but: int | None = None) -> list[User]:
    """Who can agree that this account loses its second factor."""
    role = AGREES[user.role]
    theirs = (User.role == role) & User.activated_at.is_null(False) & User.disabled_at.is_null()
    theirs &= User.id.not_in([user.id] if but is None else [user.id, but])
    if role is Role.RUO and user.institution:
        theirs &= User.region == user.institution.region
    elif role is Role.DIRECTOR:
        theirs &= User.institution == user.institution_id
    return list(User.select().where(theirs).order_by(User.id))
