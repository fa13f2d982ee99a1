"""Who did what and when: one chain for each institution; rows are only ever added.

It holds no names, identifiers or free text about people. Each entry carries the digest of the one before,
so a removed or altered entry shows; a shortened chain shows against the heads kept in declarations.
"""

from datetime import datetime
from hashlib import sha256

from peewee import AutoField, CharField, IntegerField

from portal.domain.people import Person
from portal.domain.signing.declaration import canonical, timestamp
from portal.storage.tables.db import Table, lock_name
from portal.storage.tables.fields import UtcField

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
    last = AuditEntry.select().where(AuditEntry.chain == chain).order_by(AuditEntry.sequence.desc()).first()
    entry = AuditEntry(
        chain=chain,
        sequence=1 if last is None else last.sequence + 1,
        at=now,
        who=person.user_id if isinstance(person, Person) else person or 0,
        what=what,
        object=thing,
        content=content,
        previous=START if last is None else last.digest,
    )
    entry.digest = entry.expected_digest()
    entry.save(force_insert=True)
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
