"""One school year's register together with its key, and the lock taken before changing it."""

from dataclasses import dataclass, field

from portal.crypto.register import Place
from portal.domain.errors import Conflict
from portal.domain.people import Staff
from portal.storage.tables.db import lock_name, locked
from portal.storage.tables.register import Collection

ENTRY, MANIFEST, SNAPSHOT, REASON = "entry", "manifest", "snapshot", "reason"  # purposes of what is sealed


class Renewed(Conflict):
    """Somebody else gave the register a new key after this person had opened it."""


@dataclass(frozen=True)
class Register:
    """One collection, opened by ``person``. ``key`` lives as long as the request."""

    collection: Collection
    person: Staff
    key: bytes = field(repr=False)

    def place(self, purpose: str, record: str = "", revision: int = 0) -> Place:
        at = self.collection
        return Place(purpose, at.institution_id, at.id, at.epoch, record, revision)


def collection_of(institution: str, school_year: int) -> Collection | None:
    return next((row for row in collections_of(institution) if row.school_year == school_year), None)


def collections_of(institution: str) -> list[Collection]:
    """Those that are not erased, the newest school year first."""
    return list(
        Collection.select()
        .where((Collection.institution == institution) & Collection.erased_at.is_null())
        .order_by(Collection.school_year.desc())
    )


def hold_register(institution: str) -> None:
    """One change of an institution's keys and entries at a time, until the transaction ends. Whoever also
    writes to the audit takes this turn first: there the other order would wait for itself."""
    lock_name(f"register:{institution}")


def held(register: Register) -> Collection:
    """Nobody else changes the collection until the transaction ends; Renewed if its key is another
    since this person opened it."""
    hold_register(register.collection.institution_id)
    row = locked(
        Collection.select().where(
            (Collection.id == register.collection.id) & (Collection.epoch == register.collection.epoch)
        )
    ).first()
    if row is None:
        raise Renewed(
            "Междувременно ключът на регистъра беше подновен. Презаредете страницата и опитайте отново."
        )
    found: Collection = row
    return found
