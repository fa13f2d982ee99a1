"""One month of the register: reading it, and confirming it or saying that there was nobody."""

import logging
from collections.abc import Callable
from dataclasses import dataclass, replace
from datetime import datetime

from portal.actions.register.collection import SNAPSHOT, Register, held
from portal.actions.register.entries import TAMPERED
from portal.actions.register.opened import entries_of, is_whole, open_register
from portal.actions.register.session import Keeper, Session
from portal.actions.site import Site
from portal.crypto.errors import CannotOpen
from portal.crypto.register import open_record, seal_record
from portal.domain.errors import Conflict
from portal.domain.month import Month
from portal.domain.people import Scope, check_scope
from portal.domain.quarantine import Entry
from portal.domain.quarantine_month import (
    MonthList,
    check_may_confirm,
    check_may_say_nobody,
    month_list,
)
from portal.domain.quarantine_snapshot import Snapshot, fingerprint, from_bytes, to_bytes
from portal.domain.submissions import check_open
from portal.storage import audit
from portal.storage.campaigns import Submission
from portal.storage.db import writing
from portal.storage.institutions import Institution
from portal.storage.register import RegisterMonth
from portal.storage.register_months import register_month
from portal.storage.school_days import SchoolDays, school_days_of

logger = logging.getLogger(__name__)

CHANGED = "Междувременно регистърът за месеца е променен. Вижте го, както е сега, и потвърдете отново."
UNREADABLE = (
    "Запис в регистъра не може да бъде отворен, затова не може да се каже, че няма лица. "
    "Обадете се на ЦИОО; ако знаете кого е бил, впишете го отново и потвърдете списъка."
)


@dataclass(frozen=True)
class OpenMonth:
    """The register of one month, open. ``registers`` are those that can reach into it: of its school
    year, and of the one before."""

    month: Month
    found: MonthList
    days: SchoolDays
    registers: tuple[Register, ...]
    unreadable: int = 0
    is_whole: bool = True

    @property
    def seen(self) -> str:
        return fingerprint(self.found)


def read_month(
    person: Keeper, session: Session, month: Month, *, site: Site, now: datetime, is_use: bool = True
) -> OpenMonth:
    """Locked or NoKey if it cannot be opened. A period may have begun in the school year before."""
    registers = []
    for year in (month.school_year, month.school_year - 1):
        register = open_register(person, session, year, site=site, now=now, is_use=is_use)
        if register is not None:
            registers.append(register)
    return _read(person.institution, month, tuple(registers))


def _read(institution: str, month: Month, registers: tuple[Register, ...]) -> OpenMonth:
    entries: list[Entry] = []
    unreadable, whole = 0, True
    for register in registers:
        kept = entries_of(register)
        whole = whole and is_whole(register, kept)
        opened = [row.entry for row in kept if row.entry is not None]
        unreadable += len(kept) - len(opened)
        entries += opened
    days = school_days_of(institution, month)
    place: Institution = Institution.get_by_id(institution)
    found = month_list(entries, month, place.type, days.dates)
    return OpenMonth(month, found, days, registers, unreadable, whole)


def confirm_month(
    person: Keeper, session: Session, month: Month, *, seen: str = "", site: Site, now: datetime
) -> RegisterMonth:
    """„Потвърждавам“ the month's list, if it still is as the person saw it (``seen``, where it was sent)."""
    return _close(person, session, month, check_may_confirm, seen, site, now)


def say_nobody(person: Keeper, session: Session, month: Month, *, site: Site, now: datetime) -> RegisterMonth:
    """„Няма лица“. With no register begun there is no key to seal a snapshot with, and none is kept:
    the missing collection says the same."""
    return _close(person, session, month, check_may_say_nobody, "", site, now)


def _close(
    person: Keeper,
    session: Session,
    month: Month,
    check: Callable[[MonthList], None],
    seen: str,
    site: Site,
    now: datetime,
) -> RegisterMonth:
    check_scope(person, Scope.QUARANTINE)
    check_scope(person, Scope.SIGN)
    with writing():
        submission = Submission.held(person.institution, month)
        check_open(submission.window, now)
        opened = _held(read_month(person, session, month, site=site, now=now), person.institution)
        _check_sound(opened)
        check(opened.found)
        if seen and seen != opened.seen:
            raise Conflict(CHANGED)
        row = register_month(submission)
        if not _stands(row, opened):
            row = _store(row, opened, person, now)
    logger.info("register of %s confirmed by user %s", month, person.user_id)
    return row


def _held(opened: OpenMonth, institution: str) -> OpenMonth:
    """The same as it is now, with nobody entering anything until the transaction ends."""
    registers = tuple(replace(register, collection=held(register)) for register in opened.registers)
    return _read(institution, opened.month, registers)


def _check_sound(opened: OpenMonth) -> None:
    if not opened.is_whole:
        raise Conflict(TAMPERED)
    if opened.unreadable and opened.found.is_empty:
        raise Conflict(UNREADABLE)


def _stands(row: RegisterMonth, opened: OpenMonth) -> bool:
    """Whether the very same is confirmed already: said twice it is said once."""
    if row.confirmed_at is None:
        return False
    if row.snapshot is None:
        return not opened.registers
    kept = snapshot_of(row, opened)
    return kept is not None and kept.found == opened.found


def snapshot_of(row: RegisterMonth | None, opened: OpenMonth) -> Snapshot | None:
    """What was confirmed last, if it can be opened."""
    if row is None or row.snapshot is None:
        return None
    for register in opened.registers:
        if register.collection.id == row.collection_id:
            try:
                place = register.place(SNAPSHOT, str(row.id), row.revision)
                return from_bytes(open_record(register.key, bytes(row.snapshot), place))
            except CannotOpen:
                return None
    return None


def _store(row: RegisterMonth, opened: OpenMonth, person: Keeper, now: datetime) -> RegisterMonth:
    revision = row.revision + 1
    collection, sealed = None, None
    if opened.registers:
        register = opened.registers[0]
        content = to_bytes(Snapshot(opened.found, person.name, now), opened.month, person.institution)
        collection = register.collection
        sealed = seal_record(register.key, content, register.place(SNAPSHOT, str(row.id), revision))
    RegisterMonth.update(
        confirmed_at=now,
        confirmed_by=person.user_id,
        collection=collection,
        revision=revision,
        snapshot=sealed,
    ).where(RegisterMonth.id == row.id).execute()
    audit.add(person, "register_month_confirmed", f"month:{opened.month}", now, chain=person.institution)
    stored: RegisterMonth = RegisterMonth.get_by_id(row.id)
    return stored
