"""Checking authorisations: each as its director ordered it, and none in force after it was withdrawn."""

from collections.abc import Iterator

from portal.actions.keys.marks import is_marked
from portal.actions.people.delegations import CHANGED, NAMED, REVOKED, terms_digest
from portal.actions.site import Site
from portal.actions.verifying.finding import Finding
from portal.storage.tables.audit import AuditEntry
from portal.storage.tables.people import Delegation
from portal.storage.tables.snapshot import in_batches

THING = "delegation:"


def check_delegations(*, site: Site) -> Iterator[Finding]:
    """Whoever can write into the table could else give anybody the right to sign."""
    said = {(entry.object, entry.what): entry for entry in _entries()}
    ordered = {thing for thing, what in said if what in (NAMED, CHANGED)}
    standing: dict[int, int] = {}
    for batch in in_batches(Delegation.select(), Delegation.id):
        for row in batch:
            ordered.discard(f"{THING}{row.id}")
            yield from _check(row, said, site=site)
            if row.revoked_at is None:
                if row.user_id in standing:
                    yield _finding(
                        "delegation_revived", standing[row.user_id], "важи, а е заменено с по-ново"
                    )
                standing[row.user_id] = row.id
    for thing in sorted(ordered):
        yield _finding("delegation_deleted", thing.removeprefix(THING), "стои в одита, а го няма")


def _check(row: Delegation, said: dict[tuple[str, str], AuditEntry], *, site: Site) -> Iterator[Finding]:
    thing = f"{THING}{row.id}"
    entry = said.get((thing, NAMED)) or said.get((thing, CHANGED))
    ordered = (row.institution_id, row.made_by_id, row.made_at, terms_digest(row))
    is_as_said = entry is not None and (entry.chain, entry.who, entry.at, entry.content) == ordered
    if not (is_as_said and is_marked(row, site=site)):
        yield _finding("delegation_changed", row.id, "не е онова, което директорът е записал")
    if row.revoked_at is None and (thing, REVOKED) in said:
        yield _finding("delegation_revived", row.id, "важи, а директорът го е оттеглил")


def _entries() -> Iterator[AuditEntry]:
    wanted = AuditEntry.select().where(AuditEntry.what.in_((NAMED, CHANGED, REVOKED)))
    for batch in in_batches(wanted, AuditEntry.id):
        yield from batch


def _finding(code: str, number: int | str, what: str) -> Finding:
    return Finding(code, f"{THING}{number}", f"Упълномощаване {number} {what}.")
