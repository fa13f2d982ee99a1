"""Checking that every line that АСП sent is distributed, rejected or repaired, and who mended what."""

from collections import Counter, defaultdict
from collections.abc import Iterator

from portal.actions.loading.repairing import REPAIRED, digest_of
from portal.actions.verifying.finding import Finding
from portal.domain.campaigns.rejected import Outcome
from portal.domain.month import Month
from portal.exchange.asp_list import read_again
from portal.storage.campaigns.loads import ASP
from portal.storage.campaigns.placing import records_about
from portal.storage.campaigns.rejects import Repair, outcomes_of, repairs_in
from portal.storage.loading.tables import Load
from portal.storage.retention.erasing import is_erased
from portal.storage.tables.audit import AuditEntry
from portal.storage.tables.bulk import batches, tuples
from portal.storage.tables.campaigns import Campaign


def check_loads(month: Month | None) -> Iterator[Finding]:
    """Of a load that was broken off nothing is counted yet; of erased lines nobody can tell."""
    finished = Load.select().where((Load.kind == ASP) & Load.is_finished).order_by(Load.id)
    loads = list(finished if month is None else finished.where(Load.month == month))
    for load in loads:
        if load.received != load.distributed + load.rejected + load.repaired:
            yield _finding(
                "lines_differ", load, "получените редове не са разпределени, отхвърлени и поправени"
            )
    campaigns = Campaign.select().order_by(Campaign.month)
    for campaign in campaigns if month is None else campaigns.where(Campaign.month == month):
        if not is_erased(campaign):
            yield from _check_lines([load for load in loads if load.month == campaign.month])
            yield from _check_repairs(campaign)


def _check_lines(loads: list[Load]) -> Iterator[Finding]:
    """Whether the lines that are kept are as many as is said."""
    for load in loads:
        kept = outcomes_of(load)
        still = kept[Outcome.OPEN] + kept[Outcome.LEFT]
        if (still, kept[Outcome.REPAIRED]) != (load.rejected, load.repaired):
            yield _finding("lines_differ", load, "отхвърлените и поправените редове не са колкото пише")


def _check_repairs(campaign: Campaign) -> Iterator[Finding]:
    """Whether the audit knows of each, each has its record, and each that the audit knows of is there."""
    repairs = repairs_in(campaign.month)
    said, kept = _said(campaign), {_digest(repair) for repair in repairs}
    every = {digest for digests in said.values() for digest in digests}
    for repair in repairs:
        if _digest(repair) not in every:
            yield _unsaid(repair.load_id, repair.number, "поправката на ред")
    for load_id, digests in said.items():
        if digests.keys() - kept:
            yield _unsaid(load_id, None, "поправка, която одитът помни, вече я няма")
    for some in batches(repairs):
        rows = [(repair, read_again(repair.number, repair.mended.decode("cp1251"))) for repair in some]
        there = records_about(campaign, {row.key[:2] for _, row in rows if row.key is not None})
        for repair, row in rows:
            if row.line is None or row.key not in there:
                yield _unsaid(repair.load_id, repair.number, "няма запис за поправения ред")


def _said(campaign: Campaign) -> dict[int, Counter[str]]:
    """By load, the digests of what the audit says was mended."""
    loads = {f"load:{load.id}": load.id for load in Load.select(Load.id).where(Load.campaign == campaign)}
    said: dict[int, Counter[str]] = defaultdict(Counter)
    for things in batches(loads, 500):
        query = AuditEntry.select(AuditEntry.object, AuditEntry.content)
        these = query.where((AuditEntry.what == REPAIRED) & AuditEntry.object.in_(things))
        for thing, content in tuples(these):
            said[loads[thing]][content] += 1
    return said


def _digest(repair: Repair) -> str:
    return digest_of(repair.line, repair.mended, repair.salt)


def _unsaid(load_id: int, number: int | None, what: str) -> Finding:
    line = "" if number is None else f" {number}"
    return Finding("repair_differs", f"load:{load_id}", f"Зареждане {load_id}: {what}{line}.")


def _finding(code: str, load: Load, what: str) -> Finding:
    return Finding(code, f"load:{load.id}", f"Зареждане {load.id}: {what}.")
