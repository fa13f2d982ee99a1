"""Storing the rows of an open register: each sealed for its place, and all listed in the manifest."""

from collections.abc import Iterable
from dataclasses import replace
from datetime import datetime

from portal.actions.register.keys.collection import ENTRY, MANIFEST, Register, held
from portal.actions.register.keys.opened import Kept, entries_of, is_whole
from portal.actions.register.reopening import reopen_months
from portal.crypto.register import manifest, seal_record
from portal.domain.errors import Conflict
from portal.domain.register.entry import Entry
from portal.domain.register.revisions import to_bytes
from portal.storage.tables import audit
from portal.storage.tables.register import Collection
from portal.storage.tables.register import Entry as EntryRow

TAMPERED = (
    "Регистърът не е цял: ред е изтрит, добавен или върнат към стара версия извън портала. "
    "Обадете се на ЦИОО, преди да впишете друго."
)
CHANGED = "Междувременно друг е променил този запис. Вижте го, както е сега, и решете отново."


def held_entries(register: Register) -> tuple[Register, list[Kept]]:
    """The register as it is now, held until the transaction ends, with all its entries; Conflict if it
    was meddled with."""
    fresh = replace(register, collection=held(register))
    kept = entries_of(fresh)
    if not is_whole(fresh, kept):
        raise Conflict(TAMPERED)
    return fresh, kept


def add(register: Register, new: Iterable[tuple[str, Entry]], kept: list[Kept], *, now: datetime) -> None:
    """Store entries with their ids beside those that are ``kept`` already."""
    rows = [Kept(name, 1, entry) for name, entry in new]
    for row in rows:
        EntryRow.create(
            id=row.id, collection=register.collection.id, revision=1, sealed=_sealed(register, row)
        )
    _seal_manifest(register, [*kept, *rows])
    _tell(register, "register_entered", rows, [row.entry for row in rows if row.entry], now=now)


def put(register: Register, anew: Kept, before: Entry, kept: list[Kept], *, now: datetime) -> None:
    """Store the next revision of an entry."""
    changed = (
        EntryRow.update(revision=anew.revision, sealed=_sealed(register, anew))
        .where((EntryRow.id == anew.id) & (EntryRow.revision == anew.revision - 1))
        .execute()
    )
    if changed != 1:
        raise Conflict(CHANGED)
    _seal_manifest(register, [anew if row.id == anew.id else row for row in kept])
    _tell(register, "register_changed", [anew], [before, *([anew.entry] if anew.entry else [])], now=now)


def _sealed(register: Register, row: Kept) -> bytes:
    assert row.entry is not None
    return seal_record(register.key, to_bytes(row.entry), register.place(ENTRY, row.id, row.revision))


def _seal_manifest(register: Register, kept: list[Kept]) -> None:
    sealed = manifest(register.key, register.place(MANIFEST), [(row.id, row.revision) for row in kept])
    Collection.update(manifest=sealed).where(Collection.id == register.collection.id).execute()


def _tell(register: Register, what: str, rows: list[Kept], touched: list[Entry], *, now: datetime) -> None:
    institution = register.collection.institution_id
    for row in rows:
        audit.add(register.person, what, f"entry:{row.id}", now=now, chain=institution)
    reopen_months(register.person, institution, touched, now=now)
