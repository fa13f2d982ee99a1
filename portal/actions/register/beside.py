"""The register's days, shown beside АСП's figures to people who have the register open."""

from collections.abc import Mapping
from datetime import datetime, timedelta

from portal.actions.register.keys.opened import NoKey
from portal.actions.register.keys.session import Locked, Session, is_unlocked
from portal.actions.register.months import read_month
from portal.actions.register.uses import check_reason_given
from portal.actions.site import Site
from portal.domain.identifiers import IdType, in_capitals
from portal.domain.month import Month
from portal.domain.people import Scope, Staff
from portal.storage.tables import audit
from portal.storage.tables.audit import AuditEntry
from portal.storage.tables.db import writing

DaysOf = Mapping[tuple[IdType, str], int]  # by identifier
SHOWN = "register_beside_list"
TOLD_EVERY = timedelta(minutes=10)  # a list is looked at again after each of many decisions


def days_beside(person: Staff, session: Session, month: Month, *, site: Site, now: datetime) -> DaysOf | None:
    """School days at distance of each child in quarantine that month; none while the register is locked
    or a delegate has not said what for, for who may not see it, where there is none or it is not whole.

    Never asks for anything, and does not keep the register open: the ten minutes are for those who work
    in it.
    """
    if not person.may(Scope.REGISTER) or not is_unlocked(session, now=now):
        return None
    try:
        check_reason_given(person, session)
        opened = read_month(person, session, month, is_use=False, site=site, now=now)
    except (Locked, NoKey):
        return None
    if not opened.years.is_whole or not opened.years.registers:
        return None
    return {
        (child.id_type, in_capitals(child.id_number)): child.days
        for child in opened.found.children
        if child.id_type is not None
    }


def note_shown(person: Staff, month: Month, *, now: datetime) -> None:
    """Tell the audit that the register was open beside the list; whether anybody was in both stays
    out of it."""
    thing = f"month:{month}"
    lately = AuditEntry.select().where(
        (AuditEntry.object == thing)
        & (AuditEntry.chain == person.institution)
        & (AuditEntry.who == person.user_id)
        & (AuditEntry.what == SHOWN)
        & (AuditEntry.at > now - TOLD_EVERY)
    )
    if not lately.exists():
        with writing():
            audit.add(person, SHOWN, thing, now=now, chain=person.institution)
