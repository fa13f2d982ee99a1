"""Circulars that somebody has still to read, for the offices' first pages."""

from dataclasses import dataclass
from datetime import datetime

from portal.domain.notices.recipients import Tally
from portal.domain.notices.rules import NoticeState, Office
from portal.domain.times import today
from portal.storage.notices.recipients import tallies
from portal.storage.notices.shown import Shown, of_office

MOST_FOLLOWED = 3  # of the newest


@dataclass(frozen=True)
class Followed:
    shown: Shown
    tally: Tally


def followed(office: Office, *, now: datetime) -> list[Followed]:
    """The newest that are in force, whose deadline has not passed, and that some director has not read."""
    current = [
        shown
        for shown in of_office(office)[0]
        if shown.state is NoticeState.IN_FORCE
        and (shown.notice.deadline is None or shown.notice.deadline >= today(now))
    ]
    found: list[Followed] = []
    for some in (current[:MOST_FOLLOWED], current[MOST_FOLLOWED:]):  # of a year's few are still waited for
        if len(found) < MOST_FOLLOWED:
            counted = tallies([shown.notice.id for shown in some], office.region, now=now)
            found += (Followed(shown, counted[shown.notice.id]) for shown in some)
        found = [each for each in found if each.tally.waited_for]
    return found[:MOST_FOLLOWED]
