"""Retention: erasing months that were answered long ago, and registers whose day has come."""

import logging
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import datetime

from portal.actions.campaigns.window import held_campaign
from portal.actions.register.erasing import erase_registers
from portal.actions.site import Site
from portal.crypto.pepper import keyed_hash, purge_key
from portal.domain.month import Month
from portal.domain.signing.declaration import timestamp
from portal.domain.times import today
from portal.storage.lists.held import held_lists
from portal.storage.notices.erasing import erase_notice, notices_to_erase
from portal.storage.retention.erasing import (
    campaigns_to_erase,
    campaigns_to_wait_for,
    collections_to_erase,
    enrolment_months,
    erase_campaign,
    erase_enrolments,
    erase_stray_rejects,
    forget_deleted,
)
from portal.storage.retention.letters import count_letters_to_erase, erase_letters
from portal.storage.tables import audit
from portal.storage.tables.campaigns import Campaign
from portal.storage.tables.db import writing

logger = logging.getLogger(__name__)

PURGED, NOTICE_ERASED = "purged", "notice_erased"  # in the audit


@dataclass(frozen=True)
class Plan:
    """What a purge would take away now. ``waiting`` months stay: АСП has no answer for them."""

    campaigns: list[Month]
    waiting: list[Month]
    enrolments: list[Month]
    registers: list[int]
    notices: int = 0
    letters: int = 0

    @property
    def is_empty(self) -> bool:
        return not (self.campaigns or self.enrolments or self.registers or self.notices or self.letters)


@dataclass
class Purged:
    """What was taken away. Registers are told by school year, not by how many there were."""

    lists: int = 0
    records: int = 0
    enrolments: int = 0
    notices: int = 0
    letters: int = 0
    campaigns: list[Month] = field(default_factory=list)
    registers: list[int] = field(default_factory=list)
    is_overwritten: bool = True  # in the database's files too


def plan_of(before: Month, *, now: datetime) -> Plan:
    return Plan(
        campaigns=[campaign.month for campaign in campaigns_to_erase(before)],
        waiting=[campaign.month for campaign in campaigns_to_wait_for(before)],
        enrolments=enrolment_months(before),
        registers=sorted({row.school_year for row in collections_to_erase(before, today(now))}),
        notices=len(notices_to_erase(before)),
        letters=count_letters_to_erase(before, now=now),
    )


def purge(before: Month, *, step: Callable[[], None] = lambda: None, site: Site, now: datetime) -> Purged:
    """Take it away, one campaign or register a transaction; done again it does nothing more. A killed
    purge is finished by the next. ``step`` is called after each campaign."""
    purged = Purged()
    for campaign in campaigns_to_erase(before):
        _erase_month(campaign.month, purged, site=site, now=now)
        step()
    for month in enrolment_months(before):
        with writing():
            purged.enrolments += erase_enrolments(month)
    with writing():
        erase_stray_rejects(before)
    purged.registers = erase_registers(before, now=now)
    purged.notices = _erase_notices(before, now=now)
    with writing():
        purged.letters = erase_letters(before, now=now)
    purged.is_overwritten = forget_deleted()
    return purged


def purge_mark(campaign: Campaign, at: datetime, *, site: Site) -> str:
    """What the audit keeps of a purge. ``verify`` looks at nothing of an erased month any more, so that an
    entry which anybody could write must not be enough."""
    return keyed_hash(purge_key(site.pepper), f"{campaign.id} {campaign.month} {timestamp(at)}").hex()


def _erase_month(month: Month, purged: Purged, *, site: Site, now: datetime) -> None:
    with writing():
        campaign = held_campaign(month)
        held_lists(campaign)
        if campaign.answered_at is None:  # taken back meanwhile
            return
        # Said first: the database lets a signature go only where the audit says so.
        audit.add(
            None, PURGED, f"campaign:{campaign.id}", now=now, content=purge_mark(campaign, now, site=site)
        )
        lists, records = erase_campaign(campaign)
    purged.campaigns.append(month)
    purged.lists += lists
    purged.records += records
    logger.info("campaign of %s erased: %s lists, %s records", month, lists, records)


def _erase_notices(before: Month, *, now: datetime) -> int:
    """Circulars hold no child unless somebody wrote one in, but who read what, and when."""
    with writing():
        erased = notices_to_erase(before)
        for notice_id in erased:
            audit.add(None, NOTICE_ERASED, f"notice:{notice_id}", now=now)
            erase_notice(notice_id)
    return len(erased)
