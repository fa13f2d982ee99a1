"""What is lost of a register whose rows were changed past the portal, as far as anything still says.

The manifest proves that something is missing, and not what. Of that tell the audit, which may have been
changed as well, and the months that were confirmed before.
"""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import datetime

from portal.actions.register.keys.collection import SNAPSHOT, Register, collections_of
from portal.actions.register.keys.opened import Kept, entries_of, is_whole, opened
from portal.actions.register.keys.session import Session, private_key
from portal.actions.site import Site
from portal.crypto.errors import CannotOpen
from portal.crypto.register import open_record
from portal.domain.calendar import Span
from portal.domain.month import Month
from portal.domain.people import Director
from portal.domain.register.days import touches
from portal.domain.register.entry import Entry, school_year_label
from portal.domain.register.snapshot import Snapshot, from_bytes
from portal.domain.signing.declaration import canonical, digest
from portal.storage.register.told import Told, ids_of, telling_of
from portal.storage.tables.campaigns import Campaign
from portal.storage.tables.register import RegisterMonth


@dataclass(frozen=True)
class Remembered:
    """Somebody who stood in a confirmed month, on days on which no entry has them any more."""

    month: Month
    names: str
    span: Span


@dataclass(frozen=True)
class Loss:
    """Of one school year. ``missing`` have no row; ``older`` are rows of before their last change;
    ``unreadable`` do not open, with what the audit knows of them; ``unknown`` are rows of which it knows
    nothing."""

    register: Register
    kept: tuple[Kept, ...]
    missing: tuple[Told, ...]
    older: tuple[tuple[Entry, Told], ...]
    unreadable: tuple[tuple[str, Told | None], ...]
    unknown: tuple[Entry, ...]
    remembered: tuple[Remembered, ...]

    @property
    def label(self) -> str:
        return school_year_label(self.register.collection.school_year)

    @property
    def is_silent(self) -> bool:
        """Whether nothing tells what is lost."""
        return not (self.missing or self.older or self.unreadable or self.unknown or self.remembered)


def losses(director: Director, session: Session, *, site: Site, now: datetime) -> list[Loss]:
    """Of each school year that is not whole, the newest first; Locked, or NoKey if one does not open."""
    private = private_key(session, now=now)
    registers = [
        opened(collection, director, private, site=site, now=now)
        for collection in collections_of(director.institution)
    ]
    kept = [(register, entries_of(register)) for register in registers]
    everybody = [row.entry for _, rows in kept for row in rows if row.entry is not None]
    return [_loss(register, rows, everybody) for register, rows in kept if not is_whole(register, rows)]


def seen(found: Iterable[Loss]) -> str:
    """By which a page tells whether what is lost is still as it was read."""
    rows = [
        [loss.register.collection.id, str(loss.register.collection.epoch), row.id, str(row.revision)]
        for loss in found
        for row in sorted(loss.kept, key=lambda row: row.id)
    ]
    return digest(canonical(rows))


def _loss(register: Register, kept: list[Kept], everybody: list[Entry]) -> Loss:
    telling = telling_of(register.collection)
    there = ids_of(register.collection.institution_id)
    entries = {row.id: row.entry for row in kept if row.entry is not None}
    revisions = {row.id: row.revision for row in kept}
    return Loss(
        register,
        tuple(kept),
        missing=tuple(told for name, told in telling.since.items() if name not in there),
        older=tuple(
            (entry, telling.since[name])
            for name, entry in entries.items()
            if name in telling.since and revisions[name] < telling.since[name].revision
        ),
        unreadable=tuple((row.id, telling.since.get(row.id)) for row in kept if row.entry is None),
        unknown=tuple(entry for name, entry in entries.items() if name not in telling.ever),
        remembered=tuple(_remembered(register, everybody)),
    )


def _remembered(register: Register, everybody: list[Entry]) -> Iterator[Remembered]:
    rows = RegisterMonth.select(RegisterMonth, Campaign).join(Campaign)
    for row in rows.where(RegisterMonth.collection == register.collection.id).order_by(Campaign.month):
        snapshot = _snapshot(register, row)
        if snapshot is None:
            continue
        stood = [(child.names, child.periods) for child in snapshot.found.children]
        stood += [(worker.names, worker.periods) for worker in snapshot.found.staff]
        for names, periods in stood:
            own = [entry for entry in everybody if entry.names == names]
            for span in periods:
                if not any(touches(entry, span.first, span.last) for entry in own):
                    yield Remembered(row.campaign.month, names, span)


def _snapshot(register: Register, row: RegisterMonth) -> Snapshot | None:
    if row.snapshot is None:
        return None
    try:
        place = register.place(SNAPSHOT, str(row.id), row.revision)
        return from_bytes(open_record(register.key, bytes(row.snapshot), place))
    except CannotOpen:
        return None
