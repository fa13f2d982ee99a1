"""The reasons delegates gave for opening the register, shown to a director who has it open."""

from collections.abc import Iterable, Mapping
from datetime import datetime

from portal.actions.register.keys.collection import REASON, Register
from portal.actions.register.keys.opened import NoKey, open_register
from portal.actions.register.keys.session import Locked, Session, is_unlocked
from portal.actions.site import Site
from portal.crypto.errors import CannotOpen
from portal.crypto.register import open_record
from portal.domain.people import Staff
from portal.storage.tables.register import Collection, RegisterUse

CANNOT = "основанието не може да бъде отворено"
ERASED = "основанието е заличено заедно с регистъра"


def reasons_of(
    person: Staff, session: Session, names: Iterable[str], *, site: Site, now: datetime
) -> Mapping[str, str] | None:
    """The reason of each RegisterUse with one of these ids; none while the register is locked.

    Does not keep the register open: reading what others did is no work in it.
    """
    if not is_unlocked(session, now=now):
        return None
    found = dict.fromkeys(names, ERASED)
    uses = RegisterUse.select(RegisterUse, Collection).join(Collection)
    ours = uses.where(RegisterUse.id.in_(list(found)) & (Collection.institution == person.institution))
    opened: dict[int, Register | None] = {}
    for use in ours:
        year = use.collection.school_year
        if year not in opened:
            opened[year] = _opened(person, session, year, site=site, now=now)
        found[use.id] = _reason(opened[year], use)
    return found


def _opened(person: Staff, session: Session, year: int, *, site: Site, now: datetime) -> Register | None:
    try:
        return open_register(person, session, year, is_use=False, site=site, now=now)
    except (Locked, NoKey):
        return None


def _reason(register: Register | None, use: RegisterUse) -> str:
    if register is None:
        return CANNOT
    try:
        return open_record(register.key, bytes(use.sealed), register.place(REASON, use.id)).decode()
    except (CannotOpen, UnicodeDecodeError):
        return CANNOT
