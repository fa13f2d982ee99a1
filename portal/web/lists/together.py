"""Both of what an institution does for a month, apart and together, for its people's first page."""

from dataclasses import dataclass
from datetime import datetime

from portal.domain.month import Month
from portal.domain.oversight.progress import Module, missing
from portal.domain.people import Scope, Staff
from portal.domain.submissions import SubmissionState
from portal.storage.home.months import CurrentMonths
from portal.web.lists.summary import Summary


@dataclass(frozen=True)
class Together:
    """One month. ``is_over``: its deadline has passed, and what is missing stays missing."""

    month: Month
    state: SubmissionState
    confirmed_at: datetime | None
    is_over: bool

    @property
    def lacks_list(self) -> bool:
        return Module.LIST in self._missing

    @property
    def lacks_register(self) -> bool:
        return Module.REGISTER in self._missing

    @property
    def is_done(self) -> bool:
        return not self._missing

    @property
    def _missing(self) -> frozenset[Module]:
        return missing(self.state, self.confirmed_at)


def together(person: Staff, months: CurrentMonths, *, now: datetime) -> list[Together]:
    """Every current month that is waited for; nothing for whom nobody authorised."""
    if not any(person.may(scope) for scope in Scope):
        return []
    summaries = [Summary(person, row.campaign.month, row, now) for row in months.lists]
    return [
        Together(
            each.month, each.state, months.confirmed_at(each.submission), each.submission.window.is_over(now)
        )
        for each in summaries
        if not each.is_closed and each.state is not SubmissionState.ERASED
    ]
