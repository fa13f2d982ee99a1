"""What the audit of a restored database says beside heads that were kept elsewhere."""

from collections.abc import Iterator
from dataclasses import dataclass

from portal.actions.verifying.chains import Head, Heads
from portal.domain.deeds import ACCESS
from portal.storage.tables.audit import START, AuditEntry
from portal.storage.tables.snapshot import in_batches


@dataclass(frozen=True)
class Since:
    """``missing``: how many entries of a chain the checkpoint knows and the backup has not: what they did is
    undone, and must be done again. ``differing``: chains that are not those of the checkpoint. ``changed``:
    what, after the checkpoint, was done to accounts, authorisations and keys of registers."""

    missing: dict[str, int]
    differing: list[str]
    changed: list[AuditEntry]


def since(checkpoint: Heads | None) -> Since | None:
    """None where there is no checkpoint to compare with."""
    if checkpoint is None:
        return None
    missing, differing = {}, []
    for chain, head in sorted(checkpoint.items()):
        last = _last(chain)
        if last.sequence < head.sequence:
            missing[chain] = head.sequence - last.sequence
        elif _digest(chain, head.sequence) != head.digest:
            differing.append(chain)
    return Since(missing, differing, list(_changed(checkpoint)))


def _last(chain: str) -> Head:
    newest = AuditEntry.sequence.desc()
    row = AuditEntry.select().where(AuditEntry.chain == chain).order_by(newest).first()
    return Head(0, START) if row is None else Head(row.sequence, row.digest)


def _digest(chain: str, sequence: int) -> str:
    row = AuditEntry.get_or_none((AuditEntry.chain == chain) & (AuditEntry.sequence == sequence))
    return START if row is None else str(row.digest)


def _changed(checkpoint: Heads) -> Iterator[AuditEntry]:
    for batch in in_batches(AuditEntry.select().where(AuditEntry.what.in_(ACCESS)), AuditEntry.id):
        for entry in batch:
            known = checkpoint.get(entry.chain)
            if known is None or entry.sequence > known.sequence:
                yield entry
