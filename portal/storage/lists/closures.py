"""The days without school that directors entered."""

from portal.domain.month import Month
from portal.domain.submissions import Lock
from portal.storage.tables.campaigns import Campaign, Submission
from portal.storage.tables.institutions import Closure


def closures_of(institution: str) -> list[Closure]:
    """Latest first."""
    return list(
        Closure.select().where(Closure.institution == institution).order_by(Closure.first.desc(), Closure.id)
    )


def locked_months(institution: str) -> set[Month]:
    """The months whose lists are signed or erased: their days stay as they are."""
    query = Submission.select(Submission, Campaign).join(Campaign)
    ours = (Submission.institution == institution) & (Submission.lock != Lock.OPEN)
    return {submission.campaign.month for submission in query.where(ours)}
