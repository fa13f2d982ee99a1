"""What the audit tells of an institution's entries: which there were, and how often each was changed."""

from dataclasses import dataclass, replace
from datetime import datetime

from peewee import fn

from portal.storage.tables.audit import AuditEntry
from portal.storage.tables.bulk import tuples
from portal.storage.tables.people import User
from portal.storage.tables.register import Collection, Entry

ENTERED, CHANGED, TAKEN_OVER = "register_entered", "register_changed", "register_taken_over"


@dataclass(frozen=True)
class Told:
    """One entry. ``revision`` is the one that its row should have; ``changed_at`` and ``changed_by`` are
    those of its last change, or of entering it."""

    entry: str
    entered_at: datetime
    entered_by: str
    revision: int
    changed_at: datetime
    changed_by: str


@dataclass(frozen=True)
class Telling:
    """``since`` are the entries, by id, that were entered since this register began or was taken over: what
    was lost before that was read then. ``ever`` are the ids of all. Into which school year somebody was
    entered the audit does not say."""

    collection: Collection
    since: dict[str, Told]
    ever: frozenset[str]


def telling_of(collection: Collection) -> Telling:
    since: dict[str, Told] = {}
    ever = set()
    names = {user.id: user.name for user in User.select(User.id, User.name)}
    for line in _lines(collection.institution_id):
        name, by = line.object.removeprefix("entry:"), names.get(line.who, "")
        if line.what == TAKEN_OVER and line.object == f"collection:{collection.id}":
            since.clear()
        elif line.what == ENTERED:
            ever.add(name)
            if line.at >= collection.made_at:
                since[name] = Told(name, line.at, by, 1, line.at, by)
        elif line.what == CHANGED and name in since:
            told = since[name]
            since[name] = replace(told, revision=told.revision + 1, changed_at=line.at, changed_by=by)
    return Telling(collection, since, frozenset(ever))


def ids_of(institution: str) -> frozenset[str]:
    """Of every entry that has a row, in whichever school year."""
    rows = Entry.select(Entry.id).join(Collection).where(Collection.institution == institution)
    return frozenset(row.id for row in rows)


def rows_of(collection: Collection) -> dict[str, int]:
    """The revision of each entry of one school year, by id."""
    return dict(tuples(Entry.select(Entry.id, Entry.revision).where(Entry.collection == collection.id)))


def last_erased(institution: str) -> datetime | None:
    """When the last of the institution's registers was erased."""
    ours = Collection.institution == institution
    last: datetime | None = Collection.select(fn.MAX(Collection.erased_at)).where(ours).scalar()
    return last


def _lines(institution: str) -> list[AuditEntry]:
    said = AuditEntry.what.in_((ENTERED, CHANGED, TAKEN_OVER))
    ours = AuditEntry.select().where((AuditEntry.chain == institution) & said)
    return list(ours.order_by(AuditEntry.sequence))
