"""One institution's authorisations."""

from dataclasses import dataclass
from datetime import date
from typing import Any

from portal.domain.errors import NotFound
from portal.domain.people import Director, Scope
from portal.storage.tables.people import Delegation, User


@dataclass(frozen=True)
class Given:
    """One authorisation and who has it; ``is_activated`` when the delegate has opened the account."""

    row: Delegation
    name: str
    email: str
    is_activated: bool
    today: date

    @property
    def scopes(self) -> list[Scope]:
        return [scope for scope in Scope if scope in self.row.scope_set]

    @property
    def is_revoked(self) -> bool:
        return self.row.revoked_at is not None

    @property
    def is_in_force(self) -> bool:
        return not self.is_revoked and self.today <= self.row.until


def standing(user: User | int) -> Delegation | None:
    """The one that was neither revoked nor replaced; in force until its last day."""
    row: Delegation | None = (
        Delegation.select()
        .where((Delegation.user == user) & Delegation.revoked_at.is_null())
        .order_by(Delegation.id.desc())
        .first()
    )
    return row


def given_by(director: Director, today: date) -> list[Given]:
    """Every authorisation of the director's institution, the newest first."""
    query = _of(director).order_by(Delegation.revoked_at.is_null().desc(), Delegation.id.desc())
    return [_given(row, today) for row in query]


def find_given(director: Director, delegation_id: int, today: date) -> Given:
    """One of them; for anyone else there is none."""
    row = _of(director).where(Delegation.id == delegation_id).first()
    if row is None:
        raise NotFound("Няма такова упълномощаване.")
    return _given(row, today)


def _of(director: Director) -> Any:
    return (
        Delegation.select(Delegation, User)
        .join(User, on=Delegation.user)
        .where(Delegation.institution == director.institution)
    )


def _given(row: Delegation, today: date) -> Given:
    return Given(row, row.user.name, row.user.email, row.user.activated_at is not None, today)
