"""Queries for placing a batch of children: which records exist, and where the children are enrolled."""

from collections import defaultdict
from collections.abc import Collection, Mapping
from dataclasses import dataclass
from functools import reduce
from operator import or_
from typing import Any

from peewee import fn

from portal.domain.decisions import Reason
from portal.domain.errors import NotFound
from portal.domain.identifiers import IdType, in_capitals
from portal.domain.month import Month
from portal.domain.placement import Enrolment as DomainEnrolment
from portal.domain.placement import known_as
from portal.storage.campaigns.staging import StagedEnrolment, StagedLine
from portal.storage.tables.bulk import among, tuples
from portal.storage.tables.campaigns import Campaign, Record
from portal.storage.tables.institutions import Enrolment, EnrolmentMonth, Institution

Child = tuple[IdType, str]


@dataclass(frozen=True)
class Picture:
    """Where all children are enrolled in one month: the lines of ``table`` that ``where`` leaves."""

    month: Month
    table: Any
    where: Any


def newest_enrolments() -> Picture | None:
    """Of the newest month whose enrolment file was loaded."""
    newest = newest_month()
    return None if newest is None else Picture(newest.month, Enrolment, Enrolment.of(newest))


def newest_month() -> EnrolmentMonth | None:
    found: EnrolmentMonth | None = EnrolmentMonth.select().order_by(EnrolmentMonth.month.desc()).first()
    return found


def staged_enrolments(month: Month) -> Picture:
    """Of a file that is not stored yet."""
    return Picture(month, StagedEnrolment, StagedEnrolment.position > 0)


def records_about(
    campaign: Campaign, children: Collection[Child]
) -> dict[tuple[IdType, str, Reason], Record]:
    """The campaign's records about these children, by identifier in capitals.

    A record that was stored before they were read so is found as well; where there is one of either
    spelling, the capital one stands.
    """
    if not children:
        return {}
    found = Record.select().where(_about(campaign, children))
    small_first = sorted(found, key=lambda record: record.id_number, reverse=True)
    return {(record.id_type, in_capitals(record.id_number), record.reason): record for record in small_first}


def record_in(campaign: Campaign, record_id: int) -> Record:
    """A record that waits to be routed or lies on a list, with its institution."""
    query = Record.select(Record, Institution).join(Institution)
    found: Record | None = query.where((Record.id == record_id) & (Record.campaign == campaign)).first()
    if found is None:
        raise NotFound("Няма такъв запис в тази кампания.")
    return found


def institutions_about(campaign: Campaign, children: Collection[Child]) -> set[str]:
    """Where the campaign's records about these children lie, sent back or not."""
    if not children:
        return set()
    found = Record.select(Record.institution).where(_about(campaign, children))
    return {code for (code,) in tuples(found)}  # for DISTINCT SQLite reads a whole campaign by institution


def enrolments_of(
    picture: Picture | None, children: Collection[Child], known: Collection[str]
) -> Mapping[Child, list[DomainEnrolment]]:
    """Each child's enrolments in the picture, by its own type of identifier or by the number alone
    (``known_as``). One at an institution that the portal does not know (``known``) is left out: there is
    no list to put the child on (our decision)."""
    if picture is None or not children:
        return {}
    held = enrolments_with(picture, {in_capitals(number) for _, number in children})
    found = {}
    for kind, number in children:
        kinds = held.get(in_capitals(number), {})
        as_kind = known_as(kind, kinds)
        if as_kind is not None:
            found[kind, number] = [each for each in kinds[as_kind] if each.institution in known]
    return found


def enrolments_with(
    picture: Picture, numbers: Collection[str]
) -> Mapping[str, Mapping[IdType, list[DomainEnrolment]]]:
    """The picture's enrolments with these numbers, by number and type of identifier."""
    found: dict[str, dict[IdType, list[DomainEnrolment]]] = defaultdict(lambda: defaultdict(list))
    table = picture.table
    # Each type of identifier is named, so that the index serves.
    ours = among(table, picture.where, {table.id_type: list(IdType), table.id_number: numbers})
    rows = table.select(
        table.id_type, table.id_number, table.institution, table.class_code, table.status, table.position
    ).where(ours)
    for kind, number, *enrolment in tuples(rows):
        found[number][kind].append(DomainEnrolment(*enrolment))
    return found


def _about(campaign: Campaign, children: Collection[Child]) -> Any:
    """That a record of the campaign is about one of them: a condition for each type of identifier, so that an
    index serves it; nearly all are ЕГН."""
    ours = Record.campaign == campaign
    numbers = {kind: {number for its, number in children if its == kind} for kind in IdType}
    return reduce(or_, (_with(ours, kind, some) for kind, some in numbers.items() if some))


def _with(ours: Any, kind: IdType, numbers: Collection[str]) -> Any:
    """Only an ИДН can have been stored in small letters."""
    if kind is IdType.IDN:
        return ours & (Record.id_type == kind) & fn.UPPER(Record.id_number).in_(sorted(numbers))
    return among(Record, ours, {Record.id_type: [kind], Record.id_number: numbers})


def missing_from_file(campaign: Campaign) -> int:
    """How many records of the campaign no line of the staged file is about."""
    about = StagedLine.select(StagedLine.number).where(
        (StagedLine.id_type == Record.id_type)
        & (StagedLine.id_number == fn.UPPER(Record.id_number))
        & (StagedLine.reason == Record.reason)
    )
    return int(Record.select().where((Record.campaign == campaign) & ~fn.EXISTS(about)).count())
