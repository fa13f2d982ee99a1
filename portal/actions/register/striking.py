"""Striking out an entry that was made by mistake. It is a revision like any other: sealed, with the earlier
ones inside, and outside no more than a number (docs/decisions/0012)."""

import logging
from datetime import datetime

from portal.actions.register.entries import AlreadyStored, find
from portal.actions.register.keys.collection import hold_register
from portal.actions.register.keys.opened import CANNOT_BE_OPENED, Kept
from portal.actions.register.keys.session import Session
from portal.actions.register.sealing import CHANGED, held_entries, put
from portal.actions.site import Site
from portal.domain.errors import Conflict
from portal.domain.people import Staff
from portal.domain.register.entry import Entry
from portal.domain.register.revisions import written
from portal.domain.register.striking import check_why, struck_out
from portal.storage.tables.db import writing

logger = logging.getLogger(__name__)


def strike_out(  # six, and the session that opens the entry
    person: Staff, session: Session, entry_id: str, why: str, *, seen: int, site: Site, now: datetime
) -> None:
    """The entry counts no more; if it still is as the person saw it (revision ``seen``). Months that are
    open for confirming and were confirmed with it have to be confirmed again."""
    why = check_why(why)
    with writing():
        hold_register(person.institution)
        row, register = find(person, session, entry_id, site=site, now=now)
        register, kept = held_entries(register)
        entry = _current(row, person, why, seen)
        anew = written(struck_out(entry, why), by=person.name, at=now, over=entry)
        put(register, Kept(row.id, row.revision + 1, anew), entry, kept, now=now)
    logger.info("entry %s changed by user %s", entry_id, person.user_id)


def _current(row: Kept, person: Staff, why: str, seen: int) -> Entry:
    entry = row.entry
    if entry is None:
        raise Conflict(f"{CANNOT_BE_OPENED.capitalize()}. Нищо не е променено.")
    if (entry.struck_out, entry.by, row.revision) == (why, person.name, seen + 1):
        raise AlreadyStored("Записът вече е зачеркнат.")
    if row.revision != seen:
        raise Conflict(CHANGED)
    return entry
