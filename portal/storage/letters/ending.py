"""Authorisations that end by themselves, and who was told."""

from datetime import date, datetime
from typing import Any

from portal.domain.letters.kinds import Occasion
from portal.storage.tables.bulk import tuples
from portal.storage.tables.letters import OutboxMessage
from portal.storage.tables.people import Delegation, User


def ending_by(first: date, last: date) -> list[Delegation]:
    """Those in force whose last day is from ``first`` to ``last``, with whose they are."""
    return list(_standing().where(Delegation.until.between(first, last)))


def ended_by(first: date, before: date) -> list[Delegation]:
    """Those that nobody revoked whose last day was from ``first`` on, and before the other."""
    return list(_standing().where((Delegation.until >= first) & (Delegation.until < before)))


def told_of(occasion: Occasion, *, since: datetime) -> set[str]:
    """The things that letters of this kind were put down about."""
    rows = OutboxMessage.select(OutboxMessage.occasion).where(
        (OutboxMessage.kind == occasion.value) & (OutboxMessage.made_at > since)
    )
    return {key.removeprefix(f"{occasion.value}/").rpartition("/")[0] for (key,) in tuples(rows)}


def _standing() -> Any:
    active = User.activated_at.is_null(False) & User.disabled_at.is_null()
    return (
        Delegation.select(Delegation, User)
        .join(User, on=Delegation.user)
        .where(Delegation.revoked_at.is_null() & active)
        .order_by(Delegation.id)
    )
