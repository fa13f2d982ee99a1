"""Letters about an authorisation that ends by itself."""

from collections.abc import Iterable
from datetime import datetime, timedelta

from portal.actions.letters.matter import Matter, NoLonger
from portal.actions.letters.occasions import About, queue
from portal.domain.letters.kinds import Occasion
from portal.domain.letters.reminders import FIRST_HOUR
from portal.domain.times import local, today
from portal.mail import delegation_messages as letters
from portal.mail.delegation_messages import Given
from portal.mail.messages import Message
from portal.storage.letters.ending import ended_by, ending_by, told_of
from portal.storage.letters.readers import Reader, directors_of
from portal.storage.tables.db import writing
from portal.storage.tables.people import Delegation

WEEK = timedelta(days=7)


def tell_of_ends(*, now: datetime) -> int:
    """Put down a letter to the delegate and to the director, a week before an authorisation ends and when it
    has; how many are new. One that was given for less than a week ends without a word before."""
    if local(now).hour < FIRST_HOUR:
        return 0
    day = today(now)
    new = _tell(Occasion.DELEGATION_ENDING, ending_by(day, day + WEEK), now=now)
    return new + _tell(Occasion.DELEGATION_ENDED, ended_by(day - WEEK, day), now=now)


def _tell(occasion: Occasion, rows: Iterable[Delegation], *, now: datetime) -> int:
    found = list(rows)
    told = told_of(occasion, since=now - 3 * WEEK) if found else set()
    new = 0
    for row in found:
        thing = f"delegation:{row.id}/{row.until}"
        if thing in told or (
            occasion is Occasion.DELEGATION_ENDING and row.until - WEEK <= today(row.made_at)
        ):
            continue
        readers = [
            Reader(row.user.email, row.institution_id, row.user_id),
            *directors_of([row.institution_id]),
        ]
        with writing():
            new += queue(About(occasion, thing), readers, now=now)
    return new


def write_ending(matter: Matter) -> Message:
    row = _standing(matter)
    if row.until < today(matter.now):
        raise NoLonger("упълномощаването вече е изтекло")
    link = "/" if _is_own(row, matter) else f"/delegates/{row.id}"
    return letters.ending(
        matter.to, _given(row, matter), is_own=_is_own(row, matter), link=matter.site.address(link)
    )


def write_ended(matter: Matter) -> Message:
    row = _standing(matter)
    return letters.ended(
        matter.to,
        _given(row, matter),
        is_own=_is_own(row, matter),
        link=matter.site.address(f"/delegates/{row.id}"),
    )


def _standing(matter: Matter) -> Delegation:
    """NoLonger where it was revoked, or replaced by another."""
    number = str(matter.row.occasion).split("/")[1].removeprefix("delegation:")
    row: Delegation = Delegation.get_by_id(int(number))
    if row.revoked_at is not None:
        raise NoLonger("упълномощаването е оттеглено или подновено")
    return row


def _is_own(row: Delegation, matter: Matter) -> bool:
    return row.user_id == matter.row.user_id


def _given(row: Delegation, matter: Matter) -> Given:
    return Given(matter.institution.name, row.user.name, row.scope_set, row.until)
