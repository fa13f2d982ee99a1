"""Checking what is kept with a month of its records and of its enrolments, counted anew from them."""

from collections.abc import Iterator

from portal.actions.verifying.finding import Finding
from portal.domain.month import Month
from portal.domain.placement import Doubt
from portal.storage.campaigns.loads import unfinished_loads
from portal.storage.campaigns.pictures import count_of
from portal.storage.campaigns.placing import newest_enrolments
from portal.storage.lists.counted import counts_of
from portal.storage.loading.tables import Load
from portal.storage.retention.erasing import is_erased
from portal.storage.tables.campaigns import Campaign
from portal.storage.tables.institutions import EnrolmentMonth

BASES = ("enrolments", "institutions")  # files that say where a child is


def check_counted(month: Month | None) -> Iterator[Finding]:
    """Of a month that a file is being loaded into, or of which a load was broken off, nothing is proven: it
    is counted when the file has come to its end."""
    campaigns = Campaign.select().where(Campaign.counted_at.is_null(False)).order_by(Campaign.month)
    for campaign in campaigns if month is None else campaigns.where(Campaign.month == month):
        if not is_erased(campaign) and not unfinished_loads(campaign) and not unfinished_loads(None):
            yield from _compared(campaign)


def check_enrolments() -> Iterator[Finding]:
    """That as many are kept as each month's picture in force holds."""
    for kept in EnrolmentMonth.select().order_by(EnrolmentMonth.month):
        if (held := count_of(kept.month, kept.picture)) != kept.enrolments:
            sentence = f"{kept.month}: записванията са {held}, а преброени са {kept.enrolments}."
            yield Finding("kept_counts", f"enrolments:{kept.month}", sentence)


def _compared(campaign: Campaign) -> Iterator[Finding]:
    now = counts_of(campaign)
    if not _still_stands(campaign):
        now = {name: count for name, count in now.items() if name not in {doubt.value for doubt in Doubt}}
    differing = [name for name, count in now.items() if getattr(campaign, name) != count]
    if differing:
        names = ", ".join(differing)
        sentence = (
            f"{campaign.month}: преброеното при зареждане не е това, което показват записите ({names})."
        )
        yield Finding("kept_counts", f"campaign:{campaign.id}", sentence)


def _still_stands(campaign: Campaign) -> bool:
    """Whether where children are enrolled is what it was when the month was counted: past its deadline a
    later file is not counted for it, and enrolments are erased in their time."""
    loaded = Load.select().where(Load.kind.in_(BASES) & Load.is_finished)
    if newest_enrolments() is None and loaded.where(Load.kind == "enrolments").exists():
        return False
    return not loaded.where(Load.at > campaign.counted_at).exists()
