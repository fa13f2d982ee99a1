"""What the operator has to think of in each month, for the first page: as many questions, however many months
there are."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date, datetime

from portal.domain.calendar import Band, deadline_warnings
from portal.domain.errors import holds
from portal.domain.month import Month
from portal.domain.operating import check_may_answer
from portal.domain.submissions import CampaignState
from portal.storage.campaigns.answers import exceptions_in
from portal.storage.campaigns.loads import Unfinished, unfinished_in
from portal.storage.campaigns.rejects import open_rejects
from portal.storage.campaigns.waiting import Waits, count_waits
from portal.storage.home.next_steps import current_campaigns
from portal.storage.lists.returned import count_returned
from portal.storage.lists.school_days import bands_without_calendar, holidays_in
from portal.storage.tables.campaigns import Campaign


@dataclass(frozen=True)
class Duty:
    """One campaign, as the operator has to think of it. ``unfinished`` are files of АСП. Of the records,
    ``returned`` were sent back; ``waiting`` lie where the institution is closed or its list signed,
    ``undirected`` where nobody directs it. ``without_calendar``: the class bands whose school
    days are counted without one."""

    campaign: Campaign
    state: CampaignState
    rejected: int
    returned: int
    waiting: int = 0
    undirected: int = 0
    may_answer: bool = False
    unfinished: list[Unfinished] = field(default_factory=list)
    without_calendar: list[Band] = field(default_factory=list)
    warnings: list[str] = field(default_factory=list)

    @property
    def month(self) -> Month:
        return self.campaign.month

    @property
    def is_broken_off(self) -> bool:
        return any(not each.is_going_on for each in self.unfinished)

    @property
    def lacks_window(self) -> bool:
        return self.campaign.closes_on is None and self.state is not CampaignState.ANSWERED


def duties(now: datetime) -> list[Duty]:
    """The newest month first. Of one that is answered nothing waits any more."""
    campaigns = current_campaigns()
    left = [campaign for campaign in campaigns if campaign.answered_at is None]
    rejected, returned = open_rejects(campaigns), count_returned(campaigns)
    waits, exceptions = count_waits(left, now=now), exceptions_in(left, now=now)
    unfinished = unfinished_in(left)
    lacking = bands_without_calendar(campaign.month for campaign in left)
    holidays = holidays_in(Month.of(each.closes_on) for each in left if each.closes_on is not None)
    every = []
    for campaign in campaigns:
        number, window = campaign.id, campaign.window
        others, undirected = waits.get(number, Waits())
        loads = unfinished.get(number, [])
        may_answer = campaign.answered_at is None and holds(
            check_may_answer, window, exceptions.get(number, 0), is_unfinished=bool(loads), now=now
        )
        every.append(
            Duty(
                campaign=campaign,
                state=window.state(now),
                rejected=rejected.get(number, 0),
                returned=returned.get(number, 0),
                waiting=others,
                undirected=undirected,
                may_answer=may_answer,
                unfinished=loads,
                without_calendar=lacking.get(campaign.month, []),
                warnings=_warnings(campaign, holidays),
            )
        )
    return every


def _warnings(campaign: Campaign, holidays: Mapping[Month, Mapping[date, str]]) -> list[str]:
    if campaign.closes_on is None or campaign.answered_at is not None:
        return []
    return deadline_warnings(campaign.closes_on, holidays[Month.of(campaign.closes_on)])
