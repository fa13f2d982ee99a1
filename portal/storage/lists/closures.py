"""The days without school that directors entered."""

from collections.abc import Sequence

from peewee import fn

from portal.domain.month import Month
from portal.domain.submissions import Lock
from portal.storage.tables.bulk import tuples
from portal.storage.tables.campaigns import Campaign, Submission
from portal.storage.tables.institutions import Closure, Institution


def closures_of(institution: str) -> list[Closure]:
    """Latest first."""
    return list(
        Closure.select().where(Closure.institution == institution).order_by(Closure.first.desc(), Closure.id)
    )


def closed_in(months: Sequence[Month]) -> dict[Month, int]:
    """How many institutions have entered days without school in each of these months."""
    closed = [
        fn.COUNT(Closure.institution.distinct()).filter(
            (Closure.first <= month.last) & (Closure.last >= month.first)
        )
        for month in months
    ]
    ((*counts,),) = tuples(Closure.select(*closed))
    return dict(zip(months, counts, strict=True))


def closures_in(month: Month, count: int) -> list[Closure]:
    """With their institutions, by region and name; as many as fit a page."""
    query = Closure.select(Closure, Institution).join(Institution)
    ours = query.where((Closure.first <= month.last) & (Closure.last >= month.first))
    return list(ours.order_by(Institution.region_name, Institution.name, Closure.first).limit(count))


def locked_months(institution: str) -> set[Month]:
    """The months whose lists are signed or erased: their days stay as they are."""
    query = Submission.select(Submission, Campaign).join(Campaign)
    ours = (Submission.institution == institution) & (Submission.lock != Lock.OPEN)
    return {submission.campaign.month for submission in query.where(ours)}
