"""Making the answer to АСП: previews while lists are being signed, and the final one that ends a campaign."""

import hashlib
import logging
from collections import Counter
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, replace
from datetime import datetime
from typing import IO, Any

from portal.actions.campaigns.window import held_campaign
from portal.domain.decisions import Decision
from portal.domain.errors import Conflict
from portal.domain.month import Month
from portal.domain.people import Operator
from portal.exchange.answer import AnswerRow, LoadedFile, Manifest, RepairedLine, answer_name, write_answer
from portal.storage.campaigns.answered import (
    keep_answered,
    records_in_turns,
    said_of,
    said_where_reopened,
)
from portal.storage.campaigns.answers import answer_fault, final_answer, records_to_answer, said_by_answer
from portal.storage.campaigns.loads import loads_of
from portal.storage.campaigns.progress import standings
from portal.storage.campaigns.rejects import repairs_in
from portal.storage.lists.held import held_lists
from portal.storage.loading.tables import Load
from portal.storage.retention.erasing import is_erased
from portal.storage.tables import audit
from portal.storage.tables.answers import AnsweredRecord, AnswerFile
from portal.storage.tables.campaigns import Campaign, Record
from portal.storage.tables.db import writing
from portal.storage.tables.snapshot import snapshot

logger = logging.getLogger(__name__)

ERASED = "Данните за този месец са заличени след срока за съхранение: файлът вече не може да бъде направен."
ANSWERED, DOWNLOADED = "answered", "downloaded_answer"  # in the audit
COMMAND_LINE = "команден ред"  # who made an answer that no account made
TRIES = 3  # at writing the answer while nobody waits: after the deadline hardly anything changes


@dataclass(frozen=True)
class Made:
    """An answer that was written, with the manifest beside it."""

    name: str
    sha256: str
    size: int
    decisions: Counter[Decision]
    manifest: bytes

    @property
    def records(self) -> int:
        return self.decisions.total()

    @property
    def columns(self) -> dict[str, Any]:
        """What is kept of it."""
        names = ("name", "size", "records", "sha256", "manifest")
        return {name: getattr(self, name) for name in names}


def copy_of(campaign: Campaign, institution: str) -> bytes:
    """The header and one institution's lines of the final answer."""
    rows = (said_row(said.record, said, campaign.month) for said in said_of(campaign, institution))
    return b"".join(write_answer(rows))


def written_again(campaign: Campaign) -> bytes:
    """The final answer as its data give it now; nothing is recorded."""
    return b"".join(lines_again(campaign))


def lines_again(campaign: Campaign) -> Iterator[bytes]:
    """The same line by line."""
    return write_answer(_rows(campaign, final=True))


def write_rows(rows: Iterable[AnswerRow], out: IO[bytes]) -> tuple[str, int, Counter[Decision]]:
    """Write the file; its SHA-256, size and rows by decision."""
    digest, size, decisions = hashlib.sha256(), 0, Counter[Decision]()
    for line in write_answer(_counted(rows, decisions)):
        out.write(line)
        digest.update(line)
        size += len(line)
    return digest.hexdigest(), size, decisions


def make_answer(person: Operator | None, month: Month, out: IO[bytes], *, now: datetime, final: bool) -> Made:
    """Write the answer to ``out``, row by row.

    A preview holds what signed lists say. The final answer holds every record, and what lies on no
    signed list as „няма информация“; it ends the campaign. It is made once: written again, it has the
    same bytes, or it is not written at all, and the audit has a download.

    Nobody waits while it is written, as of one moment. Where anything that it says is another by the time
    that it ends the campaign, it is written again; in the end within that very turn.
    """
    for _ in range(TRIES):
        if made := _made(person, month, out, now=now, final=final):
            return made
    with writing():
        held_lists(held_campaign(month))
        made = _made(person, month, out, now=now, final=final)
    assert made is not None
    return made


def _made(
    person: Operator | None, month: Month, out: IO[bytes], *, now: datetime, final: bool
) -> Made | None:
    """None where it does not hold any more what the month says."""
    out.seek(0)
    out.truncate()
    with snapshot():
        campaign = Campaign.for_month(month)
        _check(campaign, now=now, final=final)
        seen = said_by_answer(campaign)
        made = _written(person, campaign, out, now=now, final=final)
    ends = final and campaign.answered_at is None
    if ends:
        _keep(campaign)
    with writing():
        campaign = held_campaign(month)
        _check(campaign, now=now, final=final)
        if ends:
            held_lists(campaign)  # a decision that is being stored is stored first
            if said_by_answer(campaign) != seen:
                return None
        first = final_answer(campaign) if final else None
        if final:
            made = _end(campaign, made, first, now=now)
        if first is None:
            _store(person, campaign, made, now=now, final=final)
        else:
            audit.add(person, DOWNLOADED, f"campaign:{campaign.id}", now=now, content=made.sha256)
    logger.info("answer for %s, final: %s, %s records", month, final, made.records)
    return made


def _check(campaign: Campaign, *, now: datetime, final: bool) -> None:
    if is_erased(campaign):
        raise Conflict(ERASED)
    if final and (why := answer_fault(campaign, now=now)):
        raise why


def _keep(campaign: Campaign) -> None:
    """Some records in each turn, as nobody else has ended the month."""
    for first, last in records_in_turns(campaign):
        with writing():
            if held_campaign(campaign.month).answered_at is None:
                keep_answered(campaign, first, last)


def _store(person: Operator | None, campaign: Campaign, made: Made, *, now: datetime, final: bool) -> None:
    by = None if person is None else person.user_id
    AnswerFile.create(campaign=campaign, final=final, at=now, by=by, **made.columns)
    what = ANSWERED if final else "previewed_answer"
    audit.add(person, what, f"campaign:{campaign.id}", now=now, content=made.sha256)


def _written(
    person: Operator | None, campaign: Campaign, out: IO[bytes], *, now: datetime, final: bool
) -> Made:
    sha256, size, decisions = write_rows(_rows(campaign, final=final), out)
    name = answer_name(campaign.month) if final else f"PREVIEW-{answer_name(campaign.month)}"
    states = Counter(standing.state.value for standing in standings(campaign, now=now))
    beside = Manifest(
        month=campaign.month,
        generated_at=now,
        by=COMMAND_LINE if person is None else person.name,
        is_final=final,
        states=states,
        decisions=decisions,
        file_name=name,
        sha256=sha256,
        size=size,
        loads=[_file(load) for load in reversed(loads_of(campaign)) if load.is_finished],
        repaired=_repaired(campaign.month),
    )
    return Made(name, sha256, size, decisions, beside.dump())


def _file(load: Load) -> LoadedFile:
    return LoadedFile(
        load.file_name, load.sha256, load.received, load.distributed, load.rejected, load.repaired
    )


def _repaired(month: Month) -> list[RepairedLine]:
    """Each repair once, however often its file was loaded."""
    found = {
        (one.line, one.mended, one.at): RepairedLine(
            one.file_name, one.number, one.line, one.mended, one.faults, one.at, one.by
        )
        for one in reversed(repairs_in(month))  # so that the first load of a file stands
    }
    return list(reversed(found.values()))


def _rows(campaign: Campaign, *, final: bool) -> Iterator[AnswerRow]:
    """As the records are now; of a list that was opened again after the answer, as the answer said."""
    said = said_where_reopened(campaign) if final else {}
    for record, is_signed in records_to_answer(campaign, unsigned_too=final):
        if record.id in said:
            yield said_row(record, said[record.id], campaign.month)
        else:
            yield row_of(record, campaign.month, is_signed=is_signed)


def said_row(record: Record, said: AnsweredRecord, month: Month) -> AnswerRow:
    """The record as it stands in the final answer."""
    row = row_of(record, month, is_signed=False)
    return replace(row, institution=said.institution_id, decision=said.decision, corrected=said.corrected)


def row_of(record: Record, month: Month, *, is_signed: bool) -> AnswerRow:
    """What no signature stands for goes out as if nobody had decided it."""
    return AnswerRow(
        month,
        record.institution_id,
        record.id_type,
        record.id_number,
        record.given,
        record.middle,
        record.family,
        record.absences,
        record.days,
        record.reason,
        record.decision if is_signed else Decision.PENDING,
        record.corrected if is_signed else None,
    )


def _counted(rows: Iterable[AnswerRow], decisions: Counter[Decision]) -> Iterator[AnswerRow]:
    for row in rows:
        decisions[row.decision] += 1
        yield row


def _end(campaign: Campaign, made: Made, first: AnswerFile | None, *, now: datetime) -> Made:
    """The answer with the manifest that it was first made with, where that is kept."""
    if first is not None and first.sha256 != made.sha256:
        raise Conflict(
            "Данните вече не са тези от изготвения отговор: файлът би бил друг и не е направен. "
            "Пуснете проверката portal verify и потърсете какво е променено."
        )
    if campaign.answered_at is None:
        campaign.answered_at = now
        campaign.save(only=[Campaign.answered_at])
    return made if first is None or first.manifest is None else replace(made, manifest=bytes(first.manifest))
