"""Checking the audit's chains: no entry is missing or changed, and no chain was cut short."""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from portal.actions.verifying.finding import Finding
from portal.storage.tables.audit import START, AuditEntry
from portal.storage.tables.campaigns import Submission
from portal.storage.tables.signatures import Declaration
from portal.storage.tables.snapshot import in_batches


@dataclass(frozen=True)
class Head:
    """The last entry of a chain: now, or when a checkpoint was written."""

    sequence: int
    digest: str


Heads = dict[str, Head]  # by chain
NO_ENTRIES = Head(0, START)


def chain_names(checkpoint: Heads) -> list[str]:
    """Every chain that there is, that a declaration counts on, or that there once was."""
    written: Any = AuditEntry.select(AuditEntry.chain).distinct().tuples()
    relied_on: Any = (
        Declaration.select(Submission.institution)
        .join(Submission, on=Declaration.submission == Submission.id)
        .distinct()
        .tuples()
    )
    return sorted({*(row[0] for row in written), *(row[0] for row in relied_on), *checkpoint})


def check_chain(chain: str, checkpoint: Head | None, heads: Heads) -> Iterator[Finding]:
    """What is wrong with one chain; its head goes into ``heads``."""
    at = NO_ENTRIES
    missing = _heads_in_declarations(chain)
    for batch in in_batches(AuditEntry.select().where(AuditEntry.chain == chain), AuditEntry.sequence):
        for entry in batch:
            yield from _check_entry(entry, at)
            if checkpoint and entry.sequence == checkpoint.sequence and entry.digest != checkpoint.digest:
                yield _finding("checkpoint_differs", entry, "не е онзи, който пази контролната точка")
            missing.pop(entry.digest, None)
            at = Head(entry.sequence, entry.digest)
    heads[chain] = at
    for declaration in missing.values():
        yield Finding(
            "audit_cut",
            f"audit:{chain}",
            f"Декларация {declaration} стъпва на запис, който липсва от одита на {chain}: "
            "записи са изтрити или одитът е написан наново.",
        )
    if checkpoint and at.sequence < checkpoint.sequence:
        yield Finding(
            "audit_cut",
            f"audit:{chain}",
            f"Одитът на {chain} свършва на запис {at.sequence}, а контролната точка пази запис "
            f"{checkpoint.sequence}: краят е отрязан.",
        )


def _check_entry(entry: AuditEntry, before: Head) -> Iterator[Finding]:
    if entry.sequence != before.sequence + 1:
        yield _finding("audit_gap", entry, f"идва след запис {before.sequence}: между тях има изтрити")
    elif entry.previous != before.digest:
        yield _finding("audit_link", entry, "не продължава записа преди него")
    if entry.digest != entry.expected_digest():
        yield _finding("audit_changed", entry, "е променен")


def _heads_in_declarations(chain: str) -> dict[str, int]:
    """The heads that declarations of this institution carry, each with the first that does."""
    carried: Any = (
        Declaration.select(Declaration.audit_head, Declaration.id)
        .join(Submission, on=Declaration.submission == Submission.id)
        .where((Submission.institution == chain) & (Declaration.audit_head != START))
        .order_by(Declaration.id.desc())
    )
    return dict(carried.tuples())


def _finding(code: str, entry: AuditEntry, what: str) -> Finding:
    return Finding(
        code,
        f"audit:{entry.chain}:{entry.sequence}",
        f"Запис {entry.sequence} в одита на {entry.chain} {what}.",
    )
