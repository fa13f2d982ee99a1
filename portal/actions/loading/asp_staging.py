"""Reading АСП's list into a temporary table, each line with the faults visible in the line itself."""

from collections.abc import Collection, Iterable, Mapping
from datetime import date
from functools import reduce
from operator import and_
from typing import Any

from peewee import fn

from portal.actions.loading.files import Watch
from portal.actions.loading.repairs import Repairs
from portal.domain.month import Month
from portal.domain.placement import Enrolment, place
from portal.exchange.asp_list import AspRow, other_month, unknown_institution
from portal.exchange.text import Reading
from portal.storage.campaigns.placing import Child, enrolments_of, newest_enrolments
from portal.storage.campaigns.staging import StagedLine, filling
from portal.storage.lists.held import known_codes, open_codes
from portal.storage.tables.bulk import add_rows, batches, know_size

FIELDS = (
    "number", "line", "faults", "target", "is_sound", "institution", "id_type", "id_number", "reason",
    "given", "middle", "family", "absences", "days", "repair",
)  # fmt: skip


def month_of(reading: Reading[AspRow]) -> Month | None:
    """That of the first well-formed line (formats.md, F1)."""
    return next((row.line.month for row in reading if row.line is not None), None)


def stage(rows: Iterable[AspRow], month: Month | None, watch: Watch, *, day: date) -> int:
    """Put every received line into the temporary table; how many they are. ``day`` is today."""
    received = 0
    codes, open_now, enrolled_in = known_codes(), open_codes(day), newest_enrolments()
    repairs = Repairs.of(month)
    for read in batches(rows):
        with filling():
            mended = [repairs.read(row, is_sound=not faults_of(row, month, codes)) for row in read]
            batch = [row for row, _ in mended]
            children = {row.key[:2] for row in batch if row.key is not None and row.month == month}
            enrolments = enrolments_of(enrolled_in, children, open_now)
            add_rows(
                StagedLine,
                FIELDS,
                [staged_line(row, month, codes, enrolments, repair=repair) for row, repair in mended],
            )
        received += len(batch)
        watch(received, None)
    with filling():
        _point_at_first()
    know_size(StagedLine)
    return received


def faults_of(row: AspRow, month: Month | None, codes: Collection[str]) -> list[str]:
    """What is wrong with the line by itself: its form, its month, its institution."""
    faults = list(row.faults)
    if month is not None and row.month not in (None, month):
        faults.append(other_month(month))
    if row.institution is not None and row.institution not in codes:
        faults.append(unknown_institution(row.institution))
    return faults


def staged_line(
    row: AspRow,
    month: Month | None,
    codes: Collection[str],
    enrolments: Mapping[Child, list[Enrolment]],
    *,
    repair: int | None = None,
) -> tuple[Any, ...]:
    """The values of FIELDS."""
    faults = faults_of(row, month, codes)
    is_ours = row.key is not None and row.month == month
    id_type, id_number, reason = row.key if row.key is not None and is_ours else (None, None, None)
    target = ""
    if is_ours and row.key is not None:
        target = place(row.institution or "", enrolments.get(row.key[:2], ())).institution
    line = row.line
    texts = ("",) * 5
    if line is not None:
        texts = (line.given, line.middle, line.family, line.absences, line.days)
    return (
        row.number, row.raw, "; ".join(faults), target, not faults, row.institution, id_type, id_number,
        reason, *texts, repair,
    )  # fmt: skip


def _point_at_first() -> None:
    """Of the lines about one child and reason, the first that has no fault stands."""
    key = (StagedLine.id_type, StagedLine.id_number, StagedLine.reason)
    sound = StagedLine.select(*key, fn.MIN(StagedLine.number).alias("first")).where(StagedLine.is_sound)
    standing = sound.group_by(*key).alias("standing")
    same = [field == getattr(standing.c, field.name) for field in key]
    # Each group is looked at once: asked for each line, a file of one child took time by its square.
    StagedLine.update(first=standing.c.first).from_(standing).where(reduce(and_, same)).execute()
