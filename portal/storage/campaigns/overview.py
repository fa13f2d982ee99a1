"""All months at a glance: window, state, and how many records are still undecided."""

from collections import Counter
from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import date, datetime

from peewee import fn

from portal.domain.decisions import Reason
from portal.domain.month import Month
from portal.domain.submissions import CampaignState, Lock
from portal.domain.times import today
from portal.storage.tables.bulk import tuples
from portal.storage.tables.campaigns import Campaign, Record, Submission
from portal.storage.tables.institutions import Institution


@dataclass(frozen=True)
class Overview:
    """``records`` and the ``pending`` of them wherever they lie; ``signed`` of ``lists`` that have some.
    ``to_route`` lie on no list, or unsigned in an institution that is closed; none once the answer has gone.
    """

    campaign: Campaign
    state: CampaignState
    records: int
    pending: int
    lists: int
    signed: int
    to_route: int


def campaigns_under_way(*, now: datetime) -> list[Campaign]:
    """Those that are not answered and whose deadline is still to come, oldest month first."""
    unanswered = Campaign.select().where(Campaign.answered_at.is_null()).order_by(Campaign.month)
    return [campaign for campaign in unanswered if not campaign.window.is_past(now)]


def unanswered_months() -> list[Month]:
    """The months of which the answer has not gone."""
    query = Campaign.select(Campaign.month).where(Campaign.answered_at.is_null())
    return [month for (month,) in tuples(query)]


def months_with_campaign(months: Collection[Month]) -> set[Month]:
    """Of these months, those for which АСП's list was loaded."""
    query = Campaign.select(Campaign.month).where(Campaign.month.in_(months))
    return {month for (month,) in tuples(query)}


def is_some_list_open(now: datetime) -> bool:
    """Whether a campaign is open, or one list by an exception: whether somebody may be signing."""
    unanswered = Campaign.select().where(Campaign.answered_at.is_null())
    if any(campaign.window.state(now) is CampaignState.OPEN for campaign in unanswered):
        return True
    excepted = (Submission.reopened_until > now) & Campaign.answered_at.is_null()
    found: bool = Submission.select().join(Campaign).where(excepted).exists()
    return found


def campaigns_at(now: datetime) -> list[Overview]:
    """Newest month first."""
    every = list(Campaign.select().order_by(Campaign.month.desc()))
    sums, off_lists, closed = _sums(every), _off_lists(every), _closed(today(now))
    return [
        Overview(
            campaign,
            campaign.window.state(now),
            *_whole(sums[campaign.id][:2], off_lists[campaign.id]),
            *sums[campaign.id][2:],
            off_lists[campaign.id] + closed[campaign.id] if campaign.answered_at is None else 0,
        )
        for campaign in every
    ]


def records_in(campaign: Campaign) -> tuple[int, int]:
    """All of the month and the pending of them, wherever they lie: also in institutions for which nobody
    waits, and on no list."""
    off_lists = Record.select(fn.COUNT(Record.id)).where(Record.off_lists(campaign))
    listed = Submission.select(fn.SUM(Submission.total), fn.SUM(Submission.pending), off_lists)
    ((records, pending, off),) = tuples(listed.where(Submission.campaign == campaign))
    return _whole((int(records or 0), int(pending or 0)), off)


def _whole(listed: tuple[int, int], off_lists: int) -> tuple[int, int]:
    """Nobody has decided what lies on no list."""
    records, pending = listed
    return records + off_lists, pending + off_lists


def under_limit_in(campaign: Campaign) -> int:
    """How many absences of the campaign terminate no benefit by the very figure that АСП sent."""
    alike = (Record.reason, Record.absences, Record.band, Record.in_kindergarten)
    ours = (Record.campaign == campaign) & (Record.reason == Reason.ABSENCE)
    query = Record.select(*alike, fn.COUNT(Record.id).alias("many")).where(ours).group_by(*alike).objects()
    return sum(vars(record)["many"] for record in query if record.case(school_days=0).is_under_limit)


def _off_lists(campaigns: Sequence[Campaign]) -> Counter[int]:
    """By campaign, the records that lie on no list."""
    query = Record.select(Record.campaign, fn.COUNT(Record.id)).where(Record.off_lists(*campaigns))
    return Counter(dict(tuples(query.group_by(Record.campaign))))


def _closed(day: date) -> Counter[int]:
    """By campaign, the unsigned records of institutions that are closed."""
    closed = Institution.select(Institution.code).where(Institution.closed_by(day))
    query = Submission.select(Submission.campaign, fn.SUM(Submission.total))
    unsigned = query.where(Submission.institution.in_(closed) & (Submission.lock == Lock.OPEN))
    rows = tuples(unsigned.group_by(Submission.campaign))
    return Counter({campaign: int(count) for campaign, count in rows})


def _sums(campaigns: Sequence[Campaign]) -> dict[int, tuple[int, int, int, int]]:
    """By campaign: records on lists, pending ones, lists with records, signed lists."""
    with_records = Submission.total > 0
    query = Submission.select(
        Submission.campaign,
        fn.SUM(Submission.total),
        fn.SUM(Submission.pending),
        fn.COUNT(Submission.id).filter(with_records),
        fn.COUNT(Submission.id).filter(with_records & (Submission.lock == Lock.SIGNED)),
    ).where(Submission.campaign.in_(campaigns))
    found = {
        campaign: (int(records), int(pending), lists, signed)
        for campaign, records, pending, lists, signed in tuples(query.group_by(Submission.campaign))
    }
    return {campaign.id: found.get(campaign.id, (0, 0, 0, 0)) for campaign in campaigns}
