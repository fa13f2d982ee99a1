"""One entry of the register: finding it and changing it. Earlier revisions stay inside the new one."""

import logging
from collections.abc import Callable, Iterable
from contextlib import suppress
from dataclasses import replace
from datetime import date, datetime, timedelta
from functools import partial

from portal.actions.register.keys.collection import Register, hold_register
from portal.actions.register.keys.opened import CANNOT_BE_OPENED, Kept, NoKey, entries_of, open_register
from portal.actions.register.keys.session import Session
from portal.actions.register.sealing import CHANGED, held_entries, put
from portal.actions.site import Site
from portal.domain.errors import Conflict, NotFound, Refusal
from portal.domain.people import Staff
from portal.domain.register.days import check_no_overlap, period
from portal.domain.register.entry import Draft, Entry, school_year_span
from portal.domain.register.revisions import revisions, says_the_same, written
from portal.domain.register.rules import check_entry
from portal.domain.register.striking import check_stands, counted
from portal.domain.times import today
from portal.storage.tables.db import writing
from portal.storage.tables.register import Collection
from portal.storage.tables.register import Entry as EntryRow

logger = logging.getLogger(__name__)

NO_ENTRY = "Няма такъв запис в регистъра."
BOUNDARY = timedelta(days=180)  # no quarantine that began before the school year reaches further into it

OpenYear = Callable[[int], Register | None]


class AlreadyStored(Conflict):
    """The same change stands there already: a retry after a lost response."""


def change(  # six, and the session that opens the entry
    person: Staff,
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
        hold_register(person.institution)
        row, register = find(person, session, entry_id, site=site, now=now)
        register, kept = held_entries(register)
        year = register.collection.school_year

        def made_of(entry: Entry) -> Entry:
            return check_entry(make(entry), today(now), school_year=year)

        _check_current(row, made_of, person, seen)
        assert row.entry is not None
        changed = made_of(row.entry)
        if says_the_same(changed, row.entry):
            return
        others = counted(other.entry for other in kept if other.id != entry_id)
        others += neighbours(year, [changed], partial(open_year, person, session, site=site, now=now))
        check_no_overlap(changed, others)
        anew = written(changed, by=person.name, at=now, over=row.entry)
        put(register, Kept(row.id, row.revision + 1, anew), row.entry, kept, now=now)
    logger.info("entry %s changed by user %s", entry_id, person.user_id)


def release(  # six, and the session that opens the entry
    person: Staff,
    session: Session,
    entry_id: str,
    on: date | None = None,
    *,
    seen: int,
    site: Site,
    now: datetime,
) -> None:
    """``on``, or today, is the last day of this person's quarantine."""
    change(
        person,
        session,
        entry_id,
        lambda entry: replace(entry, released_on=on or today(now)),
        seen=seen,
        site=site,
        now=now,
    )


def find(
    person: Staff, session: Session, entry_id: str, *, site: Site, now: datetime
) -> tuple[Kept, Register]:
    """One entry of the person's institution, opened; for anyone else there is none."""
    row = (
        EntryRow.select(EntryRow, Collection)
        .join(Collection)
        .where((EntryRow.id == entry_id) & (Collection.institution == person.institution))
        .first()
    )
    if row is None:
        raise NotFound(NO_ENTRY)
    register = open_year(person, session, row.collection.school_year, site=site, now=now)
    kept = entries_of(register, entry_id) if register is not None else []
    if register is None or not kept:
        raise NotFound(NO_ENTRY)
    return kept[0], register


def open_year(person: Staff, session: Session, year: int, *, site: Site, now: datetime) -> Register | None:
    return open_register(person, session, year, site=site, now=now)


def neighbours(year: int, entries: Iterable[Entry], opened: OpenYear) -> list[Entry]:
    """What stands in the school years before and after, where one of ``entries`` may meet it: a quarantine
    may begin in one and end in the other. A year that the person cannot open is passed over."""
    first, last = school_year_span(year)
    near = set()
    for entry in entries:
        near |= {year - 1} if entry.placed_on < first + BOUNDARY else set()
        near |= {year + 1} if period(entry).last > last else set()
    found: list[Entry] = []
    for other in near:
        with suppress(NoKey):
            register = opened(other)
            found += counted(row.entry for row in entries_of(register)) if register else []
    return found


def _check_current(row: Kept, made_of: Callable[[Entry], Entry], person: Staff, seen: int) -> None:
    """Raise Conflict unless the entry opens and stands, and ``seen`` is its revision."""
    if row.entry is None:
        raise Conflict(f"{CANNOT_BE_OPENED.capitalize()}. Нищо не е променено.")
    check_stands(row.entry)
    if row.revision == seen:
        return
    if row.revision == seen + 1 and row.entry.by == person.name:
        before, last = revisions(row.entry)[-2:]
        with suppress(Refusal):
            if says_the_same(made_of(before), last):
                raise AlreadyStored("Промяната ви вече е записана.")
    raise Conflict(CHANGED)
