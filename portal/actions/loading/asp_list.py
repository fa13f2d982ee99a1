"""Loading АСП's list for a month: every line is either distributed or rejected."""

import logging
from datetime import datetime
from functools import partial

from portal.actions.campaigns.window import Days
from portal.actions.loading.asp_staging import month_of, stage
from portal.actions.loading.asp_turns import Turns, whole_if_small
from portal.actions.loading.beside import Beside
from portal.actions.loading.files import (
    Source,
    Watch,
    begin,
    check_named,
    check_not_empty,
    check_readable,
    unwatched,
)
from portal.actions.loading.others import one_at_a_time
from portal.domain.month import Month
from portal.domain.operating import check_may_load
from portal.domain.people import Operator
from portal.domain.times import today
from portal.exchange.asp_list import AspRow, read_asp_list
from portal.exchange.text import Encoding, Reading, count_lines
from portal.storage.campaigns.loads import ASP
from portal.storage.campaigns.pieces import pieces
from portal.storage.campaigns.staging import StagedLine, staged
from portal.storage.loading.tables import Load
from portal.storage.tables.bulk import BATCH, planned_anew
from portal.storage.tables.campaigns import Campaign

logger = logging.getLogger(__name__)


def load_asp_list(
    person: Operator | None,
    source: Source,
    *,
    window: Days | None = None,
    watch: Watch = unwatched,
    now: datetime,
) -> Load:
    """Distribute the lines of F1, make the campaign if it is new, and set its window if one is given.

    The file is read before anybody is kept waiting. A short one is stored in one turn. Of a long one each
    list gets all its lines in one turn, some lists at a time, and the window opens when all have theirs;
    broken off, the load stays unfinished, and the same file loaded again does what is missing.
    """
    reading, month = _looked_at(source)
    with staged(StagedLine):
        received = stage(reading, month, watch, day=today(now))
        check_not_empty(received)
        with one_at_a_time(ASP):
            turns = Turns(person, month, window, now)
            return _store(turns, source, reading.encoding, received, watch)


def take_asp_list(person: Operator, source: Source, *, now: datetime) -> int:
    """The same for a page, which does not wait for a long file: that goes on beside it. The id of the load.

    Whatever can be told of the file by its first lines is told at once: what it is, and that its month takes
    no list any more. Conflict where somebody else's file is being loaded.
    """
    reading, month = _looked_at(source)
    if count_lines(source.stream) <= BATCH:
        return int(load_asp_list(person, source, now=now).id)
    campaign = Campaign.get_or_none(Campaign.month == month) if month is not None else None
    if campaign is not None:
        check_may_load(campaign.window, now=now)

    def work(kept: Source, load: Load, watch: Watch) -> None:
        with staged(StagedLine):
            received = stage(read_asp_list(kept.stream), month, watch, day=today(now))
            turns = Turns(person, month, None, now, taken=load)
            _store(turns, kept, reading.encoding, received, watch)

    beside = Beside(partial(begin, ASP, encoding=reading.encoding, person=person, now=now, month=month), work)
    return beside.start(source, alone=lambda: one_at_a_time(ASP, patience=0))


def _looked_at(source: Source) -> tuple[Reading[AspRow], Month | None]:
    """The file, and its month; Refusal where it is not what it should be."""
    check_named(source.name, ASP)
    reading = read_asp_list(source.stream)
    check_readable(reading)
    return reading, month_of(reading)


def _store(turns: Turns, source: Source, encoding: Encoding, received: int, watch: Watch) -> Load:
    """What is staged, in turns; nobody else's list is stored meanwhile."""
    with planned_anew(), whole_if_small(received):
        load = turns.begin(source, encoding, received)
        for lines in pieces():
            turns.take(lines)
            watch(load.rejected + load.distributed, received)
        turns.end()
    logger.info("load %s: %s lines received, %s rejected", load.id, load.received, load.rejected)
    return load
