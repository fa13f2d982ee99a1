"""The months that concern an institution now: its lists, and which months of its register are confirmed."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime

from portal.storage.home.next_steps import current_lists
from portal.storage.register.months import confirmed_months
from portal.storage.tables.campaigns import Submission


@dataclass(frozen=True)
class CurrentMonths:
    """The newest month first. ``confirmed`` has, by campaign, since when the register's month is."""

    lists: list[Submission]
    confirmed: Mapping[int, datetime]

    def confirmed_at(self, submission: Submission) -> datetime | None:
        return self.confirmed.get(submission.campaign_id)


def current_months(institution: str) -> CurrentMonths:
    lists = current_lists(institution)
    return CurrentMonths(lists, confirmed_months(lists))
