"""Which months of the register are confirmed, and since when; nothing else."""

from collections.abc import Iterable
from datetime import datetime

from portal.storage.tables.bulk import tuples
from portal.storage.tables.campaigns import Submission
from portal.storage.tables.register import RegisterMonth


def month_row(submission: Submission) -> RegisterMonth | None:
    """The row of this institution and month, if anybody ever confirmed it."""
    row: RegisterMonth | None = RegisterMonth.get_or_none(
        (RegisterMonth.campaign == submission.campaign_id)
        & (RegisterMonth.institution == submission.institution_id)
    )
    return row


def register_month(submission: Submission) -> RegisterMonth:
    """The same, made where there is none. The caller holds the submission."""
    row = month_row(submission)
    if row is not None:
        return row
    return RegisterMonth.create(campaign=submission.campaign_id, institution=submission.institution_id)


def confirmed_months(submissions: Iterable[Submission]) -> dict[int, datetime]:
    """Since when each of the register's months is confirmed, by campaign; all are of one institution."""
    every = list(submissions)
    if not every:
        return {}
    done = RegisterMonth.select(RegisterMonth.campaign, RegisterMonth.confirmed_at).where(
        (RegisterMonth.institution == every[0].institution_id) & RegisterMonth.confirmed_at.is_null(False)
    )
    return dict(tuples(done))
