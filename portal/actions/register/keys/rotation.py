"""Starting a collection, and replacing its key so that grants handed out earlier open nothing."""

import logging
from dataclasses import replace
from datetime import datetime

from portal.actions.register.keys.collection import MANIFEST, Register, collection_of, held, hold_register
from portal.actions.register.keys.holders import (
    Holder,
    context_of,
    envelope_holder,
    envelope_of,
    give,
    holder_of,
    people_of,
)
from portal.actions.register.keys.resealing import reseal_entries, reseal_others
from portal.actions.site import Site
from portal.crypto.errors import ManifestBroken
from portal.crypto.grants import is_grant
from portal.crypto.register import (
    check_manifest,
    key_mac,
    manifest,
    new_collection_key,
    new_id,
)
from portal.domain.errors import Conflict
from portal.domain.people import Staff
from portal.domain.register.entry import erase_date
from portal.domain.times import today
from portal.storage.tables import audit
from portal.storage.tables.register import Collection, Grant

logger = logging.getLogger(__name__)

STARTED = "register_started"  # in the audit
BROKEN = b""  # a manifest that no rows have


def start(person: Staff, school_year: int, *, site: Site, now: datetime) -> Register:
    """The collection of a school year, new, with a grant for everyone who may hold it and for the
    envelope. In the caller's transaction. Conflict without an envelope: lost keys would lose the names."""
    hold_register(person.institution)
    envelope = envelope_of(person.institution)
    if envelope is None:
        raise Conflict(
            "Първо направете плика на институцията: без него изгубена парола значи изгубен регистър."
        )
    if collection_of(person.institution, school_year) is not None:
        raise Conflict("Регистърът за тази учебна година току-що беше започнат. Опитайте отново.")
    key = new_collection_key()
    collection = Collection(
        id=new_id(), institution=person.institution, school_year=school_year, made_at=now,
        erase_on=erase_date(school_year), manifest=b"", key_mac=b"",
    )  # fmt: skip
    register = Register(collection, person, key)
    collection.manifest = manifest(key, register.place(MANIFEST), [])
    collection.key_mac = key_mac(site.pepper, key, person.institution, collection.id, collection.epoch)
    collection.save(force_insert=True)
    holders = [
        *people_of(person.institution, today(now), site=site),
        envelope_holder(envelope, site=site),
    ]
    for holder in holders:
        give(collection, key, holder, person.user_id, now=now)
    audit.add(person, STARTED, f"collection:{collection.id}", now=now, chain=person.institution)
    return register


def renew_key(register: Register, *, takes_over: bool = False, site: Site, now: datetime) -> Register:
    """A new key for everything in the collection, and new grants for those who have one and still may. What
    was not whole stays so, unless somebody ``takes_over`` what is there.

    In the caller's transaction, which leaves the old epoch whole if it is killed, or the new one.
    """
    collection = held(register)
    register = replace(register, collection=collection)  # with what was entered since it was opened
    holders = _present_holders(register, site=site, now=now)
    renewed = Register(_next(collection), register.person, new_collection_key())
    pairs = reseal_entries(register, renewed)
    reseal_others(register, renewed)
    fresh = renewed.collection
    fresh.manifest = _manifest(register, renewed, pairs, takes_over=takes_over)
    fresh.key_mac = key_mac(site.pepper, renewed.key, fresh.institution_id, fresh.id, fresh.epoch)
    changed = (
        Collection.update(
            epoch=fresh.epoch, manifest=fresh.manifest, key_mac=fresh.key_mac, rotation_due_at=None
        )
        .where((Collection.id == fresh.id) & (Collection.epoch == register.collection.epoch))
        .execute()
    )
    if changed != 1:
        raise Conflict("Междувременно ключът на регистъра беше подновен. Опитайте отново.")
    Grant.delete().where(Grant.collection == fresh).execute()
    for holder in holders:
        give(fresh, renewed.key, holder, register.person.user_id, now=now)
    audit.add(
        register.person, "register_key_renewed", f"collection:{fresh.id}", now=now, chain=fresh.institution_id
    )
    logger.info("collection %s has epoch %s", fresh.id, fresh.epoch)
    return renewed


def _manifest(old: Register, new: Register, pairs: list[tuple[str, int]], *, takes_over: bool) -> bytes:
    """Over the same rows; what was not whole stays so, or a new key would cover up a deleted row."""
    if takes_over:
        return manifest(new.key, new.place(MANIFEST), pairs)
    try:
        check_manifest(old.key, old.place(MANIFEST), pairs, bytes(old.collection.manifest))
    except ManifestBroken:
        logger.error("collection %s is not whole", old.collection.id)
        return BROKEN
    return manifest(new.key, new.place(MANIFEST), pairs)


def _next(collection: Collection) -> Collection:
    return Collection(
        id=collection.id, institution=collection.institution_id, school_year=collection.school_year,
        epoch=collection.epoch + 1, manifest=b"", key_mac=b"", made_at=collection.made_at,
        erase_on=collection.erase_on,
    )  # fmt: skip


def _present_holders(register: Register, *, site: Site, now: datetime) -> list[Holder]:
    """Those who have a grant and may still hold one. A row that nobody with the key made gives nothing."""
    found = []
    for grant in Grant.select().where(Grant.collection == register.collection.id):
        holder = _holder(grant, site=site, now=now)
        if holder is None:
            continue
        if is_grant(register.key, holder.public, bytes(grant.sealed), context_of(register.collection, grant)):
            found.append(holder)
        else:
            logger.error(
                "grant %s of collection %s was not made by the portal", grant.id, grant.collection_id
            )
    return found


def _holder(grant: Grant, *, site: Site, now: datetime) -> Holder | None:
    if grant.envelope is not None:
        return None if grant.envelope.retired_at else envelope_holder(grant.envelope, site=site)
    if grant.key is None:
        return None
    holder = holder_of(grant.key.user, today(now), site=site)
    return holder if holder and holder.key and holder.key.id == grant.key_id else None
