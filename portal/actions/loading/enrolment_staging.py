"""Reading enrolments into temporary tables: the good lines, and beside them the rejected ones."""

from typing import Any

from peewee import fn

from portal.actions.loading.files import Watch, rejects_of
from portal.domain.placement import rank
from portal.exchange.enrolments import EnrolmentLine
from portal.exchange.text import Reading, Row
from portal.storage.campaigns.pictures import FIELDS
from portal.storage.campaigns.staging import StagedEnrolment, StagedReject, filling
from portal.storage.tables.bulk import add_rows, batches, know_size


def stage(reading: Reading[Row[EnrolmentLine]], watch: Watch) -> tuple[int, int]:
    """How many lines are good, and how many are not."""
    distributed = rejected = 0
    for batch in batches(reading):
        with filling():
            good = [_values(row.number, row.line) for row in batch if row.line is not None]
            add_rows(StagedEnrolment, (*FIELDS, "rank"), good)
            add_rows(StagedReject, ("number", "line", "faults"), rejects_of(batch))
        distributed += len(good)
        rejected += len(batch) - len(good)
        watch(distributed + rejected, None)
    with filling():
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
