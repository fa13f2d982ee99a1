"""Entering a person, and changing what was entered: a new revision, the old ones kept inside."""

import logging
from collections.abc import Callable
from dataclasses import replace
from datetime import datetime

from portal.actions.register.collection import ENTRY, MANIFEST, Register, held
from portal.actions.register.opened import CANNOT_BE_OPENED, Kept, entries_of, is_whole, open_register
from portal.actions.register.reopening import reopen_months
from portal.actions.register.rotation import start
from portal.actions.register.session import Keeper, Session
from portal.actions.site import Site
from portal.crypto.register import manifest, new_id, seal_record
from portal.domain.errors import Conflict, NotFound
from portal.domain.month import Month
from portal.domain.quarantine import Draft, Entry
from portal.domain.quarantine_days import check_no_overlap
from portal.domain.quarantine_revisions import to_bytes, written
from portal.domain.quarantine_rules import check_entry
from portal.domain.times import today
from portal.storage import audit
from portal.storage.db import writing
from portal.storage.register import Collection
from portal.storage.register import Entry as EntryRow

logger = logging.getLogger(__name__)

TAMPERED = (
    "Регистърът не е цял: ред е изтрит, добавен или върнат към стара версия извън портала. "
    "Обадете се на ЦИОО, преди да впишете друго."
)


def enter(person: Keeper, session: Session, drafts: list[Draft], *, site: Site, now: datetime) -> list[str]:
    """Enter one person, or a whole class at once: all of them or none. The new entries' ids."""
    entries = [check_entry(draft, today(now)) for draft in drafts]
    years = sorted({Month.of(entry.placed_on).school_year for entry in entries})
    made: list[str] = []
    with writing():
        for year in years:
            register = open_register(person, session, year, site=site, now=now)
            if register is None:
                register = start(person, year, site=site, now=now)
            these = [entry for entry in entries if Month.of(entry.placed_on).school_year == year]
            made += _add(register, these, now)
    logger.info("%s entries by user %s", len(made), person.user_id)
    return made


def _add(register: Register, entries: list[Entry], now: datetime) -> list[str]:
    register, kept = _held_entries(register)
    before = len(kept)
    for entry in entries:
        check_no_overlap(entry, [row.entry for row in kept if row.entry is not None])
        anew = written(entry, by=register.person.name, at=now)
        row = Kept(new_id(), 1, anew)
        sealed = _sealed(register, row.id, row.revision, anew)
        EntryRow.create(id=row.id, collection=register.collection.id, revision=row.revision, sealed=sealed)
        kept.append(row)
        _tell(register, "register_entered", row.id, [anew], now)
    _seal_manifest(register, kept)
    return [row.id for row in kept[before:]]


def change(
    person: Keeper,
    session: Session,
    entry_id: str,
    make: Callable[[Entry], Draft],
    *,
    seen: int,
    site: Site,
    now: datetime,
) -> None:
    """Store what ``make`` makes of the entry, if it still is as the person saw it (revision ``seen``)."""
    with writing():
        row, register = find(person, session, entry_id, site=site, now=now)
        register, kept = _held_entries(register)
        row = next((other for other in kept if other.id == entry_id), row)
        if row.entry is None:
            raise Conflict(f"{CANNOT_BE_OPENED.capitalize()}. Нищо не е променено.")
        if row.revision != seen:
            raise Conflict("Междувременно друг е променил този запис. Вижте го отново и решете.")
        changed = check_entry(make(row.entry), today(now), school_year=register.collection.school_year)
        check_no_overlap(changed, [o.entry for o in kept if o.entry is not None and o.id != entry_id])
        anew = written(changed, by=person.name, at=now, over=row.entry)
        _replace(register, row, anew, kept)
        _tell(register, "register_changed", entry_id, [row.entry, anew], now)
    logger.info("entry %s changed by user %s", entry_id, person.user_id)


def release(person: Keeper, session: Session, entry_id: str, *, seen: int, site: Site, now: datetime) -> None:
    """Today is the last day of this person's quarantine."""
    change(
        person,
        session,
        entry_id,
        lambda entry: replace(entry, released_on=max(today(now), entry.placed_on)),
        seen=seen,
        site=site,
        now=now,
    )


def find(
    person: Keeper, session: Session, entry_id: str, *, site: Site, now: datetime
) -> tuple[Kept, Register]:
    """One entry of the person's institution, opened; for anyone else there is none."""
    collection = (
        Collection.select()
        .join(EntryRow)
        .where((EntryRow.id == entry_id) & (Collection.institution == person.institution))
        .first()
    )
    if collection is None:
        raise NotFound("Няма такъв запис в регистъра.")
    register = open_register(person, session, collection.school_year, site=site, now=now)
    if register is None:
        raise NotFound("Няма такъв запис в регистъра.")
    row = next((kept for kept in entries_of(register) if kept.id == entry_id), None)
    if row is None:
        raise NotFound("Няма такъв запис в регистъра.")
    return row, register


def _held_entries(register: Register) -> tuple[Register, list[Kept]]:
    """The register as it is now, held until the transaction ends, with all its entries; Conflict if it
    was meddled with."""
    fresh = replace(register, collection=held(register))
    kept = entries_of(fresh)
    if not is_whole(fresh, kept):
        raise Conflict(TAMPERED)
    return fresh, kept


def _replace(register: Register, row: Kept, anew: Entry, kept: list[Kept]) -> None:
    revision = row.revision + 1
    changed = (
        EntryRow.update(revision=revision, sealed=_sealed(register, row.id, revision, anew))
        .where((EntryRow.id == row.id) & (EntryRow.revision == row.revision))
        .execute()
    )
    if changed != 1:
        raise Conflict("Междувременно друг е променил този запис. Вижте го отново и решете.")
    _seal_manifest(register, [Kept(o.id, revision if o.id == row.id else o.revision, None) for o in kept])


def _sealed(register: Register, entry_id: str, revision: int, entry: Entry) -> bytes:
    return seal_record(register.key, to_bytes(entry), register.place(ENTRY, entry_id, revision))


def _seal_manifest(register: Register, kept: list[Kept]) -> None:
    pairs = [(row.id, row.revision) for row in kept]
    sealed = manifest(register.key, register.place(MANIFEST), pairs)
    Collection.update(manifest=sealed).where(Collection.id == register.collection.id).execute()
    register.collection.manifest = sealed


def _tell(register: Register, what: str, entry_id: str, entries: list[Entry], now: datetime) -> None:
    institution = register.collection.institution_id
    audit.add(register.person, what, f"entry:{entry_id}", now, chain=institution)
    reopen_months(register.person, institution, entries, now)
