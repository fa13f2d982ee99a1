"""Who did what and when: one chain for each institution; rows are only ever added.

It holds no names, identifiers or free text about people. Each entry carries the digest of the one before,
so a removed or altered entry shows; a shortened chain shows against the heads kept in declarations.
"""

from collections.abc import Iterator
from datetime import datetime
from hashlib import sha256
from typing import Any

from peewee import AutoField, CharField, IntegerField, Value

from portal.domain.people import Person
from portal.domain.signing.declaration import canonical, timestamp
from portal.storage.tables.bulk import tuples
from portal.storage.tables.db import Table, lock_name
from portal.storage.tables.fields import UtcField
from portal.storage.tables.prepared import Prepared, slot
from portal.storage.tables.snapshot import in_batches

NATIONAL = "national"  # the chain of what concerns no single institution
START = "0" * 64


class AuditEntry(Table):
    """``who`` is an account's id, or 0 for the command line and the portal itself."""

    id = AutoField()
    chain = CharField(max_length=8)
    sequence = IntegerField()
    at = UtcField()
    who = IntegerField()
    what = CharField(max_length=40)
    object = CharField(max_length=80)
    content = CharField(max_length=64, default="")
    previous = CharField(max_length=64)
    digest = CharField(max_length=64)

    class Meta:
        indexes = ((("chain", "sequence"), True), (("object",), False))

    def expected_digest(self) -> str:
        """What ``digest`` must be for the entry as it stands."""
        fields = {
            "chain": self.chain,
            "sequence": str(self.sequence),
            "at": timestamp(self.at),
            "who": str(self.who),
            "what": self.what,
            "object": self.object,
            "content": self.content,
            "previous": self.previous,
        }
        return sha256(canonical(fields)).hexdigest()


def add(
    person: Person | int | None,
    what: str,
    thing: str,
    *,
    now: datetime,
    chain: str = NATIONAL,
    content: str = "",
) -> AuditEntry:
    """Add one entry. ``thing`` is like ``record:17``; ``content`` the digest of what was stored.

    Must be called inside ``writing()``; one writer at a time holds a chain.
    """
    lock_name(f"audit:{chain}")
    sequence, previous = _LAST.one(chain=chain) or (0, START)
    entry = AuditEntry(
        chain=chain,
        sequence=sequence + 1,
        at=now,
        who=person.user_id if isinstance(person, Person) else person or 0,
        what=what,
        object=thing,
        content=content,
        previous=previous,
    )
    entry.digest = entry.expected_digest()
    ((entry.id,),) = _ADDED.rows(**entry.__data__)
    return entry


def head(chain: str) -> str:
    """The digest of the chain's last entry."""
    last = (
        AuditEntry.select(AuditEntry.digest)
        .where(AuditEntry.chain == chain)
        .order_by(AuditEntry.sequence.desc())
        .first()
    )
    return START if last is None else str(last.digest)


def contents(what: str) -> Iterator[tuple[str, str]]:
    """Of every entry of this kind the thing, and the digest of what was stored, the oldest first."""
    for batch in in_batches(AuditEntry.select().where(AuditEntry.what == what), AuditEntry.id):
        yield from ((entry.object, entry.content) for entry in batch)


def gone(kind: str, table: Any, *words: str) -> list[str]:
    """The things of this kind that the audit names, in these words or in any, and of which there is no row.
    The database compares them: the audit names every list of every year."""
    named = AuditEntry.object.startswith(f"{kind}:")
    said = AuditEntry.select(AuditEntry.object).where(named & AuditEntry.what.in_(words) if words else named)
    there = table.select(Value(f"{kind}:").concat(table.id.cast("TEXT")))
    return sorted(thing for (thing,) in tuples(said.except_(there)))


def _last() -> Any:
    of_chain = AuditEntry.chain == slot(AuditEntry.chain, "chain")
    found = AuditEntry.select(AuditEntry.sequence, AuditEntry.digest).where(of_chain)
    return found.order_by(AuditEntry.sequence.desc()).limit(1)


def _added() -> Any:
    columns = [field for field in AuditEntry._meta.sorted_fields if field is not AuditEntry.id]
    return AuditEntry.insert({field: slot(field, field.name) for field in columns}).returning(AuditEntry.id)


_LAST, _ADDED = Prepared(_last), Prepared(_added)
