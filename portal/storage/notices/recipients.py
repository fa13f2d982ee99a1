"""Whom a circular is for when it is published, and how far they are with it afterwards."""

from collections import defaultdict
from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime
from functools import reduce
from typing import Any

from peewee import Value, fn

from portal.domain.names import by_number
from portal.domain.notices.recipients import (
    Address,
    Choice,
    Reading,
    Recipient,
    RegionTally,
    Tally,
    check_known,
)
from portal.domain.people import Role
from portal.domain.times import today
from portal.storage.campaigns.progress import standings
from portal.storage.notices.tables import Notice, NoticeReading, NoticeRecipient
from portal.storage.tables.bulk import tuples
from portal.storage.tables.campaigns import Campaign
from portal.storage.tables.institutions import Institution
from portal.storage.tables.people import User

_SHOWN = ("code", "name", "type", "region", "region_name", "email", "phone")


def open_institutions(region: int | None, *, now: datetime) -> list[Institution]:
    """Those of the region, or of the country, that are not closed."""
    return list(Institution.select().where(_is_open(region, now=now)))


def count_open(region: int | None, *, now: datetime) -> int:
    """How many they are."""
    count: int = Institution.select().where(_is_open(region, now=now)).count()
    return count


def _is_open(region: int | None, *, now: datetime) -> Any:
    is_open = ~Institution.closed_by(today(now))
    return is_open if region is None else is_open & (Institution.region == region)


def chosen(region: int | None, choice: Choice, *, now: datetime) -> list[str]:
    """The codes of whoever a circular of this office goes to, now; Refusal where one is asked for that is not
    there."""
    kinds = dict(
        tuples(Institution.select(Institution.code, Institution.type).where(_is_open(region, now=now)))
    )
    if choice.codes:
        check_known(choice.codes, kinds)
        return sorted(choice.codes)
    if choice.has_state and choice.month is not None:
        campaign = Campaign.for_month(choice.month)
        found = choice.wanted.of(standings(campaign, now=now, region=region))
        return sorted(kinds.keys() & {standing.institution.code for standing in found})
    kind = choice.wanted.type
    return sorted(code for code, is_of in kinds.items() if kind is None or is_of is kind)


def codes_of(notice: Notice | int) -> list[str]:
    """Whom it was published for."""
    query = NoticeRecipient.select(NoticeRecipient.institution).where(NoticeRecipient.notice == notice)
    return [code for (code,) in tuples(query)]


def still_open(codes: Collection[str], *, now: datetime) -> list[str]:
    is_open = Institution.select(Institution.code).where(_is_open(None, now=now))
    return [code for (code,) in tuples(is_open) if code in codes]


def without_director(codes: Iterable[str]) -> int:
    """How many of these institutions nobody directs."""
    directed = {code for (code,) in tuples(User.places_with_director())}
    return sum(code not in directed for code in codes)


def recipients_of(notice: Notice, region: int | None, *, now: datetime) -> list[Recipient]:
    """Every institution of the region, or all, that it was published for, with who has read it. Three
    questions, however many there are."""
    places = _places(notice) if region is None else _of_region(region)
    return _recipients(notice, tuples(_shown(notice, region, now=now)), places)


def next_recipients(
    notice: Notice, region: int | None, after: str, count: int, *, now: datetime
) -> list[Recipient]:
    """The same of so many institutions, in the order of their codes."""
    rows = tuples(_shown(notice, region, now=now).where(Institution.code > after).limit(count))
    return _recipients(notice, rows, [row[0] for row in rows])


def _shown(notice: Notice, region: int | None, *, now: datetime) -> Any:
    columns = (*(getattr(Institution, name) for name in _SHOWN), Institution.closed_by(today(now)))
    places = NoticeRecipient.select(*columns).join(Institution).where(NoticeRecipient.notice == notice)
    if region is not None:
        places = places.where(NoticeRecipient.institution.in_(_of_region(region)))
    return places.order_by(Institution.code)


def _recipients(notice: Notice, rows: list[Any], places: Any) -> list[Recipient]:
    """``places``: the codes of the institutions in ``rows``, or of more."""
    directors, readings = _directors(places), _readings(notice, places)
    return [_recipient(row, directors, readings) for row in rows]


def _recipient(row: Any, directors: dict[str, list[Address]], readings: dict[str, list[Any]]) -> Recipient:
    code, name, kind, number, region_name, email, phone, is_closed = row
    by = readings.get(code, [])
    of_directors = [each for each in by if each[1] is Role.DIRECTOR]
    present = {address.user_id for address in directors.get(code, [])}
    now_there = [Reading(name, at) for user, _, name, at in of_directors if user in present]
    before = [Reading(name, at) for user, _, name, at in of_directors if user not in present]
    return Recipient(
        code,
        name,
        kind,
        number,
        region_name,
        email,
        phone,
        is_closed=bool(is_closed),
        directors=tuple(directors.get(code, [])),
        read=now_there[0] if now_there else None,
        formerly=before[-1] if before else None,
        delegates=tuple(Reading(name, at) for _, role, name, at in by if role is Role.DELEGATE),
    )


def _directors(places: Any) -> dict[str, list[Address]]:
    query = (
        User.select(User.institution, User.id, User.email)
        .where(User.is_director() & User.institution.in_(places))
        .order_by(User.id)
    )
    found: dict[str, list[Address]] = defaultdict(list)
    for code, user_id, email in tuples(query):
        found[code].append(Address(email, user_id))
    return found


def _readings(notice: Notice, places: Any) -> dict[str, list[Any]]:
    """By institution: account, role, name and when, the first reader first."""
    query = (
        NoticeReading.select(User.institution, User.id, User.role, User.name, NoticeReading.at)
        .join(User)
        .where((NoticeReading.notice == notice) & ~NoticeReading.of_withdrawal)
        .where(NoticeReading.user.in_(_users_of(places)))
        .order_by(NoticeReading.at)
    )
    found: dict[str, list[Any]] = defaultdict(list)
    for code, *reading in tuples(query):
        found[code].append(reading)
    return found


def _places(notice: Notice) -> Any:
    return NoticeRecipient.select(NoticeRecipient.institution).where(NoticeRecipient.notice == notice)


def _of_region(region: int) -> Any:
    """The codes of a region's institutions: by them the rest of the country is not read."""
    places = Institution.alias("place")
    return places.select(places.code).where(places.region == region)


def _users_of(places: Any) -> Any:
    """The accounts of these institutions: by them the readings of all others are not read."""
    users = User.alias("its_user")
    return users.select(users.id).where(users.institution.in_(places))


def tallies(notices: Collection[int], region: int | None, *, now: datetime) -> dict[int, Tally]:
    """Of each circular how far its institutions are, of one region or of all. Two questions."""
    found = _counted((NoticeRecipient.notice,), notices, region, now=now)
    return {notice: found.get((notice,), Counted()).tally for notice in notices}


def regions_of(notice: Notice, *, now: datetime) -> list[RegionTally]:
    """The same of one circular, region by region, by name. Two questions."""
    by = (Institution.region, Institution.region_name)
    found = _counted(by, [notice.id], None, now=now)
    regions = [
        RegionTally(number, name, counted.tally, counted.mailboxes)
        for (number, name), counted in found.items()
    ]
    return sorted(regions, key=lambda region: by_number(region.name))


@dataclass
class Counted:
    """Of ``recipients`` some are closed, others are open and have no director, and some of these an address;
    ``read`` are those whose director has read it. The rest have still to read it."""

    recipients: int = 0
    closed: int = 0
    undirected: int = 0
    mailboxes: int = 0
    read: int = 0

    @property
    def tally(self) -> Tally:
        waited_for = self.recipients - self.closed - self.undirected - self.read
        return Tally(self.recipients, self.read, waited_for, self.undirected)


def _counted(
    by: Sequence[Any], notices: Collection[int], region: int | None, *, now: datetime
) -> dict[tuple[Any, ...], Counted]:
    """All are counted, and the closed and the undirected, who are few, are looked up by their codes: to look
    at each recipient for what it is not took most of the time."""
    found: dict[tuple[Any, ...], Counted] = defaultdict(Counted)
    if not notices:
        return found
    directs = User.select(User.id).where(User.is_director() & (User.institution == Institution.code))
    undirected = Institution.select(Institution.code).where(_is_open(region, now=now) & ~fn.EXISTS(directs))
    closed = Institution.select(Institution.code).where(Institution.closed_by(today(now)))
    parts = (
        ("recipients", None if region is None else _of_region(region)),
        ("closed", closed if region is None else closed.where(Institution.region == region)),
        ("undirected", undirected),
        ("mailboxes", undirected.where(Institution.email != "")),
    )
    counts = (
        _count(name, by, notices, codes) for name, codes in parts if name != "mailboxes" or _is_by_place(by)
    )
    together = reduce(lambda first, second: first.union_all(second), counts)
    for name, *key, count in [*tuples(together), *tuples(_read(by, notices, region, now=now))]:
        setattr(found[tuple(key)], name, count)
    return found


def _count(name: str, by: Sequence[Any], notices: Collection[int], codes: Any) -> Any:
    """How many recipients there are, or how many of these ``codes``."""
    query = NoticeRecipient.select(Value(name), *by, fn.COUNT(NoticeRecipient.institution))
    if _is_by_place(by):
        query = query.join(Institution)
    query = query.where(NoticeRecipient.notice.in_(list(notices)))
    if codes is not None:
        query = query.where(NoticeRecipient.institution.in_(codes))
    return query.group_by(*by)


def _read(by: Sequence[Any], notices: Collection[int], region: int | None, *, now: datetime) -> Any:
    """How many institutions' directors have read it: from the readings, which are few."""
    reader = User.alias("reader")
    is_recipient = (NoticeRecipient.notice == NoticeReading.notice) & (
        NoticeRecipient.institution == reader.institution
    )
    closed = Institution.select(Institution.code).where(Institution.closed_by(today(now)))
    query = (
        NoticeReading.select(Value("read"), *by, fn.COUNT(reader.institution.distinct()))
        .join(reader)
        .switch(NoticeReading)
        .join(NoticeRecipient, on=is_recipient)
        .where(NoticeReading.notice.in_(list(notices)) & ~NoticeReading.of_withdrawal)
        .where(User.is_director(of=reader) & reader.institution.not_in(closed))
    )
    if _is_by_place(by):
        query = query.join(Institution)
    if region is not None:
        query = query.where(NoticeReading.user.in_(_users_of(_of_region(region))))
    return query.group_by(*by)


def _is_by_place(by: Sequence[Any]) -> bool:
    return any(column.model is Institution for column in by)
