"""One month of the register: reading it, then confirming it or stating that nobody was in quarantine."""

import logging
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime

from portal.actions.register.keys.collection import SNAPSHOT, hold_register
from portal.actions.register.keys.session import Session, private_key
from portal.actions.register.sealing import TAMPERED
from portal.actions.register.uses import check_reason_given, note_opening
from portal.actions.register.years import Years, held_years, read_years
from portal.actions.site import Site
from portal.crypto.errors import CannotOpen
from portal.crypto.register import open_record, seal_record
from portal.domain.errors import Conflict
from portal.domain.month import Month
from portal.domain.people import Scope, Staff, check_scope
from portal.domain.register.month import MonthList, check_may_confirm, check_may_say_nobody, month_list
from portal.domain.register.snapshot import Snapshot, fingerprint, from_bytes, to_bytes
from portal.domain.submissions import check_open
from portal.storage.lists.current import held_list
from portal.storage.lists.school_days import SchoolDays, school_days_of
from portal.storage.register.months import register_month
from portal.storage.tables import audit
from portal.storage.tables.db import writing
from portal.storage.tables.institutions import Institution
from portal.storage.tables.register import RegisterMonth

logger = logging.getLogger(__name__)

CONFIRMED = "register_month_confirmed"  # in the audit
CHANGED = "Междувременно регистърът за месеца е променен. Вижте го, както е сега, и потвърдете отново."
UNREADABLE = (
    "Запис в регистъра не може да бъде отворен, затова не може да се каже, че няма лица. "
    "Обадете се на ЦИОО; ако знаете кого е бил, впишете го отново и потвърдете списъка."
)


@dataclass(frozen=True)
class OpenMonth:
    """The register of one month, open."""

    month: Month
    found: MonthList
    days: SchoolDays
    years: Years

    @property
    def seen(self) -> str:
        return fingerprint(self.found)


def read_month(
    person: Staff, session: Session, month: Month, *, is_use: bool = True, site: Site, now: datetime
) -> OpenMonth:
    """Locked or NoKey if it cannot be opened."""
    years = read_years(person, session, month.school_year, is_use=is_use, site=site, now=now)
    return _month_of(person.institution, month, years)


def show_month(person: Staff, session: Session, month: Month, *, site: Site, now: datetime) -> OpenMonth:
    """The same with names to be shown: a delegate has said why, and the audit is told. ReasonDue else."""
    private_key(session, now=now)
    check_reason_given(person, session)
    opened = read_month(person, session, month, site=site, now=now)
    note_opening(person, opened.years.registers, now=now)
    return opened


def _month_of(institution: str, month: Month, years: Years) -> OpenMonth:
    days = school_days_of(institution, month)
    place: Institution = Institution.get_by_id(institution)
    return OpenMonth(month, month_list(years.entries, month, place.type, days.dates), days, years)


def confirm_month(
    person: Staff, session: Session, month: Month, *, seen: str = "", site: Site, now: datetime
) -> RegisterMonth:
    """„Потвърждавам“ the month's list, if it still is as the person saw it (``seen``, where it was sent)."""
    return _close(person, session, month, check_may_confirm, seen, site=site, now=now)


def say_nobody(person: Staff, session: Session, month: Month, *, site: Site, now: datetime) -> RegisterMonth:
    """„Няма лица“. With no register begun there is no key to seal a snapshot with, and none is kept:
    the missing collection says the same."""
    return _close(person, session, month, check_may_say_nobody, "", site=site, now=now)


def _close(
    person: Staff,
    session: Session,
    month: Month,
    check: Callable[[MonthList], None],
    seen: str,
    *,
    site: Site,
    now: datetime,
) -> RegisterMonth:
    check_scope(person, Scope.REGISTER)
    check_scope(person, Scope.SIGN)
    with writing():
        submission = held_list(person.institution, month)
        check_open(submission.window, now=now)
        hold_register(person.institution)  # nobody begins a register between the look and the word
        years = read_years(person, session, month.school_year, site=site, now=now)
        opened = _month_of(person.institution, month, held_years(years))
        _check_sound(opened)
        check(opened.found)
        if seen and seen != opened.seen:
            raise Conflict(CHANGED)
        row = register_month(submission)
        if not _stands(row, opened):
            row = _store(row, opened, person, now=now)
    logger.info("register of %s confirmed by user %s", month, person.user_id)
    return row


def _check_sound(opened: OpenMonth) -> None:
    if not opened.years.is_whole:
        raise Conflict(TAMPERED)
    if opened.years.unreadable and opened.found.is_empty:
        raise Conflict(UNREADABLE)


def _stands(row: RegisterMonth, opened: OpenMonth) -> bool:
    """Whether the very same is confirmed already: said twice it is said once."""
    if row.confirmed_at is None:
        return False
    if row.snapshot is None:
        return not opened.years.registers
    kept = snapshot_of(row, opened)
    return kept is not None and kept.found == opened.found


def snapshot_of(row: RegisterMonth | None, opened: OpenMonth) -> Snapshot | None:
    """What was confirmed last, if it can be opened."""
    if row is None or row.snapshot is None:
        return None
    for register in opened.years.registers:
        if register.collection.id == row.collection_id:
            try:
                place = register.place(SNAPSHOT, str(row.id), row.revision)
                return from_bytes(open_record(register.key, bytes(row.snapshot), place))
            except CannotOpen:
                return None
    return None


def _store(row: RegisterMonth, opened: OpenMonth, person: Staff, *, now: datetime) -> RegisterMonth:
    revision = row.revision + 1
    collection, sealed = None, None
    if opened.years.registers:
        register = opened.years.registers[0]
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
    audit.add(person, CONFIRMED, f"month:{opened.month}", now=now, chain=person.institution)
    stored: RegisterMonth = RegisterMonth.get_by_id(row.id)
    return stored
