"""Loading enrolments: a main file replaces the whole month, a correction only the children it names."""

import logging
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from peewee import Value, fn

from portal.actions.loading.doubts import note_doubts
from portal.actions.loading.files import (
    Source,
    Watch,
    begin,
    check_not_empty,
    check_readable,
    finish,
    reject,
    rejects_of,
    unwatched,
)
from portal.actions.loading.moving import move_pending
from portal.actions.site import Site
from portal.domain.errors import Conflict, Refusal
from portal.domain.month import Month
from portal.domain.people import Operator
from portal.domain.placement import rank
from portal.exchange.enrolments import EnrolmentLine, month_of_file, read_enrolments
from portal.exchange.text import Reading, Row
from portal.storage.campaigns.overview import campaigns_under_way
from portal.storage.campaigns.staging import StagedEnrolment, StagedReject, filling, staged, staged_rejects
from portal.storage.tables.bulk import add_rows, batches, know_size, planned_anew
from portal.storage.tables.campaigns import Load
from portal.storage.tables.db import lock_name, writing
from portal.storage.tables.institutions import Enrolment

logger = logging.getLogger(__name__)

FIELDS = (
    "position", "institution", "id_type", "id_number", "given", "middle", "family", "edu_form",
    "class_code", "status",
)  # fmt: skip
UNIQUE = ("id_type", "id_number", "institution")


@dataclass(frozen=True)
class Picture:
    """Which month a file is about, and whether it only corrects it."""

    month: Month
    is_correction: bool


def picture_of(name: str, month: Month | None = None, *, correction: bool = False) -> Picture:
    """What the name says (formats.md, F5), unless the operator says it."""
    named = month_of_file(name)
    if month is None and named is None:
        raise Refusal(
            "От името на файла не личи за кой месец е (MONZP1220.txt). Посочете месеца.", field="month"
        )
    if month is None:
        assert named is not None
        month = named[0]
    return Picture(month, correction or (named is not None and named[1]))


def load_enrolments(
    person: Operator | None,
    source: Source,
    *,
    picture: Picture | None = None,
    watch: Watch = unwatched,
    site: Site,
    now: datetime,
) -> Load:
    """Store where children are enrolled, then put pending records where their children are now.

    The file is read before anybody is kept waiting, as for АСП's list.
    """
    picture = picture or picture_of(source.name)
    reading = read_enrolments(source.stream)
    check_readable(reading)
    with staged(StagedEnrolment, StagedReject):
        distributed, rejected = _stage(reading, watch)
        check_not_empty(distributed + rejected)
        with writing():
            lock_name("enrolments")
            load = begin("enrolments", source, reading.encoding, person, now=now, month=picture.month)
            load.distributed = distributed
            for rejects in staged_rejects():
                reject(load, rejects)
            if distributed:  # a file of nothing but rejects empties no month
                _store(picture, load)
                know_size(Enrolment)
                load.moved = move_pending(person, load.sha256, site=site, now=now)
            with planned_anew():
                note_doubts(load, campaigns_under_way(now=now))
            finish(load, person, now=now)
    logger.info("load %s: %s lines received, %s rejected", load.id, load.received, load.rejected)
    return load


def _stage(reading: Reading[Row[EnrolmentLine]], watch: Watch) -> tuple[int, int]:
    """How many lines are good, and how many are not."""
    distributed = rejected = 0
    with filling():
        for batch in batches(reading):
            good = [_values(row.number, row.line) for row in batch if row.line is not None]
            add_rows(StagedEnrolment, (*FIELDS, "rank"), good)
            add_rows(StagedReject, ("number", "line", "faults"), rejects_of(batch))
            distributed += len(good)
            rejected += len(batch) - len(good)
            watch(distributed + rejected, None)
        _keep_standing()
    return distributed, rejected


def _keep_standing() -> None:
    """Of lines about one child and institution the one that says most stands, of equal ones the last."""
    mine, other = StagedEnrolment, StagedEnrolment.alias("other")
    stands = (other.rank > mine.rank) | ((other.rank == mine.rank) & (other.position > mine.position))
    better = other.select(other.position).where(
        (other.id_type == mine.id_type)
        & (other.id_number == mine.id_number)
        & (other.institution == mine.institution)
        & stands
    )
    know_size(StagedEnrolment)
    StagedEnrolment.delete().where(fn.EXISTS(better)).execute()


def _values(number: int, line: EnrolmentLine) -> tuple[Any, ...]:
    return (
        number, line.institution, line.id_type, line.id_number, line.given, line.middle, line.family,
        line.edu_form, line.class_code, line.status, rank(line.status, line.class_code),
    )  # fmt: skip


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
