"""What a caller has to know of each institution: who directs it, its letters, its calls, who is calling now.

Each is one query for a region, for the country, or for one institution. None touches a record.
"""

from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import date, datetime
from typing import Any

from peewee import JOIN, fn

from portal.domain.calls.call import Outcome
from portal.domain.calls.first import NextCall
from portal.domain.errors import NotFound
from portal.domain.letters.fate import FINAL, LetterState, Verdict
from portal.domain.month import Month
from portal.domain.people import Operator, Role, Ruo
from portal.domain.times import today
from portal.storage.calls.tables import PhoneCall
from portal.storage.lists.current import list_of
from portal.storage.tables.bulk import tuples
from portal.storage.tables.campaigns import Campaign, Submission
from portal.storage.tables.institutions import Institution
from portal.storage.tables.letters import OutboxMessage
from portal.storage.tables.people import Device, Login, User

NOT_THERE = "Няма такава институция в региона ви за този месец."


@dataclass(frozen=True)
class Which:
    """These institutions, those of one region, or all."""

    region: int | None = None
    codes: tuple[str, ...] | None = None

    def are(self, column: Any) -> Any:
        """The condition that ``column`` is the code of one of them."""
        if self.codes is not None:
            return column.in_(self.codes)
        if self.region is not None:
            return column.in_(Institution.select(Institution.code).where(Institution.region == self.region))
        return column.is_null(False)


@dataclass(frozen=True)
class Staffed:
    """Of one institution: its director, active or only invited, and the day (Sofia) on which anybody of it
    last came in."""

    director: str = ""
    email: str = ""
    invited_at: datetime | None = None
    is_active: bool = False
    last_seen: date | None = None


@dataclass
class Letters:
    """Of one institution's letters about a month, how many the mail server took, put off or refused.
    ``lost`` are the addresses whose last answer was that they take none."""

    accepted: int = 0
    deferred: int = 0
    refused: int = 0
    lost: list[str] = field(default_factory=list)

    @property
    def were_written(self) -> bool:
        return bool(self.accepted or self.deferred or self.refused)


@dataclass(frozen=True)
class Called:
    """A call as it was noted."""

    id: int
    month: Month
    outcome: Outcome
    note: str
    phone: str
    next_at: datetime
    at: datetime
    by: str

    @property
    def is_promise(self) -> bool:
        return self.outcome is Outcome.PROMISED


def list_for(person: Ruo | Operator, month: Month, code: str) -> Submission:
    """The institution's list, if it is one of the person's: for anyone else there is none."""
    submission = list_of(code, month)
    if isinstance(person, Ruo) and submission.institution.region != person.region:
        raise NotFound(NOT_THERE)
    return submission


def staffed(which: Which) -> dict[str, Staffed]:
    """By institution; where nobody was ever invited it is not in it."""
    query = (
        User.select(
            User.institution,
            User.role,
            User.name,
            User.email,
            User.invited_at,
            User.activated_at,
            fn.MAX(Device.seen_at),
            fn.MAX(Login.seen_at),
        )
        .join(Device, JOIN.LEFT_OUTER)
        .switch(User)
        .join(Login, JOIN.LEFT_OUTER)
        .where(which.are(User.institution) & User.disabled_at.is_null())
        .group_by(User.id)
        .order_by(User.activated_at.is_null(False), User.id)
    )
    found: dict[str, Staffed] = {}
    for code, role, name, email, invited, activated, device, login in tuples(query):
        before = found.get(code, Staffed())
        last = max(filter(None, (before.last_seen, _day(device), _day(login))), default=None)
        if role is Role.DIRECTOR:
            found[code] = Staffed(name, email, invited, activated is not None, last)
        else:
            found[code] = Staffed(before.director, before.email, before.invited_at, before.is_active, last)
    return found


def letters_in(campaign: Campaign, which: Which) -> dict[str, Letters]:
    """By institution; who was not written to is not in it."""
    row = OutboxMessage
    query = (
        row.select(
            row.institution,
            row.recipient,
            fn.COUNT(row.id).filter(row.state == LetterState.SENT),
            fn.COUNT(row.id).filter((row.state == LetterState.WAITS) & (row.verdict == Verdict.DEFERRED)),
            fn.COUNT(row.id).filter(row.state == LetterState.GIVEN_UP),
            fn.COUNT(row.id).filter(_is_lost()),
        )
        .where((row.campaign == campaign) & which.are(row.institution))
        .group_by(row.institution, row.recipient)
        .order_by(row.institution, row.recipient)
    )
    found: dict[str, Letters] = {}
    for code, recipient, accepted, deferred, refused, lost in tuples(query):
        letters = found.setdefault(code, Letters())
        letters.accepted += accepted
        letters.deferred += deferred
        letters.refused += refused
        if lost:
            letters.lost.append(recipient)
    return found


def who_lost_letters(campaign: Campaign) -> Any:
    """The codes of the institutions of whose letters about the month one was not taken. Few are not: the sum
    keeps the database from going through all of the month's to find them."""
    row = OutboxMessage
    here = (row.campaign + 0 == campaign.id) & (row.state == LetterState.GIVEN_UP)
    return row.select(row.institution).where(here & _is_lost())


def _is_lost() -> Any:
    """Whether a letter was not taken, and none after it at the same address."""
    row, later = OutboxMessage, OutboxMessage.alias("later")
    same = (
        (later.campaign == row.campaign)
        & (later.institution == row.institution)
        & (later.recipient == row.recipient)
    )
    was_taken = same & (later.id > row.id) & (later.state == LetterState.SENT) & later.verdict.in_(FINAL)
    return (row.state == LetterState.GIVEN_UP) & ~fn.EXISTS(later.select(later.id).where(was_taken))


def calls_in(campaign: Campaign, which: Which, *, now: datetime) -> dict[str, list[Called]]:
    """By institution, the newest first: those about the month, and of other months those that matter to
    whoever calls about this one, because a number was told or the next call is still to come."""
    call = PhoneCall
    matters = (call.campaign == campaign) | (call.phone != "") | (call.next_at > now)
    columns = (call.outcome, call.note, call.phone, call.next_at, call.at, User.name)
    query = (
        call.select(call.institution, call.id, Campaign.month, *columns)
        .join(User)
        .switch(call)
        .join(Campaign)
        .where(which.are(call.institution) & matters)
        .order_by(call.id.desc())
    )
    found: dict[str, list[Called]] = {}
    for code, *row in tuples(query):
        found.setdefault(code, []).append(Called(*row))
    return found


def next_calls(campaign: Campaign) -> dict[str, NextCall]:
    """By institution of the country, what the last call about the month left."""
    call = PhoneCall
    query = call.select(call.institution, call.next_at, call.outcome).where(call.campaign == campaign)
    return {
        code: NextCall(next_at, outcome is Outcome.PROMISED)
        for code, next_at, outcome in tuples(query.order_by(call.id))
    }


def told_phones(calls: Iterable[Called], official: str) -> list[Called]:
    """The calls in which a number was told, the newest first and each number once; without the one that
    stands there anyway."""
    told: dict[str, Called] = {}
    for call in calls:
        if call.phone:
            told.setdefault(_digits(call.phone), call)
    told.pop(_digits(official) if told else "", None)
    return list(told.values())


def _digits(phone: str) -> str:
    return "".join(letter for letter in phone if letter.isdecimal())


def _day(at: datetime | None) -> date | None:
    return None if at is None else today(at)
