"""Setting the days on which a campaign is open, and telling the directors."""

from dataclasses import dataclass
from datetime import date, datetime
from hashlib import sha256

from portal.actions.letters.announcing import announce, spread
from portal.actions.letters.campaign_letters import tell_of_list
from portal.domain.letters.kinds import Occasion
from portal.domain.month import Month
from portal.domain.operating import check_list_is_whole, window_warnings
from portal.domain.people import Operator
from portal.domain.signing.declaration import canonical
from portal.domain.submissions import check_window
from portal.storage.campaigns.loads import unfinished_loads
from portal.storage.lists.held import hold_months
from portal.storage.lists.school_days import month_holidays
from portal.storage.tables import audit
from portal.storage.tables.campaigns import Campaign
from portal.storage.tables.db import writing

SET = "set_window"  # in the audit


@dataclass(frozen=True)
class Days:
    """From 00:00 of the first to the end of the last, in Sofia."""

    opens_on: date
    closes_on: date


def set_window(person: Operator | None, month: Month, days: Days, *, now: datetime) -> Campaign:
    """Set or move the window; a later end reopens a campaign that is not answered."""
    with writing():
        campaign = held_campaign(month)
        check_list_is_whole(campaign.window, is_unfinished=bool(unfinished_loads(campaign)))
        put_window(person, campaign, days, now=now)
    tell_of_list(campaign, now=now)
    spread(now=now)
    return campaign


def warnings_of(days: Days, *, now: datetime) -> list[str]:
    """What the operator should know first: a weekend, a holiday, a day that has passed."""
    holidays, _ = month_holidays(Month.of(days.closes_on))
    return window_warnings(days.closes_on, holidays, now=now)


def held_campaign(month: Month) -> Campaign:
    """The campaign, and nobody else works on the whole of it until the transaction ends."""
    hold_months([month])
    return Campaign.for_month(month)


def put_window(person: Operator | None, campaign: Campaign, days: Days, *, now: datetime) -> None:
    """The same inside a transaction that holds the campaign already. Whoever read of another deadline is
    told: ``spread`` does it when the transaction is over."""
    check_window(days.opens_on, days.closes_on, answered=campaign.answered_at is not None)
    if (campaign.opens_on, campaign.closes_on) == (days.opens_on, days.closes_on):
        return
    if campaign.closes_on is not None and campaign.closes_on != days.closes_on:
        campaign.moves += 1
        moved = {"old": str(campaign.closes_on), "new": str(days.closes_on)}
        announce(Occasion.DEADLINE_MOVED, campaign, moved, now=now)
    campaign.opens_on, campaign.closes_on = days.opens_on, days.closes_on
    campaign.save(only=[Campaign.opens_on, Campaign.closes_on, Campaign.moves])
    audit.add(person, SET, f"campaign:{campaign.id}", now=now, content=window_digest(campaign))


def window_digest(campaign: Campaign) -> str:
    """Of what was set, so that ``verify`` sees a date that was moved by hand."""
    days = {"opens_on": str(campaign.opens_on), "closes_on": str(campaign.closes_on)}
    return sha256(canonical(days)).hexdigest()
