"""What АСП did about the records of an answer: taking it from a file, and beside the decisions."""

import hashlib
from dataclasses import dataclass
from functools import reduce
from operator import or_
from typing import Any

from peewee import JOIN, SQL, Case, fn

from portal.domain.campaigns.ended import Agreement, Outcome, Returned, agreement
from portal.domain.decisions import Decision, Reason
from portal.domain.submissions import Lock
from portal.storage.campaigns.answered import said_of
from portal.storage.campaigns.staging import StagedOutcome
from portal.storage.tables.answers import AnsweredRecord, EndedRecord
from portal.storage.tables.campaigns import Campaign, Record, Submission
from portal.storage.tables.institutions import Institution
from portal.storage.tables.snapshot import in_batches

ALIKE = ("ended", "months", "since", "why")
_RESIGNED = (Submission.lock == Lock.SIGNED) & (Submission.signed_at > Campaign.answered_at)


@dataclass(frozen=True)
class Replaced:
    """Records by what the file changed of what was known of them."""

    added: int
    updated: int
    unchanged: int
    removed: int

    @property
    def changes(self) -> int:
        return self.added + self.updated + self.removed


def replace_outcomes(campaign: Campaign) -> Replaced:
    """The staged outcomes are all that is known from now on. In the caller's transaction."""
    ours = EndedRecord.campaign == campaign
    same_record = StagedOutcome.record == EndedRecord.record
    staged_fields, our_fields = StagedOutcome._meta.fields, EndedRecord._meta.fields
    # Of two that were both ended, or neither, ``since`` stands in both or in neither (ended_list.py).
    differs = reduce(or_, [staged_fields[name] != our_fields[name] for name in ALIKE])
    staged = int(StagedOutcome.select().count())
    both = int(EndedRecord.select().join(StagedOutcome, on=same_record).where(ours).count())
    updated = int(EndedRecord.select().join(StagedOutcome, on=same_record).where(ours & differs).count())
    removed: int = (
        EndedRecord.delete().where(
            ours & EndedRecord.record.not_in(StagedOutcome.select(StagedOutcome.record))
        )
    ).execute()
    columns = [StagedOutcome._meta.fields[name] for name in ("record", *ALIKE)]
    fields = [EndedRecord.campaign, *(EndedRecord._meta.fields[name] for name in ("record", *ALIKE))]
    rows = (
        StagedOutcome.select(Campaign.id, *columns)
        .join(Campaign, on=(Campaign.id == campaign.id))
        .where(StagedOutcome.record > 0)  # SQLite reads ON CONFLICT after a bare SELECT as a join
    )
    EndedRecord.insert_from(rows, fields).on_conflict(
        conflict_target=[EndedRecord.record], preserve=[EndedRecord._meta.fields[name] for name in ALIKE]
    ).execute()
    return Replaced(staged - both, updated, both - updated, removed)


def staged_digest() -> str:
    """Of all outcomes that are staged."""
    return _digest(StagedOutcome.select(), StagedOutcome.record)


def outcomes_digest(campaign: Campaign) -> str:
    """Of all that is known of the month, as ``staged_digest`` has it: the audit keeps it for ``verify``."""
    return _digest(EndedRecord.select().where(EndedRecord.campaign == campaign), EndedRecord.record)


def _digest(query: Any, key: Any) -> str:
    digest = hashlib.sha256()
    for batch in in_batches(query, key):
        for row in batch:
            number = row.record if isinstance(row, StagedOutcome) else row.record_id
            said = f"{number} {row.ended:d} {row.months} {row.since or '-'} {row.why}\n"
            digest.update(said.encode())
    return digest.hexdigest()


def untold_records(campaign: Campaign) -> int:
    """Of which the staged file says nothing, though they can be ended."""
    query = AnsweredRecord.select().join(Record).where(AnsweredRecord.campaign == campaign)
    told = StagedOutcome.select(StagedOutcome.record)
    return int(query.where((Record.reason != Reason.DISTANCE) & AnsweredRecord.record.not_in(told)).count())


@dataclass(frozen=True)
class Result:
    """One record on its way: what was decided, what АСП was told, and what АСП did (none: it did not say)."""

    said: AnsweredRecord
    outcome: Outcome | None
    agreement: Agreement
    is_corrected: bool  # signed anew after the answer: АСП is told by a correction

    @property
    def record(self) -> Record:
        return self.said.record


def results_of(campaign: Campaign, institution: str) -> list[Result]:
    """Of one institution's records in the answer; what differs comes first, then the answer's order."""
    rows = said_of(campaign, institution)
    resigned = _is_resigned(campaign, institution)
    mine = EndedRecord.record.in_([said.record_id for said in rows])
    outcomes = {row.record_id: row.outcome for row in EndedRecord.select().where(mine)} if rows else {}
    found = [_result(said, outcomes.get(said.record_id), is_resigned=resigned) for said in rows]
    order = list(Agreement)
    return sorted(found, key=lambda result: order.index(result.agreement)) if outcomes else found


def is_told(campaign: Campaign, institution: str) -> bool:
    """Whether АСП said of any of the institution's records what it did."""
    answered = EndedRecord.select(EndedRecord.record).join(
        AnsweredRecord, on=(AnsweredRecord.record == EndedRecord.record)
    )
    ours = (EndedRecord.campaign == campaign) & (AnsweredRecord.institution == institution)
    return bool(answered.where(ours).exists())


def _result(said: AnsweredRecord, outcome: Outcome | None, *, is_resigned: bool) -> Result:
    record = said.record
    decision = record.decision if is_resigned else said.decision
    is_changed = is_resigned and (record.decision, record.corrected) != (said.decision, said.corrected)
    ended = None if outcome is None else outcome.ended
    how = agreement(record.reason, decision, ended, is_under_limit=record.case(0).is_under_limit)
    return Result(said, outcome, how, is_changed)


def _is_resigned(campaign: Campaign, institution: str) -> bool:
    ours = (Submission.campaign == campaign) & (Submission.institution == institution)
    return bool(Submission.select().join(Campaign).where(ours & _RESIGNED).exists())


def returned_in(campaign: Campaign, region: int | None = None) -> Returned | None:
    """What came back, of one region or of the country, in counts; none where nothing did. No column that
    names a child is read."""
    query = _returned().where(EndedRecord.campaign == campaign)
    ours = query if region is None else query.where(Institution.region == region)
    found = _counted(ours).get(campaign.id)
    if found is not None:
        found.institutions = int(ours.select(fn.COUNT(AnsweredRecord.institution.distinct())).scalar())
    return found


def returned_to(institution: str) -> dict[int, Returned]:
    """The same of one institution, by campaign, those alone in which something came back. One query."""
    found = _counted(_returned().where(AnsweredRecord.institution == institution))
    for returned in found.values():
        returned.institutions = 1
    return found


def _counted(query: Any) -> dict[int, Returned]:
    """By campaign."""
    told = Case(None, [(_RESIGNED, Record.decision)], AnsweredRecord.decision)
    alike = (
        EndedRecord.campaign.alias("month_of"), EndedRecord.ended, Record.reason, Record.absences,
        Record.band, Record.in_kindergarten, told.alias("told"),
    )  # fmt: skip
    # By their places: PostgreSQL takes two expressions with values in them for two.
    places = [SQL(str(place)) for place in range(1, len(alike) + 1)]
    found: dict[int, Returned] = {}
    counted = query.select(*alike, fn.COUNT(EndedRecord.record).alias("many")).group_by(*places)
    for row in counted.objects(Record):
        returned = found.setdefault(vars(row)["month_of"], Returned())
        ended, many = bool(vars(row)["ended"]), vars(row)["many"]
        under = row.case(0).is_under_limit
        how = agreement(row.reason, Decision(vars(row)["told"]), ended, is_under_limit=under)
        returned.by_agreement[how] += many
        returned.ended += many if ended else 0
        returned.kept += 0 if ended else many
    return found


def _returned() -> Any:
    return (
        EndedRecord.select()
        .join(Campaign)
        .switch(EndedRecord)
        .join(Record)
        .join(Submission, JOIN.LEFT_OUTER, on=(Record.submission == Submission.id))
        .switch(Record)
        .join(AnsweredRecord, on=(AnsweredRecord.record == Record.id))
        .join(Institution, on=(AnsweredRecord.institution == Institution.code))
    )
