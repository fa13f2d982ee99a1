"""What every institution of a campaign is written about: one line with what happened, spread to the readers
some at a time."""

import json
from collections.abc import Callable
from datetime import datetime
from functools import partial

from portal.actions.letters.occasions import About, Facts, queue, queue_in_turns
from portal.domain.letters.kinds import Occasion
from portal.domain.times import today
from portal.storage.letters.readers import readers_about
from portal.storage.tables.bulk import tuples
from portal.storage.tables.campaigns import Campaign, Submission
from portal.storage.tables.db import db, locked
from portal.storage.tables.institutions import Institution
from portal.storage.tables.letters import Announcement

AT_A_TURN = 100  # institutions


def announce(occasion: Occasion, campaign: Campaign, facts: Facts | None = None, *, now: datetime) -> None:
    """In the transaction of what happened: from then on it is not forgotten. ``spread`` does the rest."""
    if not db.in_transaction():
        raise RuntimeError("an announcement is written in the transaction of what it announces")
    Announcement.create(
        occasion=occasion, campaign=campaign, facts=json.dumps(dict(facts or {})), made_at=now
    )


def spread(*, go_on: Callable[[], bool] = lambda: True, now: datetime) -> int:
    """Put down the letters of what was announced and has not reached everybody; how many are new. Whoever
    announced does it at once; what was broken off the worker goes on with."""
    waiting = (
        Announcement.select(Announcement.id).where(Announcement.done_at.is_null()).order_by(Announcement.id)
    )
    numbers = [number for (number,) in tuples(waiting)]
    return queue_in_turns(numbers, partial(_some, now=now), go_on=go_on)


def _some(number: int, *, now: datetime) -> int | None:
    """The next institutions of one announcement; none where it is done."""
    row = locked(
        Announcement.select().where((Announcement.id == number) & Announcement.done_at.is_null())
    ).first()
    if row is None:
        return None
    codes = _next_institutions(row, now=now)
    if not codes:
        Announcement.update(done_at=now).where(Announcement.id == number).execute()
        return None
    about = About(row.occasion, f"announcement:{number}", row.campaign_id, json.loads(row.facts))
    readers = readers_about(about.occasion, codes, now=now)
    new = queue(about, readers, merged=_moved if "old" in about.facts else None, now=now)
    Announcement.update(after=codes[-1]).where(Announcement.id == number).execute()
    return new


def _next_institutions(row: Announcement, *, now: datetime) -> list[str]:
    query = (
        Submission.select(Submission.institution)
        .join(Institution)
        .where(
            (Submission.campaign == row.campaign_id)
            & (Submission.institution > row.after)
            & ~Institution.closed_by(today(now))
        )
        .order_by(Submission.institution)
        .limit(AT_A_TURN)
    )
    return [code for (code,) in tuples(query)]


def _moved(before: Facts, more: Facts) -> Facts:
    """A deadline that was moved twice before anybody read of it was moved once."""
    return {**more, "old": before["old"]}
