"""Records of whose child the newest enrolments do not say for certain where it is: how many, and which."""

from collections import Counter
from collections.abc import Collection, Iterable, Iterator
from dataclasses import dataclass

from peewee import fn

from portal.domain.identifiers import IdType, in_capitals
from portal.domain.placement import ENROLLED, Doubt, doubts, known_as
from portal.storage.campaigns.placing import Child, Picture, enrolments_with, newest_enrolments
from portal.storage.lists.held import known_codes
from portal.storage.tables.bulk import batches
from portal.storage.tables.campaigns import Campaign, Record
from portal.storage.tables.institutions import Enrolment, Institution


@dataclass(frozen=True)
class Doubtful:
    """A record by its id. ``enrolled`` are the institutions where its child is, and ``as_kind`` the type of
    identifier that it is enrolled with; none where there is no enrolment."""

    record_id: int
    doubts: frozenset[Doubt]
    enrolled: tuple[str, ...]
    as_kind: IdType | None


def count_doubts(found: Iterable[Doubtful]) -> dict[Doubt, int]:
    """How many of the records there is each doubt of; a record can be counted twice."""
    counts = Counter(doubt for each in found for doubt in each.doubts)
    return {doubt: counts[doubt] for doubt in Doubt}


def doubtful(campaign: Campaign, only: Collection[int] | None = None) -> Iterator[Doubtful]:
    """The campaign's records that there is a doubt of, by id; of these ``only``, if they are given.

    The database leaves out the many whose child is enrolled under its own identifier at an institution of
    the portal: one statement for the campaign, and one for each thousand that remain.
    """
    newest, known = newest_enrolments(), known_codes()
    for some in batches(_uncertain(campaign, newest, only)):
        numbers = {in_capitals(number) for _, (_, number) in some}
        held = {} if newest is None else enrolments_with(newest, numbers)
        for record_id, (kind, number) in some:
            found = held.get(in_capitals(number), {})
            as_kind = known_as(kind, found)
            theirs = () if as_kind is None else found[as_kind]
            enrolled = sorted({each.institution for each in theirs if each.status == ENROLLED})
            said = doubts(enrolled=enrolled, known=known, by_number=as_kind is not kind)
            yield Doubtful(record_id, said, tuple(enrolled), as_kind)


def records_of(found: Iterable[Doubtful]) -> list[tuple[Record, Doubtful]]:
    """With the institutions where they lie, by institution; as many as one statement can name."""
    about = {each.record_id: each for each in found}
    query = Record.select(Record, Institution).join(Institution, on=(Institution.code == Record.institution))
    records = query.where(Record.id.in_(list(about))).order_by(Record.institution, Record.id)
    return [(record, about[record.id]) for record in records]


def _uncertain(
    campaign: Campaign, newest: Picture | None, only: Collection[int] | None
) -> Iterator[tuple[int, Child]]:
    """The records without such an enrolment, by id."""
    certain = (
        Enrolment.select(Enrolment.id)
        .join(Institution, on=(Institution.code == Enrolment.institution))
        .where(
            (Enrolment.id_type == Record.id_type)
            & (Enrolment.id_number == fn.UPPER(Record.id_number))  # stored in small letters, it can be
            & (Enrolment.status == ENROLLED)
        )
    )
    query = Record.select(Record.id, Record.id_type, Record.id_number)
    ours = query.where(Record.campaign == campaign).order_by(Record.id)
    if newest is not None:
        ours = ours.where(~fn.EXISTS(certain.where(newest.where)))
    if only is not None:
        ours = ours.where(Record.id.in_(sorted(only)))
    for record_id, kind, number in ours.tuples().iterator():  # of a country, where nobody's is loaded
        yield record_id, (kind, number)
