"""Checking the registers, as far as that goes without a key: each entry as often changed as the audit says.

How many entries an institution has is nobody's to know outside, so one finding stands for all of a register.
"""

from collections.abc import Iterator
from itertools import groupby

from portal.actions.register.erasing import ERASED
from portal.actions.register.keys.rotation import STARTED
from portal.actions.verifying.finding import Finding
from portal.storage.register.told import Telling, last_erased, rows_of, telling_of
from portal.storage.tables.audit import AuditEntry
from portal.storage.tables.register import Collection

THING = "collection:"


def check_registers() -> Iterator[Finding]:
    """Who deletes, adds or rolls back a row is told of the night after, and not when the institution next
    opens its register. What a director has taken over counts as it was then."""
    unsaid = _ended_unsaid()
    living = Collection.select().where(Collection.erased_at.is_null()).order_by(Collection.institution)
    for institution, collections in groupby(living, key=lambda row: row.institution_id):
        if not _is_as_told(institution, list(collections)):
            unsaid.add(institution)
    for institution in sorted(unsaid):
        yield Finding(
            "register_changed",
            f"institution:{institution}",
            f"Регистърът на институция {institution} не е такъв, какъвто го описва одитът: ред е изтрит, "
            "добавен или върнат към стара версия извън портала.",
        )


def _ended_unsaid() -> set[str]:
    """Whose register is gone, or called erased, though the purge did not say so at that moment: of such a one
    nothing else would be looked at."""
    entries = list(AuditEntry.select().where(AuditEntry.what.in_((STARTED, ERASED))))
    rows = {f"{THING}{row.id}": row for row in Collection.select()}
    gone = {entry.chain for entry in entries if entry.object not in rows}
    said = {(entry.object, entry.at) for entry in entries if entry.what == ERASED}
    kept = {(thing, row.erased_at) for thing, row in rows.items() if row.erased_at is not None}
    return gone | {rows[thing].institution_id for thing, _ in said ^ kept if thing in rows}


def _is_as_told(institution: str, collections: list[Collection]) -> bool:
    tellings = [telling_of(collection) for collection in collections]
    there = set()
    for telling in tellings:
        for name, revision in rows_of(telling.collection).items():
            there.add(name)
            told = telling.since.get(name)
            if name not in telling.ever or (told is not None and told.revision != revision):
                return False
    return not any(name not in there for name in _still_held(institution, tellings))


def _still_held(institution: str, tellings: list[Telling]) -> Iterator[str]:
    """The entries that must have a row: into which school year they were entered the audit does not say, so
    none that may be of one that was erased, or taken over, since."""
    erased = last_erased(institution)
    every = {name: told for telling in tellings for name, told in telling.since.items()}
    for name, told in every.items():
        begun = [each for each in tellings if each.collection.made_at <= told.entered_at]
        if all(name in each.since for each in begun) and (erased is None or told.entered_at > erased):
            yield name
