"""Who is written to about an institution: its director, delegates, or its own mailbox."""

from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime

from portal.domain.letters.kinds import Occasion
from portal.domain.people import Role, Scope
from portal.domain.times import today
from portal.storage.tables.bulk import tuples
from portal.storage.tables.institutions import Institution
from portal.storage.tables.letters import OutboxMessage
from portal.storage.tables.people import Delegation, User


@dataclass(frozen=True)
class Reader:
    """An account that works for ``institution``; without ``user_id``, the institution's own mailbox."""

    email: str
    institution: str | None
    user_id: int | None = None
    scopes: frozenset[Scope] = frozenset(Scope)

    @property
    def mark(self) -> str:
        """By which an occasion tells one reader from another."""
        return f"institution:{self.institution}" if self.user_id is None else f"user:{self.user_id}"


def directors_of(institutions: Collection[str]) -> list[Reader]:
    query = User.select(User.email, User.institution, User.id)
    rows = query.where(User.is_director() & User.institution.in_(institutions)).order_by(User.id)
    return [Reader(*row) for row in tuples(rows)]


def delegates_of(
    institutions: Collection[str], scopes: Collection[Scope] = tuple(Scope), *, now: datetime
) -> list[Reader]:
    """Those whose authorisation is in force and holds one of ``scopes``."""
    query = (
        User.select(User.email, User.institution, User.id, Delegation.scopes)
        .join(Delegation, on=(Delegation.user == User.id))
        .where(
            Delegation.institution.in_(institutions)
            & (User.institution == Delegation.institution)
            & Delegation.revoked_at.is_null()
            & (Delegation.until >= today(now))
            & User.activated_at.is_null(False)
            & User.disabled_at.is_null()
        )
        .order_by(User.id)
    )
    found = [
        Reader(email, institution, user_id, frozenset(Scope(word) for word in given.split(",") if word))
        for email, institution, user_id, given in tuples(query)
    ]
    return [reader for reader in found if reader.scopes & set(scopes)]


def readers_about(occasion: Occasion, institutions: Collection[str], *, now: datetime) -> list[Reader]:
    """The directors, everybody whom they authorised, and the mailboxes that hear of it."""
    staff = directors_of(institutions) + delegates_of(institutions, now=now)
    return staff + mailboxes_of(institutions) if occasion.is_for_mailboxes else staff


def offices_of(role: Role, *, region: int | None = None) -> list[Reader]:
    """Everybody with this role who can log in; of one regional office, if it is given. They work for no
    institution."""
    active = User.activated_at.is_null(False) & User.disabled_at.is_null()
    query = User.select(User.email, User.id).where((User.role == role) & active)
    if region is not None:
        query = query.where(User.region == region)
    return [Reader(email, None, user_id) for email, user_id in tuples(query.order_by(User.id))]


def mailboxes_of(institutions: Collection[str]) -> list[Reader]:
    """The own ones of those that nobody directs, if the file of institutions named one."""
    directed = User.places_with_director().where(User.institution.in_(institutions))
    query = Institution.select(Institution.email, Institution.code).where(
        Institution.code.in_(institutions) & (Institution.email != "") & Institution.code.not_in(directed)
    )
    return [Reader(*row) for row in tuples(query.order_by(Institution.code))]


def invited_at(institution: str) -> datetime | None:
    """When a director of the institution who has not activated the account was last sent an invitation."""
    waits = (User.role == Role.DIRECTOR) & User.activated_at.is_null() & User.disabled_at.is_null()
    letters = (
        OutboxMessage.select(OutboxMessage.made_at)
        .join(User, on=(OutboxMessage.user == User.id))
        .where(waits & (User.institution == institution) & (OutboxMessage.kind == "invitation"))
        .order_by(OutboxMessage.made_at.desc())
    )
    last = letters.first()
    return None if last is None else last.made_at
