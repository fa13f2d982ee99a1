"""Checking calls: each as it was noted, and none gone but with its month."""

from collections.abc import Iterator

from portal.actions.calls.noting import CALLED, digest_of, thing_of
from portal.actions.retention.purging import PURGED
from portal.actions.verifying.finding import Finding
from portal.storage.calls.tables import PhoneCall
from portal.storage.tables.audit import AuditEntry
from portal.storage.tables.snapshot import in_batches


def check_calls() -> Iterator[Finding]:
    """Whoever can write into the tables could else make a director promise what was never promised."""
    said = dict(_contents(CALLED))
    erased = {thing.partition(":")[2] for thing, _ in _contents(PURGED)}
    for batch in in_batches(PhoneCall.select(), PhoneCall.id):
        for row in batch:
            if said.pop(thing_of(row), None) != digest_of(row):
                yield _finding("call_changed", thing_of(row), "не е онова, което е записано")
    for thing in sorted(said):
        if _campaign(thing) not in erased:
            yield _finding("call_deleted", thing, "стои в одита, а го няма")


def _contents(what: str) -> Iterator[tuple[str, str]]:
    for batch in in_batches(AuditEntry.select().where(AuditEntry.what == what), AuditEntry.id):
        yield from ((entry.object, entry.content) for entry in batch)


def _campaign(thing: str) -> str:
    return thing.partition(":")[2].partition("-")[0]


def _finding(code: str, thing: str, what: str) -> Finding:
    return Finding(code, thing, f"Обаждане № {thing.partition(':')[2]} {what}.")
