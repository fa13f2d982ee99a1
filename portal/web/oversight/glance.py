"""A region, or the country, at a glance: who is how far, how the month went on, and where that leads."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime

from portal.domain.month import Month
from portal.domain.names import place_order
from portal.domain.oversight.pace import Course, Forecast, forecast
from portal.domain.oversight.progress import Standing, Totals
from portal.domain.submissions import CampaignState
from portal.storage.campaigns.pace import courses
from portal.storage.tables.campaigns import Campaign
from portal.web.oversight.chart import Chart, last_day_chart, window_chart


@dataclass(frozen=True)
class Part:
    """The institutions of one type or one municipality; ``query`` is what shows them."""

    name: str
    totals: Totals
    query: dict[str, str]


@dataclass(frozen=True)
class Glance:
    chart: Chart | None
    last_day: Chart | None
    forecast: Forecast | None
    before: Month | None  # that the line is compared with


def glance(
    campaign: Campaign, totals: Totals, every: list[Campaign], *, now: datetime, region: int | None
) -> Glance:
    """``every`` are all campaigns, the newest month first."""
    line = _courses(campaign, every, now=now, region=region)
    this = line[0] if line else None
    if this is None or not this.due or campaign.window.state(now) is CampaignState.LOADED:
        return Glance(None, None, None, None)
    before, earlier = (*line[1:], None, None)[:2]
    ahead = (
        forecast(this, before, earlier, now=now) if campaign.window.state(now) is CampaignState.OPEN else None
    )
    return Glance(
        window_chart(this, before, ahead, now=now),
        last_day_chart(this, before, ahead, now=now),
        ahead,
        before.month if before is not None else None,
    )


def _courses(campaign: Campaign, every: list[Campaign], *, now: datetime, region: int | None) -> list[Course]:
    """Of the month, the one before it, and the one before that, as far as each had a window. In a month that
    is suspended nobody could go on: it foretells nothing."""
    if campaign.closes_on is None:
        return []
    ran = [each for each in every if each.closes_on is not None and not each.window.suspended]
    older = [each for each in ran if each.month < campaign.month]
    return courses([campaign, *older[:2]], now=now, region=region)


def parts_of(standings: Iterable[Standing]) -> tuple[list[Part], list[Part]]:
    """By type, and by municipality where it is known of at least two."""
    types: dict[str, list[Standing]] = {}
    places: dict[str, list[Standing]] = {}
    for each in standings:
        types.setdefault(each.institution.type.value, []).append(each)
        places.setdefault(each.institution.municipality, []).append(each)
    by_type = [
        Part(of[0].institution.type.label, Totals.of(of), {"type": kind}) for kind, of in types.items()
    ]
    by_place = [
        Part(name or "без посочена община", Totals.of(of), {"municipality": name} if name else {})
        for name, of in sorted(places.items(), key=lambda item: (not item[0], place_order(item[0])))
    ]
    return by_type if len(by_type) > 1 else [], by_place if len(by_place) > 1 else []
