"""Days without school that a director declares by order; they lower the month's school days."""

from dataclasses import dataclass
from datetime import datetime

from portal.actions.signing.declarations import decision_of
from portal.domain.calendar import Span
from portal.domain.decisions import Decision, Reason
from portal.domain.errors import NotFound, holds
from portal.domain.lists.closures import Days, check_apart, check_days, check_list_unsigned
from portal.domain.lists.deciding import check_decision
from portal.domain.month import Month
from portal.domain.people import Director
from portal.storage.lists.closures import closures_of
from portal.storage.lists.current import held_list
from portal.storage.lists.school_days import school_days_of
from portal.storage.tables import audit
from portal.storage.tables.campaigns import Campaign, Record, Submission
from portal.storage.tables.db import lock_name, writing
from portal.storage.tables.institutions import Closure


@dataclass(frozen=True)
class Changed:
    """Months whose lists are under way and count other days now; ``doubtful`` decisions about days
    at distance no longer hold in them."""

    months: list[Month]
    doubtful: int


def add_closure(director: Director, days: Days, *, now: datetime) -> Changed:
    """Enter days for the director's institution."""
    check_days(days)
    with writing():
        _hold(director, days.months)
        others = [Span(closure.first, closure.last) for closure in closures_of(director.institution)]
        check_apart(days, others)
        closure = Closure.create(
            institution=director.institution,
            first=days.first,
            last=days.last,
            order_number=days.order_number,
        )
        audit.add(director, "added_closure", f"closure:{closure.id}", now=now, chain=director.institution)
        return _changed(director, days.months)


def delete_closure(director: Director, closure_id: int, *, now: datetime) -> Changed:
    """Take days away again; they are school days after that."""
    with writing():
        lock_name(f"closures:{director.institution}")
        closure = Closure.get_or_none(
            (Closure.id == closure_id) & (Closure.institution == director.institution)
        )
        if closure is None:
            raise NotFound("Няма такива дни. Може вече да са изтрити.")
        months = Days(closure.first, closure.last, closure.order_number).months
        _hold(director, months)
        closure.delete_instance()
        audit.add(director, "deleted_closure", f"closure:{closure.id}", now=now, chain=director.institution)
        return _changed(director, months)


def _hold(director: Director, months: list[Month]) -> None:
    """Nobody signs or decides in these months meanwhile, and none of their lists is signed."""
    lock_name(f"closures:{director.institution}")
    for submission in _lists(director, months):
        held = held_list(director.institution, submission.campaign.month)
        check_list_unsigned(held.campaign.month, held.lock)


def _lists(director: Director, months: list[Month]) -> list[Submission]:
    query = Submission.select(Submission, Campaign).join(Campaign)
    ours = (Submission.institution == director.institution) & Campaign.month.in_(months)
    return list(query.where(ours).order_by(Campaign.month))


def _changed(director: Director, months: list[Month]) -> Changed:
    lists = [submission for submission in _lists(director, months) if submission.total]
    doubtful = sum(_doubtful(submission) for submission in lists)
    return Changed([submission.campaign.month for submission in lists], doubtful)


def _doubtful(submission: Submission) -> int:
    """How many decisions about days at distance the rules would refuse now."""
    days = school_days_of(submission.institution_id, submission.campaign.month)
    decided = Record.on(submission).where(
        (Record.reason == Reason.DISTANCE) & (Record.decision != Decision.PENDING)
    )
    return sum(
        not holds(check_decision, record.case(days.count(record.band)), decision_of(record))
        for record in decided
    )
