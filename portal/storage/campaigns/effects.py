"""Whom a change of a month's window concerns, counted before it is made: in as many statements for a country
as for one institution."""

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from peewee import JOIN, Case, fn

from portal.domain.submissions import Lock
from portal.domain.times import today
from portal.storage.campaigns.progress import same_month
from portal.storage.tables.bulk import tuples
from portal.storage.tables.campaigns import Campaign, Submission
from portal.storage.tables.institutions import Institution
from portal.storage.tables.people import Delegation, User
from portal.storage.tables.register import RegisterMonth


@dataclass(frozen=True)
class Concerned:
    """``directors`` and ``delegates`` have access, in institutions that are not closed; ``untold`` are the
    directors who were not written about their list yet; ``mailboxes`` are written to where nobody directs and
    something is missing. Of the lists with records ``signed`` are signed and
    ``unsigned`` are not, ``begun`` of these with something decided."""

    directors: int
    untold: int
    delegates: int
    mailboxes: int
    signed: int
    unsigned: int
    begun: int


def concerned_by(campaign: Campaign, *, now: datetime) -> Concerned:
    is_open = (Submission.campaign == campaign) & ~Institution.closed_by(today(now))
    ((directors, untold),) = tuples(
        Submission.select(fn.COUNT(User.id), fn.SUM(Case(None, [(Submission.told_at.is_null(), 1)], 0)))
        .join(Institution)
        .join(User, on=(User.institution == Institution.code))
        .where(is_open & User.is_director())
    )
    ((signed, unsigned, begun),) = tuples(_lists(is_open))
    return Concerned(
        directors,
        int(untold or 0),
        _delegates(is_open, now=now),
        _mailboxes(is_open),
        signed,
        unsigned,
        begun,
    )


def _lists(is_open: Any) -> Any:
    some, unsigned = Submission.total > 0, Submission.lock == Lock.OPEN
    decided = (Submission.confirmed + Submission.refused) > 0
    return (
        Submission.select(
            fn.COUNT(Submission.id).filter(some & (Submission.lock == Lock.SIGNED)),
            fn.COUNT(Submission.id).filter(some & unsigned),
            fn.COUNT(Submission.id).filter(some & unsigned & decided),
        )
        .join(Institution)
        .where(is_open)
    )


def _delegates(is_open: Any, *, now: datetime) -> int:
    """As ``readers.delegates_of`` has them."""
    query = (
        Submission.select(fn.COUNT(User.id.distinct()))
        .join(Institution)
        .join(Delegation, on=(Delegation.institution == Institution.code))
        .join(User, on=(Delegation.user == User.id))
        .where(
            is_open
            & (User.institution == Delegation.institution)
            & Delegation.revoked_at.is_null()
            & (Delegation.until >= today(now))
            & User.activated_at.is_null(False)
            & User.disabled_at.is_null()
        )
    )
    return int(query.scalar() or 0)


def _mailboxes(is_open: Any) -> int:
    """As ``readers.mailboxes_of`` has them, less those where both modules are done."""
    is_done = (Submission.checked_at.is_null(False) | (Submission.lock == Lock.SIGNED)) & (
        RegisterMonth.confirmed_at.is_null(False)
    )
    query = (
        Submission.select(fn.COUNT(Submission.id))
        .join(Institution)
        .switch(Submission)
        .join(RegisterMonth, JOIN.LEFT_OUTER, on=same_month())
        .where(
            is_open
            & (Institution.email != "")
            & Institution.code.not_in(User.places_with_director())
            & ~fn.COALESCE(is_done, False)
        )
    )
    return int(query.scalar() or 0)
