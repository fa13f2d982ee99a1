"""Loading АСП's list for a month: one transaction per file, every line either distributed or rejected."""

import logging
from datetime import datetime

from portal.actions.campaigns.window import Days, put_window
from portal.actions.letters.campaign_letters import tell_of_changes, tell_of_list
from portal.actions.loading.asp_lines import Batch
from portal.actions.loading.asp_staging import month_of, stage
from portal.actions.loading.doubts import note_doubts
from portal.actions.loading.files import (
    Source,
    Watch,
    begin,
    check_named,
    check_not_empty,
    check_readable,
    finish,
    reject,
    unwatched,
)
from portal.actions.loading.outcome import Done, settle
from portal.actions.loading.places import Places
from portal.actions.site import Site
from portal.domain.month import Month
from portal.domain.operating import check_may_load
from portal.domain.people import Operator
from portal.domain.times import today
from portal.exchange.asp_list import read_asp_list
from portal.storage.campaigns.overview import under_limit_in
from portal.storage.campaigns.placing import lines_after, missing_from_file
from portal.storage.campaigns.staging import StagedLine, staged
from portal.storage.lists.held import held_lists, hold_months, known_codes, make_lists
from portal.storage.tables import audit
from portal.storage.tables.bulk import BATCH, know_size, planned_anew
from portal.storage.tables.campaigns import Campaign, Load, Record
from portal.storage.tables.db import writing

logger = logging.getLogger(__name__)


def load_asp_list(
    person: Operator | None,
    source: Source,
    *,
    window: Days | None = None,
    watch: Watch = unwatched,
    site: Site,
    now: datetime,
) -> Load:
    """Distribute the lines of F1, make the campaign if it is new, and set its window if one is given.

    The file is read before anybody is kept waiting; the lists are locked only while the lines go to
    them. Nothing of a file stays if the campaign cannot take it.
    """
    check_named(source.name, "asp")
    reading = read_asp_list(source.stream)
    check_readable(reading)
    month = month_of(reading)
    with staged(StagedLine):
        received = stage(reading, month, known_codes(), watch)
        check_not_empty(received)
        with writing(), planned_anew():
            load = begin("asp", source, reading.encoding, person, now=now, month=month)
            if month is None:
                _reject_all(load, received, watch)
            else:
                campaign = _held_campaign(person, month, window, now=now)
                load.campaign = campaign
                done = _distribute(load, campaign, received, now=now, person=person, watch=watch)
                tell_of_changes(campaign, [institution for _, institution in done.reset], site=site, now=now)
                tell_of_list(campaign, site=site, now=now)
            finish(load, person, now=now)
    logger.info("load %s: %s lines received, %s rejected", load.id, load.received, load.rejected)
    return load


def _held_campaign(person: Operator | None, month: Month, window: Days | None, *, now: datetime) -> Campaign:
    """The campaign, new if need be, with a list for every institution; nobody else works on it."""
    hold_months([month])
    campaign = Campaign.get_or_none(Campaign.month == month)
    if campaign is None:
        campaign = Campaign.create(month=month, made_at=now)
        audit.add(person, "made_campaign", f"campaign:{campaign.id}", now=now)
    if window is not None:
        put_window(person, campaign, window, now=now)
    check_may_load(campaign.window, now=now)
    make_lists(campaign, day=today(now))
    made: Campaign = campaign
    return made


def _distribute(
    load: Load, campaign: Campaign, received: int, *, now: datetime, person: Operator | None, watch: Watch
) -> Done:
    places, done = Places(campaign.month, held_lists(campaign), today(now)), Done()
    last = 0
    while lines := lines_after(last, BATCH):
        Batch(campaign, places, done, now=now).distribute(lines)
        reject(load, done.rejected)
        done.rejected.clear()
        last = lines[-1].number
        watch(load.rejected + done.distributed, received)
    know_size(Record)
    settle(done, person, now=now, content=load.sha256)
    load.added, load.updated, load.unchanged = done.added, done.updated, done.unchanged
    load.reset, load.moved, load.distributed = len(done.reset), done.moves.total(), done.distributed
    load.missing, load.under_limit = missing_from_file(campaign), under_limit_in(campaign)
    note_doubts(load, [campaign])
    return done


def _reject_all(load: Load, received: int, watch: Watch) -> None:
    """Not one line is well-formed: there is no month and no campaign, and АСП gets all of them back."""
    last = 0
    while lines := lines_after(last, BATCH):
        reject(load, [(line.number, line.line, line.faults) for line in lines])
        last = lines[-1].number
        watch(load.rejected, received)
