"""Who may hold the register's keys, and sealing a key to one of them."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import date, datetime
from functools import partial

from portal.actions.keys.marks import is_marked, standing_delegation
from portal.actions.site import Site
from portal.crypto.envelope import check_envelope
from portal.crypto.errors import KeyChanged
from portal.crypto.grants import GrantContext, seal_grant
from portal.crypto.keys import check_public
from portal.domain.errors import Conflict
from portal.domain.people import Role, Scope
from portal.storage.tables.people import User, UserKey
from portal.storage.tables.register import Collection, Envelope, Grant

FULL = "full"  # the director's and the envelope's grant; a delegate's is "quarantine", with an end
CHANGED = (
    "Публичният ключ на {whom} не е този, който порталът е записал. Никому не е даден достъп. "
    "Обадете се на ЦИОО и не въвеждайте имена, докато това не се изясни."
)


@dataclass(frozen=True)
class Holder:
    """A public key to which a collection's key may be sealed; checked against the portal's mark."""

    name: str
    public: bytes
    scope: str
    until: date | None = None
    key: UserKey | None = None
    envelope: Envelope | None = None

    def context(self, collection: Collection, epoch: int) -> GrantContext:
        return GrantContext(
            collection.institution_id, collection.id, epoch, self.name, self.scope, self.until
        )


def people_of(institution: str, today: date, *, site: Site) -> list[Holder]:
    """The director and the delegates whose scopes have the register, as far as they have keys yet."""
    users = User.select().where(
        (User.institution == institution) & User.activated_at.is_null(False) & User.disabled_at.is_null()
    )
    found = (holder_of(user, today, site=site) for user in users)
    return [holder for holder in found if holder is not None]


def holder_of(user: User, today: date, *, site: Site) -> Holder | None:
    """The account as a holder; none if it may hold nothing, or was moved here past the portal.
    Conflict if its key was swapped."""
    key = UserKey.get_or_none((UserKey.user == user) & UserKey.retired_at.is_null())
    if key is None or not user.is_active or not is_marked(user, site=site):
        return None
    scope, until = FULL, None
    if user.role is Role.DELEGATE:
        row = standing_delegation(user, site=site)
        if row is None or Scope.REGISTER not in row.scope_set or row.until < today:
            return None
        scope, until = Scope.REGISTER.value, row.until
    elif user.role is not Role.DIRECTOR:
        return None
    _check_person(user, key, site=site)
    return Holder(f"user:{user.id}", bytes(key.x25519_public), scope, until, key=key)


def _check_person(user: User, key: UserKey, *, site: Site) -> None:
    try:
        check_public(
            site.pepper, str(user.id), bytes(key.x25519_public), bytes(key.ed25519_public), bytes(key.mac)
        )
    except KeyChanged:
        raise Conflict(CHANGED.format(whom=user.name)) from None


def envelope_of(institution: str) -> Envelope | None:
    """The institution's envelope in force, if it was made."""
    row: Envelope | None = Envelope.get_or_none(
        (Envelope.institution == institution) & Envelope.retired_at.is_null()
    )
    return row


def envelope_holder(envelope: Envelope, *, site: Site) -> Holder:
    """The envelope as a holder; Conflict if its public key was swapped."""
    public = bytes(envelope.public)
    try:
        check_envelope(site.pepper, str(envelope.institution_id), envelope.id, public, bytes(envelope.mac))
    except KeyChanged:
        raise Conflict(CHANGED.format(whom="плика")) from None
    return Holder(f"envelope:{envelope.id}", public, FULL, envelope=envelope)


def warnings_of(institution: str, today: date, *, site: Site) -> list[str]:
    """A sentence for each public key that is not the one that the portal stored."""
    found: list[str] = []
    for user in User.select().where((User.institution == institution) & User.disabled_at.is_null()):
        found += _sentence(partial(holder_of, user, today, site=site))
    envelope = envelope_of(institution)
    return found if envelope is None else found + _sentence(partial(envelope_holder, envelope, site=site))


def _sentence(check: Callable[[], object]) -> list[str]:
    try:
        check()
    except Conflict as conflict:
        return [str(conflict)]
    return []


def context_of(collection: Collection, grant: Grant) -> GrantContext:
    """What this grant says that it is for."""
    return GrantContext(
        collection.institution_id, collection.id, grant.epoch, grant.holder, grant.scope, grant.until
    )


def give(collection: Collection, key: bytes, holder: Holder, by: int, *, now: datetime) -> Grant:
    """Seal the collection's key to ``holder`` for its present epoch, in place of an earlier grant."""
    Grant.delete().where((Grant.collection == collection) & (Grant.holder == holder.name)).execute()
    return Grant.create(
        collection=collection,
        epoch=collection.epoch,
        holder=holder.name,
        key=holder.key,
        envelope=holder.envelope,
        scope=holder.scope,
        until=holder.until,
        sealed=seal_grant(holder.public, key, holder.context(collection, collection.epoch)),
        made_at=now,
        made_by=by,
    )
