"""An open register: a collection, and the key that this person's grant gave access to."""

from dataclasses import dataclass
from datetime import datetime

from portal.actions.register.keys.collection import ENTRY, MANIFEST, Register, Renewed, collection_of
from portal.actions.register.keys.overdue import renewed_if_due
from portal.actions.register.keys.session import Session, private_key
from portal.actions.site import Site
from portal.crypto.errors import CannotOpen, ManifestBroken
from portal.crypto.grants import GrantContext, open_grant
from portal.crypto.register import check_key, check_manifest, open_record
from portal.domain.errors import Objection
from portal.domain.people import Staff
from portal.domain.register.entry import Entry
from portal.domain.register.revisions import Unreadable, from_bytes
from portal.domain.times import today
from portal.storage.tables.register import Collection, Grant
from portal.storage.tables.register import Entry as EntryRow

CANNOT_BE_OPENED = "записът не може да бъде отворен"


class NoKey(Objection):
    """The person has no grant: after a reset of the password, or as a new director."""


@dataclass(frozen=True)
class Kept:
    """A row of the register: its entry, or none where it cannot be opened."""

    id: str
    revision: int
    entry: Entry | None


def open_register(
    person: Staff, session: Session, school_year: int, *, is_use: bool = True, site: Site, now: datetime
) -> Register | None:
    """The register of one school year, or none if nothing was entered in it yet; under a new key, if
    somebody lost access meanwhile.

    Locked asks for the password, NoKey for somebody who can give the key again.
    """
    private = private_key(session, now=now, is_use=is_use)
    collection = collection_of(person.institution, school_year)
    if collection is None:
        return None
    register = opened(collection, person, private, site=site, now=now)
    if not is_use:
        return register
    try:
        return renewed_if_due(register, site=site, now=now)
    except Renewed:
        return opened(Collection.get_by_id(collection.id), person, private, site=site, now=now)


def opened(collection: Collection, person: Staff, private: bytes, *, site: Site, now: datetime) -> Register:
    """``collection`` by the person's own grant."""
    holder = f"user:{person.user_id}"
    grant = Grant.get_or_none((Grant.collection == collection) & (Grant.holder == holder))
    if grant is None or (grant.until is not None and grant.until < today(now)):
        raise NoKey("Регистърът е заключен за вас: още никой не ви е дал ключа му.")
    return Register(collection, person, key_of(collection, grant, private, site=site))


def key_of(collection: Collection, grant: Grant, private: bytes, *, site: Site) -> bytes:
    """The collection's key out of one grant; NoKey if it does not open, or is not the portal's."""
    context = GrantContext(
        collection.institution_id, collection.id, grant.epoch, grant.holder, grant.scope, grant.until
    )
    try:
        key = open_grant(private, bytes(grant.sealed), context)
        check_key(
            site.pepper,
            key,
            collection.institution_id,
            collection.id,
            collection.epoch,
            bytes(collection.key_mac),
        )
    except CannotOpen:
        raise NoKey(
            "Ключът на регистъра не се отваря с вашия достъп. Нужен е пликът или друг упълномощен."
        ) from None
    return key


def entries_of(register: Register, only: str = "") -> list[Kept]:
    """Every row, or ``only`` this one, opened one by one: one that fails takes no other with it."""
    rows = EntryRow.select().where(EntryRow.collection == register.collection.id)
    if only:
        rows = rows.where(EntryRow.id == only)
    return [Kept(row.id, row.revision, _entry(register, row)) for row in rows]


def _entry(register: Register, row: EntryRow) -> Entry | None:
    try:
        place = register.place(ENTRY, row.id, row.revision)
        return from_bytes(open_record(register.key, bytes(row.sealed), place))
    except (CannotOpen, Unreadable):
        return None


def is_whole(register: Register, kept: list[Kept]) -> bool:
    """Whether the manifest knows exactly these rows: none deleted, added or rolled back by hand."""
    try:
        check_manifest(
            register.key,
            register.place(MANIFEST),
            [(row.id, row.revision) for row in kept],
            bytes(register.collection.manifest),
        )
    except ManifestBroken:
        return False
    return True
