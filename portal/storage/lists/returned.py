"""Records sent back to the operator, and lists that may still be worked on after the deadline."""

from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass
from datetime import date, datetime

from peewee import fn

from portal.domain.placement import place
from portal.storage.campaigns.placing import enrolments_of, newest_enrolments
from portal.storage.lists.held import open_codes
from portal.storage.tables.bulk import tuples
from portal.storage.tables.campaigns import Campaign, Record, Submission
from portal.storage.tables.institutions import Institution

ON_A_PAGE = 50  # records that were sent back


@dataclass(frozen=True)
class Returned:
    """Some of the records that were sent back, with the institution that did it, oldest first; how many there
    are in all, and after which the next page begins, if there is one."""

    records: list[Record]
    total: int
    following: int | None


def returned_records(campaign: Campaign, *, after: int = 0, besides: Collection[int] = ()) -> Returned:
    """Those after record ``after``, and ``besides`` them those that are to be shown in any case."""
    query = Record.select(Record, Institution).join(Institution)
    ours = Record.off_lists(campaign) & Record.returned_at.is_null(False)
    before = Record.get_or_none(ours & (Record.id == after)) if after else None
    rest = ours
    if before is not None:
        at = before.returned_at
        rest &= (Record.returned_at > at) | ((Record.returned_at == at) & (Record.id > after))
    in_order = query.where(rest).order_by(Record.returned_at, Record.id)
    found = list(in_order.limit(ON_A_PAGE + 1))
    shown, is_last = found[:ON_A_PAGE], len(found) <= ON_A_PAGE
    missing = set(besides) - {record.id for record in shown}
    if missing:
        shown.extend(query.where(ours & Record.id.in_(missing)))
    total = count_returned([campaign]).get(campaign.id, 0)
    return Returned(shown, total, None if is_last else found[ON_A_PAGE - 1].id)


def count_returned(campaigns: Sequence[Campaign]) -> dict[int, int]:
    """By campaign, how many they are; without those that have none."""
    ours = Record.off_lists(*campaigns) & Record.returned_at.is_null(False)
    query = Record.select(Record.campaign, fn.COUNT(Record.id)).where(ours)
    return dict(tuples(query.group_by(Record.campaign)))


def enrolled_at(records: Iterable[Record], *, day: date) -> dict[int, str]:
    """By record, the institution where its child is enrolled now; without those who are nowhere, or only
    where it is closed on ``day``."""
    asked = list(records)
    children = {(record.id_type, record.id_number) for record in asked}
    enrolments = enrolments_of(newest_enrolments(), children, open_codes(day))
    found = {}
    for record in asked:
        placed = place("", enrolments.get((record.id_type, record.id_number), ()))
        if placed.institution:
            found[record.id] = placed.institution
    return found


def excepted_lists(campaign: Campaign, *, now: datetime) -> list[Submission]:
    """The lists that are open after the deadline, with their institutions."""
    query = Submission.select(Submission, Institution).join(Institution)
    ours = (Submission.campaign == campaign) & (Submission.reopened_until > now)
    return list(query.where(ours).order_by(Submission.reopened_until, Submission.id))


def institution_names(codes: Iterable[str]) -> dict[str, str]:
    """By code; a code that the portal does not know is left out."""
    query = Institution.select(Institution.code, Institution.name).where(Institution.code.in_(set(codes)))
    return {institution.code: institution.name for institution in query}
