"""Checking lists that retention has emptied: the purge must have recorded it under the portal's own mark."""

from collections.abc import Iterator

from portal.actions.retention.purging import PURGED, purge_mark
from portal.actions.site import Site
from portal.actions.verifying.finding import Finding
from portal.storage.tables.audit import AuditEntry
from portal.storage.tables.campaigns import Record, Submission
from portal.storage.tables.signatures import Declaration, Signature


def check_erased(submission: Submission, *, site: Site) -> Iterator[Finding]:
    """``erased`` is a word in a row: whoever writes it there by hand would else silence every other check."""
    fault = _fault(submission, site=site)
    if fault:
        yield _finding("erased_unsaid", submission, fault)
    rests = [
        f"{name}: {count}"
        for name, table in (("записи", Record), ("декларации", Declaration), ("подписи", Signature))
        if (count := table.select().where(table.submission == submission).count())
    ]
    if rests:
        yield _finding("erased_holds", submission, f"е отбелязан като заличен, а пази {', '.join(rests)}")


def _fault(submission: Submission, *, site: Site) -> str:
    """What is missing, if the purge has not said that it erased the list's month."""
    campaign = submission.campaign
    thing = f"campaign:{campaign.id}"
    entries = list(AuditEntry.select().where((AuditEntry.object == thing) & (AuditEntry.what == PURGED)))
    if not entries:
        return f"е отбелязан като заличен, а в одита липсва запис „{PURGED}“ за {thing}"
    if all(entry.content != purge_mark(campaign, entry.at, site=site) for entry in entries):
        return f"е отбелязан като заличен, а записът „{PURGED}“ за {thing} в одита не е на портала"
    return ""


def _finding(code: str, submission: Submission, what: str) -> Finding:
    where = f"{submission.campaign.month} {submission.institution_id}"
    return Finding(code, f"submission:{submission.id}", f"{where}: списъкът {what}.")
