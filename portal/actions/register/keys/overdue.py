"""Key renewals that are still due: access was lost while nobody had the register open to renew its key."""

import logging
from datetime import date, datetime

from portal.actions.register.keys.collection import Register, Renewed, collections_of, hold_register
from portal.actions.register.keys.rotation import renew_key
from portal.actions.site import Site
from portal.domain.errors import Conflict
from portal.domain.people import Director
from portal.domain.times import today
from portal.storage.tables.db import writing
from portal.storage.tables.register import Collection, Grant

logger = logging.getLogger(__name__)


def mark_due(institution: str | None, user_id: int, *, now: datetime) -> None:
    """What this account holds a key of gets a new one when the director next opens it. In the caller's
    transaction, before it writes to the audit."""
    if institution is None:
        return
    hold_register(institution)
    theirs = Grant.select(Grant.collection).where(Grant.holder == f"user:{user_id}")
    Collection.update(rotation_due_at=now).where(
        (Collection.institution == institution)
        & Collection.id.in_(theirs)
        & Collection.erased_at.is_null()
        & Collection.rotation_due_at.is_null()
    ).execute()


def is_due(collection: Collection, day: date) -> bool:
    """Whether somebody lost access, or somebody's last day has passed, since the key was made."""
    if collection.rotation_due_at is not None:
        return True
    return bool(Grant.select().where((Grant.collection == collection) & (Grant.until < day)).exists())


def renewed_if_due(register: Register, *, site: Site, now: datetime) -> Register:
    """The register under a new key, if one is due and this is the director; else as it is. Renewed if
    somebody else was faster.

    A swapped public key keeps the old one in place: the director is told of it where keys are given, and
    until then loses no page.
    """
    if not isinstance(register.person, Director) or not is_due(register.collection, today(now)):
        return register
    try:
        with writing():
            return renew_key(register, site=site, now=now)
    except Renewed:
        raise
    except Conflict:
        logger.error("collection %s was not renewed: a public key was changed", register.collection.id)
        return register


def renew_or_mark(register: Register, *, site: Site, now: datetime) -> bool:
    """Renew now, or leave it due where a swapped public key is in the way; whether it was renewed. In the
    caller's transaction: whoever loses access loses it in any case."""
    try:
        with writing():
            renew_key(register, site=site, now=now)
    except Conflict:
        leave_due(register.collection, now=now)
        return False
    return True


def leave_due(collection: Collection, *, now: datetime) -> None:
    Collection.update(rotation_due_at=now).where(Collection.id == collection.id).execute()


def due_years(institution: str, day: date) -> list[int]:
    """School years whose register still waits for its new key."""
    return [row.school_year for row in collections_of(institution) if is_due(row, day)]
