"""Reading everything in the register that a person can open, names included; the audit records it."""

from dataclasses import dataclass
from datetime import datetime

from portal.actions.register.keys.collection import Register, collections_of
from portal.actions.register.keys.opened import Kept, NoKey, entries_of, is_whole, open_register
from portal.actions.register.keys.session import Session, private_key
from portal.actions.register.uses import check_reason_given, note_opening
from portal.actions.site import Site
from portal.domain.people import Staff
from portal.domain.register.entry import school_year_of
from portal.domain.times import today


@dataclass(frozen=True)
class OpenYear:
    """The register of one school year. ``is_whole`` is false where rows were deleted, added or rolled
    back by hand."""

    register: Register
    kept: list[Kept]
    is_whole: bool

    @property
    def school_year(self) -> int:
        year: int = self.register.collection.school_year
        return year


@dataclass(frozen=True)
class Reading:
    """``years`` that open, the newest first; ``closed`` are those whose key this person does not have."""

    years: tuple[OpenYear, ...] = ()
    closed: tuple[int, ...] = ()

    @property
    def broken(self) -> tuple[int, ...]:
        return tuple(year.school_year for year in self.years if not year.is_whole)


def read_all(person: Staff, session: Session, *, site: Site, now: datetime) -> Reading:
    """Locked, ReasonDue, or NoKey if this school year's register does not open."""
    private_key(session, now=now)
    check_reason_given(person, session)
    years, closed = [], []
    for collection in collections_of(person.institution):
        try:
            register = open_register(person, session, collection.school_year, site=site, now=now)
        except NoKey:
            if collection.school_year >= school_year_of(today(now)):
                raise
            closed.append(collection.school_year)
            continue
        if register is not None:
            kept = entries_of(register)
            years.append(OpenYear(register, kept, is_whole(register, kept)))
    note_opening(person, [year.register for year in years], now=now)
    return Reading(tuple(years), tuple(closed))
