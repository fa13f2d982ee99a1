"""Loading АСП's list for a month: every line is either distributed or rejected."""

import logging
from datetime import datetime

from portal.actions.campaigns.window import Days
from portal.actions.loading.asp_staging import month_of, stage
from portal.actions.loading.asp_turns import Turns, one_at_a_time, whole_if_small
from portal.actions.loading.files import (
    Source,
    Watch,
    check_named,
    check_not_empty,
    check_readable,
    unwatched,
)
from portal.actions.site import Site
from portal.domain.people import Operator
from portal.domain.times import today
from portal.exchange.asp_list import read_asp_list
from portal.storage.campaigns.pieces import pieces
from portal.storage.campaigns.staging import StagedLine, staged
from portal.storage.tables.bulk import planned_anew
from portal.storage.tables.campaigns import Load

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

    The file is read before anybody is kept waiting. A short one is stored in one turn. Of a long one each
    list gets all its lines in one turn, some lists at a time, and the window opens when all have theirs;
    broken off, the load stays unfinished, and the same file loaded again does what is missing.
    """
    check_named(source.name, "asp")
    reading = read_asp_list(source.stream)
    check_readable(reading)
    month = month_of(reading)
    with staged(StagedLine):
        received = stage(reading, month, watch, day=today(now))
        check_not_empty(received)
        with one_at_a_time(), planned_anew(), whole_if_small(received):
            turns = Turns(person, month, window, site, now)
            load = turns.begin(source, reading.encoding, received)
            for lines in pieces():
                turns.take(lines)
                watch(load.rejected + load.distributed, received)
            turns.end()
    logger.info("load %s: %s lines received, %s rejected", load.id, load.received, load.rejected)
    return load
