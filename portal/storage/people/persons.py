"""Turning an account's row into a person of the right type, as of today."""

from datetime import date

from portal.domain.people import Delegate, Director, Operator, Person, Role, Ruo
from portal.storage.tables.institutions import Institution
from portal.storage.tables.people import Delegation, User
from portal.storage.tables.remembered import Remembered


def person_of(user: User, today: date) -> Person:
    """The person; a delegate has the scopes that are in force ``today`` (Sofia), or none."""
    return person_with(user, _latest(user) if user.role is Role.DELEGATE else None, today)


def person_with(user: User, delegation: Delegation | None, today: date) -> Person:
    """The same, where the latest delegation that was not revoked is at hand."""
    match user.role:
        case Role.OPERATOR:
            return Operator(user.id, user.name, user.email)
        case Role.RUO:
            assert user.region is not None
            return Ruo(user.id, user.name, user.email, user.region, region_name(user.region))
        case Role.DIRECTOR:
            place = user.institution
            assert place is not None
            return Director(user.id, user.name, user.email, place.code, place.name)
    return _delegate(user, delegation, today)


def _delegate(user: User, last: Delegation | None, today: date) -> Delegate:
    place = user.institution
    assert place is not None
    if last is None:
        return Delegate(user.id, user.name, user.email, place.code, place.name)
    scopes = last.scope_set if today <= last.until else frozenset()
    return Delegate(
        user.id, user.name, user.email, place.code, place.name, last.order_number, last.until, scopes
    )


def _latest(user: User) -> Delegation | None:
    found: Delegation | None = (
        Delegation.select()
        .where((Delegation.user == user) & Delegation.revoked_at.is_null())
        .order_by(Delegation.id.desc())
        .first()
    )
    return found


def _asked_region_name(region: int) -> str:
    found = Institution.select(Institution.region_name).where(Institution.region == region).first()
    return found.region_name if found else f"регион {region}"


region_name = Remembered(_asked_region_name)
"""What the institutions' file calls the region; its number where it names none."""
