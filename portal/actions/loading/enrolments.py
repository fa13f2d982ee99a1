"""Loading enrolments: a main file replaces the whole month, a correction only the children it names."""

import logging
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from peewee import Value, fn

from portal.actions.loading.doubts import note_counts
from portal.actions.loading.enrolment_staging import FIELDS, stage
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
from portal.actions.loading.moving import move_pending
from portal.domain.errors import Conflict, Refusal, Unsure
from portal.domain.month import Month
from portal.domain.operating import Loss, Replaced, check_may_replace
from portal.domain.people import Operator
from portal.exchange.enrolments import read_enrolments
from portal.exchange.file_names import named
from portal.storage.campaigns.overview import campaigns_under_way
from portal.storage.campaigns.replacing import replaced_by_staged
from portal.storage.campaigns.staging import StagedEnrolment, StagedReject, staged, staged_rejects
from portal.storage.tables.bulk import know_size, planned_anew
from portal.storage.tables.campaigns import Load
from portal.storage.tables.db import lock_name, writing
from portal.storage.tables.institutions import Enrolment

logger = logging.getLogger(__name__)

UNIQUE = ("id_type", "id_number", "institution")


@dataclass(frozen=True)
class Picture:
    """Which month a file is about, whether it only corrects it, and whether the operator is ``sure`` of what
    is asked about otherwise."""

    month: Month
    is_correction: bool
    sure: bool = False


def picture_of(
    source: Source, month: Month | None = None, *, correction: bool = False, sure: bool = False
) -> Picture:
    """What the name says (formats.md, F5), unless the operator says it. Unsure where the two disagree."""
    check_named(source.name, "enrolments")
    said = named(source.name)
    if said is not None and correction and not said.is_correction and not sure:
        raise Unsure(
            f"По името си „{source.kept_name}“ е основен файл, а е посочено, че само поправя: "
            "децата, които не са в него, ще останат, където са."
        )
    if month is None and said is not None:
        month = said.month
    if month is None:
        check_readable(read_enrolments(source.stream))  # what holds no enrolments is not asked for its month
        raise Refusal(
            "От името на файла не личи за кой месец е (MONZPММГГ.txt). Посочете месеца.", field="month"
        )
    return Picture(month, correction or (said is not None and said.is_correction), sure)


def load_enrolments(
    person: Operator | None,
    source: Source,
    *,
    picture: Picture | None = None,
    watch: Watch = unwatched,
    now: datetime,
) -> Load:
    """Store where children are enrolled, then put pending records where their children are now.

    The file is read before anybody is kept waiting, as for АСП's list. What it takes away is known once it is
    stored: a TakesAway that is raised then undoes all of it, and keeps nobody waiting longer than a load.
    """
    picture = picture or picture_of(source)
    reading = read_enrolments(source.stream)
    check_readable(reading)
    with staged(StagedEnrolment, StagedReject):
        distributed, rejected = stage(reading, watch)
        check_not_empty(distributed + rejected)
        with writing():
            lock_name("enrolments")
            load = begin("enrolments", source, reading.encoding, person, now=now, month=picture.month)
            load.distributed = distributed
            for rejects in staged_rejects():
                reject(load, rejects)
            if distributed:  # a file of nothing but rejects empties no month
                replaced = Replaced() if picture.is_correction else replaced_by_staged(picture.month)
                _store(picture, load)
                know_size(Enrolment)
                moves = move_pending(person, load.sha256, now=now)
                load.removed, load.moved = replaced.removed, moves.total()
                check_may_replace(Loss(replaced, moves), sure=picture.sure)
            with planned_anew():
                note_counts(load, campaigns_under_way(now=now), now=now)
            finish(load, person, now=now)
    logger.info("load %s: %s lines received, %s rejected", load.id, load.received, load.rejected)
    return load


def _store(picture: Picture, load: Load) -> None:
    """Make the staged lines the month's picture, or put them over it; a later line counts more."""
    ours = Enrolment.month == picture.month
    base = 0
    if picture.is_correction:
        base = Enrolment.select(fn.MAX(Enrolment.position)).where(ours).scalar()
        if base is None:
            raise Conflict(
                f"За {picture.month.label} още няма записвания. Първо заредете основния файл (MONZP…)."
            )
        load.updated = _named_already(ours)
    else:
        Enrolment.delete().where(ours).execute()
    columns = [StagedEnrolment._meta.fields[name] for name in FIELDS[1:]]
    lines = StagedEnrolment.select(
        Value(str(picture.month), converter=False), StagedEnrolment.position + base, *columns
    ).where(StagedEnrolment.position > 0)  # SQLite reads ON CONFLICT after a bare SELECT as a join
    into = [Enrolment.month, *(Enrolment._meta.fields[name] for name in FIELDS)]
    Enrolment.insert_from(lines, into).on_conflict(
        conflict_target=[Enrolment.month, Enrolment.id_type, Enrolment.id_number, Enrolment.institution],
        preserve=[Enrolment._meta.fields[name] for name in FIELDS if name not in UNIQUE],
    ).execute()
    load.added = StagedEnrolment.select().count() - load.updated


def _named_already(ours: Any) -> int:
    """How many staged lines are about a child and institution that the month holds."""
    there = Enrolment.select(Enrolment.id).where(
        ours
        & (Enrolment.id_type == StagedEnrolment.id_type)
        & (Enrolment.id_number == StagedEnrolment.id_number)
        & (Enrolment.institution == StagedEnrolment.institution)
    )
    return int(StagedEnrolment.select().where(fn.EXISTS(there)).count())
