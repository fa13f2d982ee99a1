"""Entering people in the register: one person, or a whole class at once."""

import logging
from collections import Counter
from datetime import date, datetime
from functools import partial

from portal.actions.register.entries import neighbours, open_year
from portal.actions.register.keys.collection import Register, hold_register
from portal.actions.register.keys.rotation import start
from portal.actions.register.keys.session import Session
from portal.actions.register.sealing import add, held_entries
from portal.actions.site import Site
from portal.crypto.register import new_id
from portal.domain.errors import Conflict, Refusal
from portal.domain.people import Staff
from portal.domain.register.days import check_no_overlap
from portal.domain.register.entry import Draft, Entry, school_year_of
from portal.domain.register.revisions import says_the_same, written
from portal.domain.register.rules import check_entry, register_year
from portal.domain.times import today
from portal.storage.tables.db import writing
from portal.storage.tables.register import Collection

logger = logging.getLogger(__name__)


def enter(person: Staff, session: Session, drafts: list[Draft], *, site: Site, now: datetime) -> list[str]:
    """Enter one person, or a whole class at once: all of them or none. Their entries' ids, in this order.

    Whoever stands there already, word for word, is not entered again: a form sent twice is sent once.
    """
    opened = partial(open_year, person, session, site=site, now=now)
    entries = _checked(drafts, today(now))
    ids: dict[int, str] = {}
    with writing():
        hold_register(person.institution)
        for year in sorted({school_year_of(entry.placed_on) for entry in entries}):
            these = {n: e for n, e in enumerate(entries) if school_year_of(e.placed_on) == year}
            register = opened(year) or _begun(person, year, site=site, now=now)
            ids |= _add(register, these, neighbours(year, these.values(), opened), now=now)
    logger.info("entered by user %s", person.user_id)  # how many is nobody's to know who reads the log
    return [ids[number] for number in range(len(entries))]


def _checked(drafts: list[Draft], day: date) -> list[Entry]:
    """Refusal with all that is wrong: what is so of everybody once, the rest with the person's names."""
    entries: list[Entry] = []
    wrong: list[tuple[Draft, list[Refusal]]] = []
    for draft in drafts:
        try:
            entries.append(check_entry(draft, day, school_year=register_year(draft.placed_on, day)))
        except Refusal as refusal:
            wrong.append((draft, [refusal, *refusal.also]))
    said = Counter(_said(each) for _, every in wrong for each in every)
    common = {said_by_all for said_by_all, count in said.items() if count == len(drafts)}
    shared = [each for each in wrong[0][1] if _said(each) in common] if wrong else []
    own = [_about(draft, each) for draft, every in wrong for each in every if _said(each) not in common]
    Refusal.raise_all([*shared, *own])
    return entries


def _said(refusal: Refusal) -> tuple[str, str | None]:
    return str(refusal), refusal.field


def _about(draft: Draft, refusal: Refusal) -> Refusal:
    """Of several people, about one."""
    return Refusal(f"{draft.names}: {refusal}")


def _begun(person: Staff, year: int, *, site: Site, now: datetime) -> Register:
    """A new collection; Conflict for a year whose register was erased."""
    ours = Collection.select().where(Collection.institution == person.institution)
    if ours.where(Collection.school_year == year).exists():
        raise Conflict("Регистърът за тази учебна година вече е изтрит и в него не се вписва.")
    return start(person, year, site=site, now=now)


def _add(
    register: Register, entries: dict[int, Entry], others: list[Entry], *, now: datetime
) -> dict[int, str]:
    """The ids of ``entries`` by their numbers; Refusal, and nothing stored, if one does not fit in."""
    register, kept = held_entries(register)
    there = {row.id: row.entry for row in kept if row.entry and not row.entry.is_struck_out}
    ids: dict[int, str] = {}
    new: list[str] = []
    wrong: list[Refusal] = []
    for number, entry in entries.items():
        same = next((name for name, other in there.items() if says_the_same(other, entry)), "")
        if not same:
            try:
                check_no_overlap(entry, [*others, *there.values()])
            except Refusal as refusal:
                wrong.append(refusal if len(entries) == 1 else _about(entry, refusal))
            same = new_id()
            there[same] = written(entry, by=register.person.name, at=now)
            new.append(same)
        ids[number] = same
    Refusal.raise_all(wrong)
    add(register, [(name, there[name]) for name in new], kept, now=now)
    return ids
