"""Making the answer to АСП: previews while lists are being signed, and the final one that ends a campaign."""

import hashlib
import logging
from collections import Counter
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import datetime
from typing import IO

from portal.actions.campaigns.window import held_campaign
from portal.domain.decisions import Decision
from portal.domain.errors import Conflict
from portal.domain.month import Month
from portal.domain.people import Operator
from portal.exchange.answer import AnswerRow, Manifest, answer_name, write_answer
from portal.storage.campaigns.answers import answer_fault, final_answer, records_to_answer
from portal.storage.campaigns.progress import standings
from portal.storage.lists.held import held_lists
from portal.storage.retention.erasing import is_erased
from portal.storage.tables import audit
from portal.storage.tables.campaigns import AnswerFile, Campaign, Record
from portal.storage.tables.db import writing

logger = logging.getLogger(__name__)

ERASED = "Данните за този месец са заличени след срока за съхранение: файлът вече не може да бъде направен."
COMMAND_LINE = "команден ред"  # who made an answer that no account made


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


def make_answer(person: Operator | None, month: Month, out: IO[bytes], *, now: datetime, final: bool) -> Made:
    """Write the answer to ``out``, row by row.

    A preview holds what signed lists say. The final answer holds every record, and what lies on no
    signed list as „няма информация“; it ends the campaign. Made again, it has the same bytes, or it
    is not made at all.
    """
    with writing():
        campaign = held_campaign(month)
        if is_erased(campaign):
            raise Conflict(ERASED)
        if final:
            held_lists(campaign)  # a decision that is being stored is stored first
            if why := answer_fault(campaign, now=now):
                raise why
        made = _written(person, campaign, out, now=now, final=final)
        if final:
            _end(campaign, made, now=now)
        AnswerFile.create(
            campaign=campaign,
            final=final,
            sha256=made.sha256,
            at=now,
            by=None if person is None else person.user_id,
        )
        what = "answered" if final else "previewed_answer"
        audit.add(person, what, f"campaign:{campaign.id}", now=now, content=made.sha256)
    logger.info("answer for %s, final: %s, %s records", month, final, made.records)
    return made


def _written(
    person: Operator | None, campaign: Campaign, out: IO[bytes], *, now: datetime, final: bool
) -> Made:
    digest, size, decisions = hashlib.sha256(), 0, Counter[Decision]()
    rows = _counted(_rows(campaign, final=final), decisions)
    for line in write_answer(rows):
        out.write(line)
        digest.update(line)
        size += len(line)
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
        sha256=digest.hexdigest(),
        size=size,
    )
    return Made(name, digest.hexdigest(), size, decisions, beside.dump())


def _rows(campaign: Campaign, *, final: bool) -> Iterator[AnswerRow]:
    for record, is_signed in records_to_answer(campaign, unsigned_too=final):
        yield _row(record, campaign.month, is_signed=is_signed)


def _row(record: Record, month: Month, *, is_signed: bool) -> AnswerRow:
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


def _end(campaign: Campaign, made: Made, *, now: datetime) -> None:
    first = final_answer(campaign)
    if first is not None and first.sha256 != made.sha256:
        raise Conflict(
            "Данните вече не са тези, които са изпратени на АСП: файлът би бил друг и не е направен. "
            "Пуснете проверката portal verify и потърсете какво е променено."
        )
    if campaign.answered_at is None:
        campaign.answered_at = now
        campaign.save(only=[Campaign.answered_at])
