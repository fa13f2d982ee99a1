"""Checking circulars: each as it was published, to whom it was published, and none gone without the purge."""

from collections.abc import Iterator

from portal.actions.notices.publishing import PUBLISHED, digest_of
from portal.actions.retention.purging import NOTICE_ERASED
from portal.actions.verifying.finding import Finding
from portal.storage.notices.files import files_of
from portal.storage.notices.recipients import codes_of
from portal.storage.notices.tables import Notice
from portal.storage.tables.audit import AuditEntry
from portal.storage.tables.snapshot import in_batches

THING = "notice:"


def check_notices() -> Iterator[Finding]:
    """Whoever can write into the tables could else put other words into an office's mouth, or take one
    institution from those that were told. What the files hold is theirs by the digest beside them."""
    said = dict(_contents(PUBLISHED))
    erased = {thing for thing, _ in _contents(NOTICE_ERASED)}
    for batch in in_batches(Notice.select(), Notice.id):
        files = files_of([row.id for row in batch])
        for row in batch:
            content = said.pop(f"{THING}{row.id}", None)
            if content != digest_of(row, files[row.id], codes_of(row)):
                yield _finding("notice_changed", str(row.id), "не е онова, което е публикувано")
    for thing in sorted(said.keys() - erased):
        yield _finding("notice_deleted", thing.removeprefix(THING), "стои в одита, а го няма")


def _contents(what: str) -> Iterator[tuple[str, str]]:
    for batch in in_batches(AuditEntry.select().where(AuditEntry.what == what), AuditEntry.id):
        yield from ((entry.object, entry.content) for entry in batch)


def _finding(code: str, number: str, what: str) -> Finding:
    return Finding(code, f"{THING}{number}", f"Циркулярно писмо {number} {what}.")
