"""Circulars with what became of them, as each person may see them."""

from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from peewee import JOIN

from portal.domain.errors import NotFound
from portal.domain.notices.rules import NoticeState, Office, named
from portal.domain.people import Staff
from portal.domain.times import today
from portal.storage.notices.tables import Notice, NoticeReading, NoticeRecipient, NoticeWithdrawal
from portal.storage.tables.institutions import Institution
from portal.storage.tables.people import User

MOST_SHOWN = 20  # in a list, of the newest
UNKNOWN = "Няма такова циркулярно писмо, или не е за вашата институция."


@dataclass(frozen=True)
class Other:
    """The circular that replaces this one, or that this one replaces."""

    id: int
    number: str
    dated_on: date

    @property
    def name(self) -> str:
        return named(self.number, self.dated_on)


@dataclass(frozen=True)
class Shown:
    """One circular. ``read_at`` is when the person who sees it pressed „Запознах се“."""

    notice: Notice
    withdrawn_at: datetime | None = None
    reason: str = ""
    newer: Other | None = None
    older: Other | None = None
    read_at: datetime | None = None

    @property
    def state(self) -> NoticeState:
        if self.withdrawn_at is not None:
            return NoticeState.WITHDRAWN
        return NoticeState.REPLACED if self.newer is not None else NoticeState.IN_FORCE

    @property
    def name(self) -> str:
        return named(self.notice.number, self.notice.dated_on)


def unread(person: Staff) -> list[Shown]:
    """What the person has still to read, the nearest deadline first: circulars in force, and withdrawals of
    what the person had read. Nothing whose deadline had passed when the account began."""
    told, seen, newer = NoticeReading.alias(), NoticeReading.alias(), Notice.alias()
    to_read = seen.at.is_null() & NoticeWithdrawal.at.is_null() & newer.id.is_null()
    to_hear = seen.at.is_null(False) & NoticeWithdrawal.at.is_null(False) & told.at.is_null()
    query = (
        _with_fate(seen, newer, person.user_id)
        .join(NoticeRecipient, on=(NoticeRecipient.notice == Notice.id))
        .switch(Notice)
        .join(told, JOIN.LEFT_OUTER, on=_by(told, person.user_id) & told.of_withdrawal)
        .switch(Notice)
        .join(User, on=(User.id == person.user_id))
        .select_extend(User.activated_at.alias("since"))
        .where((NoticeRecipient.institution == person.institution) & (to_read | to_hear))
    )
    rows = [row for row in query.objects() if row.deadline is None or row.deadline >= today(row.since)]
    return [_shown(row) for row in sorted(rows, key=lambda row: (row.deadline or date.max, -row.id))]


def of_institution(person: Staff) -> list[Shown]:
    """All that were published for the person's institution, the newest first."""
    seen, newer = NoticeReading.alias(), Notice.alias()
    query = (
        _with_fate(seen, newer, person.user_id)
        .join(NoticeRecipient, on=(NoticeRecipient.notice == Notice.id))
        .where(NoticeRecipient.institution == person.institution)
    )
    return [_shown(row) for row in query.order_by(Notice.id.desc()).objects()]


def for_staff(person: Staff, notice_id: int) -> Shown:
    """NotFound unless it was published for the person's institution."""
    return _one(notice_id, person.user_id, _is_for(person.institution))


def of_office(office: Office, before: int | None = None) -> tuple[list[Shown], int | None]:
    """Some that the office published or that concern its region, of the operator all, the newest first; and
    the number before which the next begin, none where these are the last."""
    seen, newer = NoticeReading.alias(), Notice.alias()
    query = _with_fate(seen, newer, 0).where(_seen_by(office))
    if before is not None:
        query = query.where(Notice.id < before)
    rows: list[Any] = list(query.order_by(Notice.id.desc()).limit(MOST_SHOWN + 1).objects())
    found = [_shown(row) for row in rows[:MOST_SHOWN]]
    return found, found[-1].notice.id if len(rows) > MOST_SHOWN else None


def for_office(office: Office, notice_id: int) -> Shown:
    """NotFound for a circular of another region."""
    return _one(notice_id, 0, _seen_by(office))


def published(office: Office, number: str, dated_on: date) -> Notice | None:
    """The one of this number and date that the office has in force."""
    seen, newer = NoticeReading.alias(), Notice.alias()
    same = (Notice.number == number) & (Notice.dated_on == dated_on) & _is_of(office)
    in_force = NoticeWithdrawal.at.is_null() & newer.id.is_null()
    found: Notice | None = _with_fate(seen, newer, 0).where(same & in_force).first()
    return found


def _is_of(office: Office) -> Any:
    return Notice.region.is_null() if office.region is None else Notice.region == office.region


def _seen_by(office: Office) -> Any:
    """РУО sees its own, and the operator's that are for anybody in its region."""
    if office.region is None:
        return Notice.id > 0
    here = (
        NoticeRecipient.select(NoticeRecipient.notice)
        .join(Institution)
        .where(Institution.region == office.region)
    )
    return _is_of(office) | (Notice.region.is_null() & Notice.id.in_(here))


def _is_for(institution: str) -> Any:
    theirs = NoticeRecipient.select(NoticeRecipient.notice)
    return Notice.id.in_(theirs.where(NoticeRecipient.institution == institution))


def _one(notice_id: int, user_id: int, may_see: Any) -> Shown:
    seen, newer = NoticeReading.alias(), Notice.alias()
    query = _with_fate(seen, newer, user_id).where((Notice.id == notice_id) & may_see)
    found = next(iter(query.objects()), None)
    if found is None:
        raise NotFound(UNKNOWN)
    return _shown(found)


def _with_fate(seen: Any, newer: Any, user_id: int) -> Any:
    """Each circular with its withdrawal, what replaces it and what it replaces, and when the person read
    it."""
    older = Notice.alias()
    return (
        Notice.select(
            Notice,
            NoticeWithdrawal.at.alias("withdrawn_at"),
            NoticeWithdrawal.reason.alias("reason"),
            seen.at.alias("read_at"),
            newer.id.alias("newer_id"),
            newer.number.alias("newer_number"),
            newer.dated_on.alias("newer_dated_on"),
            older.number.alias("older_number"),
            older.dated_on.alias("older_dated_on"),
        )
        .join(NoticeWithdrawal, JOIN.LEFT_OUTER, on=(NoticeWithdrawal.notice == Notice.id))
        .switch(Notice)
        .join(newer, JOIN.LEFT_OUTER, on=(newer.replaces == Notice.id))
        .switch(Notice)
        .join(older, JOIN.LEFT_OUTER, on=(Notice.replaces == older.id))
        .switch(Notice)
        .join(seen, JOIN.LEFT_OUTER, on=_by(seen, user_id) & ~seen.of_withdrawal)
        .switch(Notice)
    )


def _by(reading: Any, user_id: int) -> Any:
    return (reading.notice == Notice.id) & (reading.user == user_id)


def _shown(row: Any) -> Shown:
    newer = None if row.newer_id is None else Other(row.newer_id, row.newer_number, row.newer_dated_on)
    older = None if row.replaces_id is None else Other(row.replaces_id, row.older_number, row.older_dated_on)
    return Shown(row, row.withdrawn_at, row.reason or "", newer, older, row.read_at)
