"""Applying a batch of АСП's lines to the records: add, update, reset, move or reject."""

from collections.abc import Sequence
from datetime import datetime
from typing import Any

from portal.actions.loading.outcome import Done, put
from portal.actions.loading.places import Places
from portal.domain.decisions import Decision, Reason
from portal.domain.placement import Placement
from portal.exchange.asp_list import LIST_SIGNED, repeated
from portal.storage.campaigns.placing import records_about
from portal.storage.campaigns.staging import StagedLine
from portal.storage.tables.bulk import add_rows, save_rows
from portal.storage.tables.campaigns import UNDECIDED, Campaign, Record

AS_SENT = ("given", "middle", "family", "absences", "days")
ADDED = (
    "campaign", "submission", "institution", "asp_institution", "id_type", "id_number",
    "given", "middle", "family", "reason", "absences", "days", "class_code", "band", "in_kindergarten",
    "decision", "note", "certificate", "placed", "version", "returned_note",
)  # fmt: skip
CHANGED = (
    "submission", "institution", "asp_institution", "given", "middle", "family", "absences", "days",
    "class_code", "band", "in_kindergarten", "decision", "corrected", "refusal_reason", "note", "certificate",
    "placed", "decided_by", "decided_at", "version", "figure_before", "figure_changed_at",
    "returned_by", "returned_at", "returned_note",
)  # fmt: skip


class Batch:
    """Some lines of the file, beside the records that are there."""

    def __init__(self, campaign: Campaign, places: Places, done: Done, *, now: datetime) -> None:
        self._campaign, self._places, self._done, self._now = campaign, places, done, now
        self._records: dict[Any, Record] = {}
        self._new: list[tuple[Any, ...]] = []
        self._changed: list[Record] = []

    def distribute(self, lines: Sequence[StagedLine]) -> None:
        """Sort the lines and store what they change."""
        ours = [line for line in lines if line.id_number is not None]
        self._records = records_about(self._campaign, {child_of(line) for line in ours})
        self._places.look_up({child_of(line) for line in ours if self._needs_place(line)})
        for line in lines:
            self._take(line)
        add_rows(Record, ADDED, self._new)
        save_rows(Record, CHANGED, self._changed)

    def _needs_place(self, line: StagedLine) -> bool:
        record = self._records.get(_key(line))
        return record is None or record.asp_institution != line.institution

    def _take(self, line: StagedLine) -> None:
        record = self._records.get(_key(line))
        if faults := self._faults(line, record):
            self._reject(line, faults)
            return
        if line.repair is not None:
            self._done.repaired.append((line.number, bytes(line.line), line.repair))
        if record is None:
            self._add(line)
        elif self._is_same(record, line):
            self._done.unchanged += 1
        else:
            self._update(record, line)

    def _reject(self, line: StagedLine, faults: list[str]) -> None:
        self._done.rejected.append((line.number, line.line, "; ".join(faults)))
        if line.first is not None:
            self._done.standing[line.number] = line.first

    def _faults(self, line: StagedLine, record: Record | None) -> list[str]:
        faults = [line.faults] if line.faults else []
        if line.first is not None and line.first < line.number:
            faults.append(repeated(line.first))
        if line.id_number is not None and self._is_locked(line, record):
            faults.append(LIST_SIGNED)
        return faults

    def _is_locked(self, line: StagedLine, record: Record | None) -> bool:
        """Whether the line would change a signed list; one that says what stands there changes none."""
        if record is None:
            return self._places.is_locked(self._placement(line).institution)
        if self._is_same(record, line):
            return False
        return self._places.is_list_locked(record.submission_id) or (
            self._goes_on(record, line) and self._places.is_locked(self._placement(line).institution)
        )

    def _placement(self, line: StagedLine) -> Placement:
        return self._places.placement(line.institution or "", child_of(line))

    def _add(self, line: StagedLine) -> None:
        placed = self._placement(line)
        list_id = self._places.list_id(placed.institution)
        self._new.append((
            self._campaign.id, list_id, placed.institution, line.institution, line.id_type, line.id_number,
            line.given, line.middle, line.family, line.reason, line.absences, line.days, placed.class_code,
            self._places.band(placed, child_of(line)), self._places.is_kindergarten(line.institution),
            Decision.PENDING, "", False, False, 1, "",
        ))  # fmt: skip
        self._done.added += 1
        if list_id is not None:
            self._done.touched.add(list_id)
            self._done.received.add(list_id)
            self._done.arrived[list_id] += 1

    def _update(self, record: Record, line: StagedLine) -> None:
        goes_on, asks_anew = self._goes_on(record, line), self._asks_anew(record, line)
        before = None if self._is_in_other_unit(record, line) else record.figure
        for name in AS_SENT:
            setattr(record, name, getattr(line, name))
        record.asp_institution = line.institution or ""
        record.in_kindergarten = self._places.is_kindergarten(line.institution)
        record.version += 1
        if asks_anew:
            record.figure_before, record.figure_changed_at = before, self._now
            self._reset(record)
        if goes_on:
            put(record, self._placement(line), self._places, self._done)
        self._changed.append(record)
        self._done.updated += 1
        if record.submission_id is not None:
            self._done.touched.add(record.submission_id)

    def _reset(self, record: Record) -> None:
        """АСП's figure is another: whoever decided has to look again."""
        if record.decision is Decision.PENDING:
            return
        for name, value in UNDECIDED.items():
            setattr(record, name, value)
        self._done.reset.append((record.id, record.institution_id))

    def _goes_on(self, record: Record, line: StagedLine) -> bool:
        """Whether the record has to be placed anew: АСП names another institution for it, nobody put it
        where it lies by hand, and no decision stands (one that this line clears does not)."""
        if record.asp_institution == line.institution or record.routed_at is not None:
            return False
        return record.decision is Decision.PENDING or self._asks_anew(record, line)

    def _asks_anew(self, record: Record, line: StagedLine) -> bool:
        """Whether АСП sends another figure now, or the same one counted in another unit."""
        is_other = _figure_text(record) != _figure_text(line, record.reason)
        return is_other or self._is_in_other_unit(record, line)

    def _is_in_other_unit(self, record: Record, line: StagedLine) -> bool:
        """Whether a pupil's absences are days of a kindergarten in one of the two and hours in the other."""
        counted_there = self._places.is_kindergarten(line.institution)
        is_counted = record.reason is Reason.ABSENCE and record.is_pupil
        return is_counted and record.in_kindergarten != counted_there

    def _is_same(self, record: Record, line: StagedLine) -> bool:
        """Whether the record says what the line does. A signed list keeps the unit that was signed."""
        keeps_unit = self._places.is_list_locked(record.submission_id)
        return (
            bool(line.is_sound)
            and record.asp_institution == line.institution
            and all(getattr(record, name) == getattr(line, name) for name in AS_SENT)
            and (keeps_unit or not self._is_in_other_unit(record, line))
        )


def _figure_text(holder: Record | StagedLine, reason: Reason | None = None) -> str:
    match reason if reason is not None else holder.reason:
        case Reason.ABSENCE:
            return str(holder.absences)
        case Reason.DISTANCE:
            return str(holder.days)
    return ""


def child_of(line: StagedLine) -> Any:
    """Type and number of the identifier."""
    return line.id_type, line.id_number


def _key(line: StagedLine) -> Any:
    return line.id_type, line.id_number, line.reason
