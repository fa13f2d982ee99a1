"""Sealing everything in a collection again with its next key."""

from portal.actions.register.keys.collection import ENTRY, REASON, SNAPSHOT, Register
from portal.crypto.errors import CannotOpen
from portal.crypto.register import open_record, seal_record
from portal.storage.tables.bulk import batches, change_rows, tuples
from portal.storage.tables.register import Entry, RegisterMonth, RegisterUse


def reseal_entries(old: Register, new: Register) -> list[tuple[str, int]]:
    """Every entry under the new key. One that does not open is kept as it is: it opens no worse."""
    pairs = []
    rows = Entry.select(Entry.id, Entry.revision, Entry.sealed).where(Entry.collection == old.collection.id)
    for batch in batches(list(tuples(rows))):
        changed = []
        for name, revision, sealed in batch:
            pairs.append((name, revision))
            anew = _resealed(old, new, ENTRY, name, revision, bytes(sealed))
            if anew is not None:
                changed.append((anew, name))
        change_rows(Entry, ("sealed",), changed)
    return pairs


def reseal_others(old: Register, new: Register) -> None:
    """The confirmed months' snapshots, and the reasons that delegates gave."""
    for row in RegisterMonth.select().where(RegisterMonth.collection == old.collection.id):
        if row.snapshot is not None:
            anew = _resealed(old, new, SNAPSHOT, str(row.id), row.revision, bytes(row.snapshot))
            if anew is not None:
                RegisterMonth.update(snapshot=anew).where(RegisterMonth.id == row.id).execute()
    changed = []
    for use in RegisterUse.select().where(RegisterUse.collection == old.collection.id):
        anew = _resealed(old, new, REASON, use.id, 0, bytes(use.sealed))
        if anew is not None:
            changed.append((anew, use.id))
    change_rows(RegisterUse, ("sealed",), changed)


def _resealed(
    old: Register, new: Register, purpose: str, name: str, revision: int, sealed: bytes
) -> bytes | None:
    try:
        content = open_record(old.key, sealed, old.place(purpose, name, revision))
    except CannotOpen:
        return None
    return seal_record(new.key, content, new.place(purpose, name, revision))
