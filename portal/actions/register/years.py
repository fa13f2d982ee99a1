"""Every entry that can reach into a school year, from that year's register and the one before."""

from dataclasses import dataclass, replace
from datetime import datetime

from portal.actions.register.keys.collection import Register, held
from portal.actions.register.keys.opened import NoKey, entries_of, is_whole, open_register
from portal.actions.register.keys.session import Session
from portal.actions.site import Site
from portal.domain.people import Staff
from portal.domain.register.entry import Entry
from portal.domain.register.striking import counted


@dataclass(frozen=True)
class Years:
    """``entries`` are those that count; ``unreadable`` rows cannot be opened; ``is_whole`` is false where
    rows were deleted, added or rolled back by hand. ``is_cut`` says that this person has no key of the year
    before: what began in it is missing."""

    registers: tuple[Register, ...]
    entries: tuple[Entry, ...]
    unreadable: int
    is_whole: bool
    is_cut: bool = False


def read_years(
    person: Staff, session: Session, school_year: int, *, is_use: bool = True, site: Site, now: datetime
) -> Years:
    """Locked or NoKey if this year's cannot be opened. A period may have begun in the year before."""
    register = open_register(person, session, school_year, is_use=is_use, site=site, now=now)
    try:
        before = open_register(person, session, school_year - 1, is_use=is_use, site=site, now=now)
    except NoKey:
        return replace(_read(_only(register)), is_cut=True)
    return _read(_only(register, before))


def _only(*registers: Register | None) -> tuple[Register, ...]:
    return tuple(register for register in registers if register is not None)


def held_years(years: Years) -> Years:
    """The same as it is now, with nobody entering anything until the transaction ends."""
    fresh = _read(tuple(replace(register, collection=held(register)) for register in years.registers))
    return replace(fresh, is_cut=years.is_cut)


def _read(registers: tuple[Register, ...]) -> Years:
    kept = [(register, entries_of(register)) for register in registers]
    rows = [row for _, rows in kept for row in rows]
    entries = tuple(counted(row.entry for row in rows))
    unreadable = sum(row.entry is None for row in rows)
    whole = all(is_whole(register, rows) for register, rows in kept)
    return Years(registers, entries, unreadable, whole)
