"""Recording that names were opened, once per ten minutes of work, with the reason that a delegate gives."""

from collections.abc import Iterable
from datetime import datetime

from portal.actions.keys.throttle import Origin
from portal.actions.register.keys import session as sessions
from portal.actions.register.keys.collection import REASON, Register, collections_of, hold_register
from portal.actions.register.keys.opened import NoKey, open_register
from portal.actions.register.keys.session import Locked, Session
from portal.actions.site import Site
from portal.crypto.register import new_id, seal_record
from portal.domain.decisions import clean_note
from portal.domain.errors import Refusal
from portal.domain.people import Delegate, Staff
from portal.storage.people.logins import KEY_KEPT
from portal.storage.tables import audit
from portal.storage.tables.audit import AuditEntry
from portal.storage.tables.db import writing
from portal.storage.tables.register import RegisterUse

OPENED = "register_opened"
REASON_LENGTH = 200  # characters


class ReasonDue(Locked):
    """The key is at hand; why the delegate opens the register is not said yet."""


def unlock(  # six, and the reason that a delegate types beside the password
    person: Staff,
    session: Session,
    password: str,
    reason: str = "",
    *,
    origin: Origin,
    site: Site,
    now: datetime,
) -> None:
    """The password again, and a delegate's reason with it."""
    reason = check_reason(person, reason)
    sessions.unlock(person, session, password, origin=origin, site=site, now=now)
    _open(person, session, reason, site=site, now=now)


def give_reason(person: Staff, session: Session, reason: str, *, site: Site, now: datetime) -> None:
    """Why a delegate, whose login keeps the key already, opens the register now."""
    _open(person, session, check_reason(person, reason), site=site, now=now)


def asks_reason(person: Staff) -> bool:
    return isinstance(person, Delegate) and bool(collections_of(person.institution))


def check_reason(person: Staff, reason: str) -> str:
    """As it is kept; Refusal unless it is short, and obligatory for a delegate where there is anything to
    open. A director owes nobody a reason: none is kept."""
    if not asks_reason(person):
        return ""
    reason = " ".join(clean_note(reason).split())
    if not reason:
        raise Refusal("Напишете защо отваряте регистъра: директорът вижда основанието.", field="reason")
    if len(reason) > REASON_LENGTH:
        raise Refusal(f"Основанието е до {REASON_LENGTH} знака. Съкратете го.", field="reason")
    return reason


def check_reason_given(person: Staff, session: Session) -> None:
    """Raise ReasonDue if a delegate has opened nothing yet since this login began: who has just logged in
    has the key already, and has not said what for."""
    if not asks_reason(person):
        return
    last = _last(person)
    if last is None or last.at < session.login.made_at:
        raise ReasonDue("Преди да видите имената, напишете защо отваряте регистъра.")


def note_opening(person: Staff, registers: Iterable[Register], *, now: datetime) -> None:
    """Tell the audit that names were shown, unless it was told in the last ten minutes."""
    last = _last(person)
    if last is None or last.at <= now - KEY_KEPT:
        _opened(person, list(registers), "", now=now)


def _open(person: Staff, session: Session, reason: str, *, site: Site, now: datetime) -> None:
    with writing():
        hold_register(person.institution)  # a reason is sealed with the key of now
        _opened(person, _registers(person, session, site=site, now=now), reason, now=now)


def _opened(person: Staff, registers: list[Register], reason: str, *, now: datetime) -> None:
    """Nothing is told where nothing could be opened."""
    if not registers:
        return
    newest = max(registers, key=lambda register: register.collection.school_year)
    with writing():
        thing = f"collection:{newest.collection.id}"
        if reason:
            thing = f"use:{_kept(newest, reason, now=now).id}"
        audit.add(person, OPENED, thing, now=now, chain=person.institution)


def _kept(register: Register, reason: str, *, now: datetime) -> RegisterUse:
    """Sealed like an entry: a reason may name a child."""
    name = new_id()
    sealed = seal_record(register.key, reason.encode(), register.place(REASON, name))
    return RegisterUse.create(
        id=name,
        collection=register.collection.id,
        user=register.person.user_id,
        at=now,
        what="opened",
        sealed=sealed,
    )


def _registers(person: Staff, session: Session, *, site: Site, now: datetime) -> list[Register]:
    """Those that open for the person."""
    found = []
    for collection in collections_of(person.institution):
        try:
            register = open_register(person, session, collection.school_year, site=site, now=now)
        except NoKey:
            continue
        if register is not None:
            found.append(register)
    return found


def _last(person: Staff) -> AuditEntry | None:
    """The last time that the person opened names."""
    entry: AuditEntry | None = (
        AuditEntry.select()
        .where(
            (AuditEntry.chain == person.institution)
            & (AuditEntry.who == person.user_id)
            & (AuditEntry.what == OPENED)
        )
        .order_by(AuditEntry.sequence.desc())
        .first()
    )
    return entry
