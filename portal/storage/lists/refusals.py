"""The figure and reason of a refusal in a list's history, for as long as the record still shows them."""

from collections.abc import Iterable

from portal.domain.decisions import Decision
from portal.domain.figures import measured
from portal.storage.history.entries import Entry
from portal.storage.tables.campaigns import Record

REFUSED = "refused"  # the audit's word
RECORD = "record:"


def refusals_of(entries: Iterable[Entry], institution: str) -> dict[int, str]:
    """By the number of the entry, for those whose refusal stands: the audit keeps neither number nor reason,
    the record only its last decision, so of an earlier one nothing is said rather than something wrong.
    ``entries`` are of the institution's chain, the newest first."""
    last: dict[int, Entry] = {}
    for entry in entries:
        if entry.what == REFUSED and entry.thing.startswith(RECORD):
            last.setdefault(int(entry.thing.removeprefix(RECORD)), entry)
    records = Record.select().where(Record.id.in_(list(last)) & (Record.institution == institution))
    return {last[record.id].number: _said(record) for record in records if _is_of(record, last[record.id])}


def _is_of(record: Record, entry: Entry) -> bool:
    """An action writes the record and its entry with one and the same time."""
    stands = record.decision is Decision.REFUSED
    return stands and (record.decided_by_id, record.decided_at) == (entry.user_id, entry.at)


def _said(record: Record) -> str:
    parts = []
    if record.corrected is not None:
        case = record.case(school_days=0)  # for its unit
        parts.append(f"{measured(record.corrected, case.unit)} вместо {measured(case.figure, case.unit)}")
    if record.refusal_reason is not None:
        parts.append(record.refusal_reason.label)
    return " – ".join(parts)
