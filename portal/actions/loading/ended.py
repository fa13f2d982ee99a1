"""Loading АСП's list of what was really ended: every line is placed beside its record, or rejected."""

import logging
from collections.abc import Iterable
from datetime import datetime
from typing import Any

from portal.actions.campaigns.window import held_campaign
from portal.actions.letters.announcing import announce, spread
from portal.actions.loading.files import (
    Source,
    Watch,
    begin,
    check_named,
    check_not_empty,
    check_readable,
    finish,
    reject,
    unwatched,
)
from portal.domain.campaigns.ended import check_may_load_ended
from portal.domain.errors import Refusal
from portal.domain.letters.kinds import Occasion
from portal.domain.month import Month
from portal.domain.names import folded
from portal.domain.people import Operator
from portal.exchange.asp_list import other_month, repeated
from portal.exchange.ended_list import (
    NOT_ANSWERED,
    OTHER_INSTITUTION,
    OTHER_NAMES,
    EndedLine,
    EndedRow,
    read_ended_list,
)
from portal.exchange.file_names import named
from portal.exchange.text import Reading
from portal.storage.campaigns.ended import replace_outcomes, staged_digest, untold_records
from portal.storage.campaigns.placing import records_about
from portal.storage.campaigns.staging import StagedOutcome, StagedReject, filling, staged, staged_rejects
from portal.storage.loading.tables import Load
from portal.storage.retention.erasing import is_erased
from portal.storage.tables import audit
from portal.storage.tables.answers import AnsweredRecord
from portal.storage.tables.bulk import add_rows, batches, know_size, planned_anew, tuples
from portal.storage.tables.campaigns import Campaign, Record
from portal.storage.tables.db import writing

logger = logging.getLogger(__name__)

CAME_BACK = "result_came_back"  # in the audit
FIELDS = ("record", "ended", "months", "since", "why")


def load_ended(
    person: Operator | None,
    source: Source,
    *,
    month: Month | None = None,
    watch: Watch = unwatched,
    now: datetime,
) -> Load:
    """What АСП did is what the newest file says: one without a single good line changes nothing, and the
    same file again neither. ``month`` is that of the page on which it is loaded. The file is read before
    anybody is kept waiting."""
    check_named(source.name, "ended")
    reading = read_ended_list(source.stream)
    check_readable(reading)
    month = _month_of(reading, source, month)
    campaign = Campaign.for_month(month)
    _check_may_load(campaign)
    with staged(StagedOutcome, StagedReject):
        placed, rejected = _stage(reading, campaign, watch)
        check_not_empty(placed + rejected)
        digest = staged_digest()
        with planned_anew(), writing():
            campaign = held_campaign(month)
            _check_may_load(campaign)
            load = begin("ended", source, reading.encoding, person, now=now, month=month)
            load.campaign, load.distributed = campaign, placed
            for rejects in staged_rejects():
                reject(load, rejects)
            if placed:
                _replace(person, campaign, load, digest, now=now)
            finish(load, person, now=now)
    spread(now=now)
    logger.info("load %s: %s lines received, %s rejected", load.id, load.received, load.rejected)
    return load


def _check_may_load(campaign: Campaign) -> None:
    check_may_load_ended(campaign.answered_at, is_erased=is_erased(campaign), month=campaign.month)


def _month_of(reading: Reading[EndedRow], source: Source, page: Month | None) -> Month:
    """That of the first well-formed line; where there is none, of the page or of the file's name."""
    said = named(source.name)
    first = next((row.line.month for row in reading if row.line is not None), None)
    month = first or page or (None if said is None else said.month)
    if month is None:
        raise Refusal("Нито един ред не е верен и от името на файла не личи месецът.", field="file")
    if page is not None and month != page:
        raise Refusal(
            f"Файлът е за {month.label}, а това е {page.label} Отворете страницата на неговия месец.",
            field="file",
        )
    return month


def _stage(reading: Iterable[EndedRow], campaign: Campaign, watch: Watch) -> tuple[int, int]:
    """How many lines have their record, and how many do not."""
    placing = _Placing(campaign)
    placed = rejected = 0
    with filling():
        for batch in batches(reading):
            rows, rejects = placing.take(batch)
            add_rows(StagedOutcome, FIELDS, rows)
            add_rows(StagedReject, ("number", "line", "faults"), rejects)
            placed, rejected = placed + len(rows), rejected + len(rejects)
            watch(placed + rejected, None)
    know_size(StagedOutcome)
    return placed, rejected


class _Placing:
    """Lines beside the records of the answer; of two about one record the first good one stands."""

    def __init__(self, campaign: Campaign) -> None:
        self._campaign = campaign
        self._standing: dict[int, int] = {}  # the line, by record

    def take(self, batch: list[EndedRow]) -> tuple[list[tuple[Any, ...]], list[tuple[int, bytes, str]]]:
        """Rows of the temporary table, and rejected lines."""
        children = {row.line.key[:2] for row in batch if row.line is not None}
        records = records_about(self._campaign, children)
        answered = _answered(record.id for record in records.values())
        rows, rejects = [], []
        for row in batch:
            line = row.line
            record = None if line is None else records.get(line.key)
            faults = [*row.faults, *self._faults(row, line, record, answered)]
            if faults or line is None or record is None:
                rejects.append((row.number, row.raw, "; ".join(faults)))
                continue
            self._standing[record.id] = row.number
            done = line.outcome
            rows.append((record.id, done.ended, done.months, done.since, done.why))
        return rows, rejects

    def _faults(
        self, row: EndedRow, line: EndedLine | None, record: Record | None, answered: dict[int, str]
    ) -> list[str]:
        """What only the portal can know; a line about another child than its names say is nobody's."""
        if row.month not in (None, self._campaign.month):
            return [other_month(self._campaign.month)]
        if line is None:
            return []
        if record is None or record.id not in answered:
            return [NOT_ANSWERED]
        faults = []
        if line.institution not in (record.asp_institution, answered[record.id]):
            faults.append(OTHER_INSTITUTION)
        if [folded(name) for name in line.names] != [
            folded(name) for name in (record.given, record.middle, record.family)
        ]:
            faults.append(OTHER_NAMES)
        if record.id in self._standing:
            faults.append(repeated(self._standing[record.id]))
        return faults


def _answered(records: Iterable[int]) -> dict[int, str]:
    """The institution in the answer, by record."""
    query = AnsweredRecord.select(AnsweredRecord.record, AnsweredRecord.institution)
    return dict(tuples(query.where(AnsweredRecord.record.in_(list(records)))))


def _replace(person: Operator | None, campaign: Campaign, load: Load, digest: str, *, now: datetime) -> None:
    load.missing = untold_records(campaign)
    done = replace_outcomes(campaign)
    load.added, load.updated, load.unchanged = done.added, done.updated, done.unchanged
    load.removed = done.removed
    if done.changes:
        audit.add(person, CAME_BACK, f"campaign:{campaign.id}", now=now, content=digest)
        announce(Occasion.RESULT_CAME_BACK, campaign, now=now)
