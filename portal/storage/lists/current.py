"""One institution's list as it is now, with its records: what the hottest requests ask."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from peewee import JOIN

from portal.domain.diary.agreement import ByDiary
from portal.domain.errors import NotFound
from portal.domain.month import Month
from portal.storage.diary.tables import DiaryFigure
from portal.storage.tables.campaigns import Campaign, Record, Submission, counted
from portal.storage.tables.db import Table, is_sqlite
from portal.storage.tables.institutions import Institution
from portal.storage.tables.prepared import Columns, Prepared, parted, slot

_LIST, _CAMPAIGN = Columns(Submission), Columns(Campaign)
_INSTITUTION, _RECORD, _FIGURE = Columns(Institution), Columns(Record), Columns(DiaryFigure)
_OF_ONE = (_LIST, _CAMPAIGN, _INSTITUTION, _RECORD, _FIGURE)
NO_RECORD = 0
_IS_COMPARED = (DiaryFigure.record == Record.id) & (DiaryFigure.submission == Record.submission)


@dataclass(frozen=True)
class Records:
    """``listed`` are those to be signed; ``returned`` were sent back as „не е наше дете“, the latest last,
    and lie with the institution until the operator routes them."""

    listed: list[Record]
    returned: list[Record]


def list_of(institution: str, month: Month) -> Submission:
    """The list of ``institution`` for ``month``, with its campaign and institution."""
    return list_with(institution, month, NO_RECORD)[0]


def held_list(institution: str, month: Month) -> Submission:
    """The same, and nobody else changes it until the transaction ends."""
    return held_with(institution, month, NO_RECORD)[0]


def list_with(institution: str, month: Month, record_id: int) -> tuple[Submission, Record | None]:
    """The list, and the record if it lies with the institution: for anyone else there is none."""
    found = _ONE.one(institution=institution, month=month, record=record_id)
    if found is None:
        raise NotFound(f"За {month.label} няма списък на вашата институция.")
    submission, campaign, place, record, figure = parted(found, *_OF_ONE)
    institution_row = _INSTITUTION.row(place)
    related = {"campaign": _CAMPAIGN.row(campaign), "institution": institution_row}
    found_list = _LIST.row(submission, **related)
    return found_list, None if record[0] is None else _with_figure(record, figure, **related)


def held_with(institution: str, month: Month, record_id: int) -> tuple[Submission, Record | None]:
    """As ``list_with``, and nobody else changes the list until the transaction ends. SQLite's only writer
    holds everything; on PostgreSQL the turn comes first, so that what is read is what the last one left."""
    if not is_sqlite():
        _HELD.rows(institution=institution, month=month)
    return list_with(institution, month, record_id)


def records_of(submission: Submission) -> Records:
    """In no order: databases do not agree on that of Cyrillic, so people's is made in Python."""
    rows = _RECORDS.rows(
        submission=submission.id, campaign=submission.campaign_id, institution=submission.institution_id
    )
    records = [_with_figure(*parted(row, _RECORD, _FIGURE)) for row in rows]
    returned = [record for record in records if record.submission_id is None]
    return Records(
        [record for record in records if record.submission_id is not None],
        sorted(returned, key=lambda record: (record.returned_at, record.id)),
    )


def _with_figure(record: Sequence[Any], figure: Sequence[Any], **related: Table | None) -> Record:
    """The record, with what the diary says of it where its list was compared with one."""
    row = _RECORD.row(record, **related)
    if figure[0] is not None:
        row.by_diary = ByDiary(_FIGURE.row(figure).unexcused)
    return row


def change_record(record: Record, changes: dict[str, Any]) -> bool:
    """Store ``changes`` if the record is still of the version and on the list that it was read with; it has
    them from then on. False if somebody was faster."""
    seen = (Record.id == record.id) & (Record.version == record.version)
    where = (
        Record.submission.is_null()
        if record.submission_id is None
        else (Record.submission == record.submission_id)
    )
    changed = Record.update(version=record.version + 1, **changes).where(seen & where).execute()
    if changed != 1:
        return False
    for name, value in changes.items():
        setattr(record, name, value)
    record.version += 1
    return True


def recount(submission: Submission) -> None:
    """Bring the list's counts up to its records, and its version one further."""
    (row,) = _RECOUNTED.rows(submission=submission.id)
    submission.version, submission.total, submission.pending, submission.confirmed, submission.refused = row


def _one() -> Any:
    lies_here = (
        (Record.id == slot(Record.id, "record"))
        & (Record.institution == Submission.institution)
        & (Record.campaign == Submission.campaign)
    )
    return (
        Submission.select(*(column for table in _OF_ONE for column in table.selected))
        .join(Campaign)
        .switch(Submission)
        .join(Institution)
        .switch(Submission)
        .join(Record, JOIN.LEFT_OUTER, on=lies_here)
        .join(DiaryFigure, JOIN.LEFT_OUTER, on=_IS_COMPARED)
        .where(
            (Campaign.month == slot(Campaign.month, "month"))
            & (Submission.institution == slot(Submission.institution, "institution"))
        )
    )


def _held() -> Any:
    of_month = Campaign.select(Campaign.id).where(Campaign.month == slot(Campaign.month, "month"))
    ours = Submission.institution == slot(Submission.institution, "institution")
    return Submission.select(Submission.id).where(ours & Submission.campaign.in_(of_month)).for_update()


def _records() -> Any:
    sent_back = (
        Record.submission.is_null()
        & Record.returned_at.is_null(False)
        & (Record.campaign == slot(Record.campaign, "campaign"))
        & (Record.institution == slot(Record.institution, "institution"))
    )
    return (
        Record.select(*_RECORD.selected, *_FIGURE.selected)
        .join(DiaryFigure, JOIN.LEFT_OUTER, on=_IS_COMPARED)
        .where((Record.submission == slot(Record.submission, "submission")) | sent_back)
    )


def _recounted() -> Any:
    changes = counted(Submission)
    changed = Submission.update(**changes).where(Submission.id == slot(Submission.id, "submission"))
    return changed.returning(
        Submission.version, Submission.total, Submission.pending, Submission.confirmed, Submission.refused
    )


_ONE, _HELD, _RECORDS, _RECOUNTED = Prepared(_one), Prepared(_held), Prepared(_records), Prepared(_recounted)
