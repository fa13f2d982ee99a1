"""Queries for placing a batch of children: which records exist, and where the children are enrolled."""

from collections import defaultdict
from collections.abc import Collection, Mapping
from functools import reduce
from operator import or_
from typing import Any

from peewee import fn

from portal.domain.decisions import Reason
from portal.domain.identifiers import IdType
from portal.domain.month import Month
from portal.domain.placement import Enrolment as DomainEnrolment
from portal.storage.campaigns.staging import StagedLine
from portal.storage.tables.bulk import tuples
from portal.storage.tables.campaigns import Campaign, Record
from portal.storage.tables.institutions import Enrolment

Child = tuple[IdType, str]


def newest_enrolments() -> Month | None:
    """The newest month whose enrolment file was loaded."""
    newest: Month | None = Enrolment.select(fn.MAX(Enrolment.month)).scalar()
    return newest


def records_about(
    campaign: Campaign, children: Collection[Child]
) -> dict[tuple[IdType, str, Reason], Record]:
    """The campaign's records about these children."""
    if not children:
        return {}
    found = Record.select().where((Record.campaign == campaign) & _about(Record, children))
    return {(record.id_type, record.id_number, record.reason): record for record in found}


def enrolments_of(
    month: Month | None, children: Collection[Child], known: Collection[str]
) -> Mapping[Child, list[DomainEnrolment]]:
    """Each child's enrolments in ``month``. One at an institution that the portal does not know
    (``known``) is left out: there is no list to put the child on (our decision)."""
    found: dict[Child, list[DomainEnrolment]] = defaultdict(list)
    if month is None or not children:
        return found
    rows = Enrolment.select(
        Enrolment.id_type,
        Enrolment.id_number,
        Enrolment.institution,
        Enrolment.class_code,
        Enrolment.status,
        Enrolment.position,
    ).where((Enrolment.month == month) & _about(Enrolment, children))
    for kind, number, institution, class_code, status, position in tuples(rows):
        if institution in known:
            found[kind, number].append(DomainEnrolment(institution, class_code, status, position))
    return found


def _about(table: type[Record] | type[Enrolment], children: Collection[Child]) -> Any:
    """One condition for each type of identifier, so that an index serves it; nearly all are ЕГН."""
    numbers = {kind: sorted(number for its, number in children if its == kind) for kind in IdType}
    return reduce(
        or_,
        [(table.id_type == kind) & table.id_number.in_(some) for kind, some in numbers.items() if some],
    )


def lines_after(number: int, count: int) -> list[StagedLine]:
    """The next lines of the file that was staged."""
    return list(
        StagedLine.select().where(StagedLine.number > number).order_by(StagedLine.number).limit(count)
    )


def missing_from_file(campaign: Campaign) -> int:
    """How many records of the campaign no line of the staged file is about."""
    about = StagedLine.select(StagedLine.number).where(
        (StagedLine.id_type == Record.id_type)
        & (StagedLine.id_number == Record.id_number)
        & (StagedLine.reason == Record.reason)
    )
    return int(Record.select().where((Record.campaign == campaign) & ~fn.EXISTS(about)).count())
