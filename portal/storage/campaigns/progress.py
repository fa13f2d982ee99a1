"""Counts for the regional offices, taken only from the counters on each institution's list.

No query here touches a record, so no page built on them can name a child.
"""

from collections.abc import Callable, Collection, Sequence
from dataclasses import replace
from datetime import datetime
from functools import cache
from typing import Any, NamedTuple

from peewee import JOIN, Tuple, fn

from portal.domain.oversight.progress import Alike, Contact, Standing
from portal.domain.submissions import Counts, Lock, Window, submission_state
from portal.domain.times import today
from portal.storage.tables.bulk import tuples
from portal.storage.tables.campaigns import Campaign, Submission
from portal.storage.tables.institutions import Institution
from portal.storage.tables.people import User
from portal.storage.tables.register import RegisterMonth


def standings(
    campaign: Campaign, *, now: datetime, region: int | None = None, codes: Collection[str] | None = None
) -> list[Standing]:
    """Every institution of the region, or of the country, that is waited for, in one query; or only some."""
    query = of_institutions(_columns(), [campaign], now=now, region=region).join(Institution)
    if codes is not None:
        query = query.where(Submission.institution.in_(list(codes)))
    window = campaign.window
    is_over = cache(lambda until: replace(window, reopened_until=until).is_over(now))
    return [_standing(row, is_over) for row in tuples(query)]


class Flags(NamedTuple):
    """What two lists have in common whose institutions are equally far, whatever the numbers on them: all
    that ``submission_state`` and ``missing`` ask for. Conditions of a query, or what a row of it says."""

    lock: Any
    has_records: Any
    has_pending: Any
    has_decided: Any
    is_checked: Any
    is_opened: Any
    is_reopened: Any
    is_directed: Any
    is_confirmed: Any


FLAGS = len(Flags._fields)


def alike(now: datetime) -> Flags:
    """To be asked of each list, or to group lists by."""
    return Flags(
        Submission.lock,
        Submission.total > 0,
        Submission.pending > 0,
        Submission.confirmed + Submission.refused > 0,
        Submission.checked_at.is_null(False),
        Submission.first_opened_at.is_null(False),
        fn.COALESCE(Submission.reopened_until > now, False),
        is_directed(),
        RegisterMonth.confirmed_at.is_null(False),
    )


def alike_of(
    flags: Flags,
    window: Window,
    *,
    many: int,
    counts: Counts,
    times: tuple[datetime | None, datetime | None],
    now: datetime,
) -> Alike:
    """``flags`` are what they have in common; ``times`` are when the list was opened and the register's month
    confirmed."""
    state = submission_state(
        Counts(int(bool(flags.has_records)), int(bool(flags.has_pending)), int(bool(flags.has_decided))),
        Lock(flags.lock),
        checked=bool(flags.is_checked),
        has_account=bool(flags.is_directed),
        past=window.is_past(now) and not flags.is_reopened,
    )
    return Alike(many, counts, state, *times, bool(flags.is_directed))


def of_institutions(
    columns: Sequence[Any], campaigns: Sequence[Campaign], *, now: datetime, region: int | None
) -> Any:
    """The columns of each institution's list that is waited for, and of the month of its register. A region's
    lists are found by its institutions, so that the rest of the country is not read. Of the institution
    itself nothing is read here: joined to each of a country's lists for a year it cost half of the time."""
    query = (
        Submission.select(*columns)
        .join(RegisterMonth, JOIN.LEFT_OUTER, on=same_month())
        .switch(Submission)
        .where(Submission.campaign.in_([campaign.id for campaign in campaigns]) & ~_left(now=now))
    )
    if region is None:
        return query
    places = Institution.alias("place")
    ours = places.select(places.code).where(places.region == region)
    return query.where(Submission.institution.in_(ours))


def is_directed() -> Any:
    """Whether somebody directs the institution of a list, where a country's lists are counted: the directors
    are read once."""
    return Submission.institution.in_(User.places_with_director())


def _has_director() -> Any:
    """The same where lists are shown one by one: to read the country's directors first cost a page about one
    institution or a region more than all else."""
    theirs = User.is_director() & (User.institution == Submission.institution)
    return fn.EXISTS(User.select(User.id).where(theirs))


def _columns() -> tuple[Any, ...]:
    return (
        *(getattr(Institution, name) for name in Contact._fields),
        Submission.total,
        Submission.pending,
        Submission.confirmed,
        Submission.refused,
        Submission.lock,
        Submission.first_opened_at,
        Submission.checked_at,
        Submission.signed_at,
        Submission.reopened_until,
        _has_director(),
        RegisterMonth.confirmed_at,
    )


def _standing(row: Any, is_over: Callable[[datetime | None], bool]) -> Standing:
    """``is_over`` says whether the month is past the deadline for who has such an exception."""
    contact, rest = Contact(*row[: len(Contact._fields)]), row[len(Contact._fields) :]
    counts, (lock, opened, checked, signed, reopened, directed, confirmed) = Counts(*rest[:4]), rest[4:]
    state = submission_state(
        counts, lock, checked=checked is not None, has_account=bool(directed), past=is_over(reopened)
    )
    return Standing(contact, counts, state, opened, checked, signed, confirmed, bool(directed), reopened)


def _left(*, now: datetime) -> Any:
    """Closed before the deadline and unsigned: nobody waits for it. What was signed stays, and so does who
    missed a deadline and closed after it."""
    in_time = Campaign.closes_on.is_null() | (Institution.closed_on <= Campaign.closes_on)
    closed = Institution.select(Campaign.id, Institution.code).join(Campaign, on=in_time)
    theirs = Tuple(Submission.campaign, Submission.institution)
    return (Submission.lock == Lock.OPEN) & theirs.in_(closed.where(Institution.closed_by(today(now))))


def same_month() -> Any:
    """Of the register's month only when it was confirmed is ever read here."""
    return (RegisterMonth.campaign == Submission.campaign) & (
        RegisterMonth.institution == Submission.institution
    )


def campaigns() -> list[Campaign]:
    """Newest month first."""
    return list(Campaign.select().order_by(Campaign.month.desc()))
