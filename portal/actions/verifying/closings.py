"""Checking closed institutions against the audit: nobody waits for one, and it leaves every figure."""

from collections.abc import Iterator

from portal.actions.campaigns.closing import CLOSED, REOPENED, closing_digest
from portal.actions.verifying.finding import Finding
from portal.storage.tables.audit import AuditEntry
from portal.storage.tables.institutions import Institution


def check_closings() -> Iterator[Finding]:
    """Of each institution the audit's last word: closed on this day, with this successor, or not closed."""
    entries = AuditEntry.select().where(AuditEntry.what.in_((CLOSED, REOPENED))).order_by(AuditEntry.id)
    said = {entry.object: entry.content for entry in entries}
    open_still = closing_digest(Institution())
    for institution in Institution.select().order_by(Institution.code):
        if said.get(f"institution:{institution.code}", open_still) != closing_digest(institution):
            yield Finding(
                "closing_changed",
                f"institution:{institution.code}",
                f"Институция {institution.code} не е закрита или открита така, както казва одитът.",
            )
