"""When institutions became done with a month, and with each month of a year. No record is asked."""

from collections import defaultdict
from collections.abc import Collection, Sequence
from datetime import UTC, datetime
from typing import Any

from peewee import JOIN, SQL, Case, fn

from portal.domain.month import Month
from portal.domain.oversight.pace import Course
from portal.domain.oversight.year import MONTHS, Mark, Year, marker
from portal.domain.submissions import Lock
from portal.storage.campaigns.progress import of_institutions, same_month
from portal.storage.tables.bulk import tuples
from portal.storage.tables.campaigns import Campaign, Submission
from portal.storage.tables.db import is_sqlite
from portal.storage.tables.register import RegisterMonth


def courses(campaigns: Sequence[Campaign], *, now: datetime, region: int | None) -> list[Course]:
    """Of each campaign that has a window, in their order; one query for all of them."""
    with_window = [each for each in campaigns if each.closes_on is not None]
    if not with_window:
        return []
    by_hour = _by_hour(with_window, now=now, region=region)
    return [
        Course(
            each.month,
            each.opens_on,
            each.closes_on,
            due=sum(by_hour[each.id].values()),
            done={hour: many for hour, many in by_hour[each.id].items() if hour is not None},
        )
        for each in with_window
        if each.opens_on is not None and each.closes_on is not None
    ]


def _by_hour(
    campaigns: Sequence[Campaign], *, now: datetime, region: int | None
) -> dict[int, dict[datetime | None, int]]:
    """How many of those that are due became done in each hour; under None, how many are not done."""
    hour = fn.SUBSTR(_done_at(), 1, 13) if is_sqlite() else fn.DATE_TRUNC("hour", _done_at())
    columns = (Submission.campaign, hour, fn.COUNT(Submission.id))
    query = of_institutions(columns, campaigns, now=now, region=region).where(Submission.lock != Lock.ERASED)
    found: dict[int, dict[datetime | None, int]] = defaultdict(dict)
    for campaign, begins, many in tuples(query.group_by(SQL("1"), SQL("2"))):
        found[campaign][None if begins is None else _utc(begins)] = many
    return found


def _utc(value: Any) -> datetime:
    """As the driver gives it where no column says what it is: SQLite a text."""
    read: datetime = datetime.fromisoformat(value) if isinstance(value, str) else value
    return read.replace(tzinfo=UTC)


def _done_at() -> Any:
    """Since when both are done; NULL where one is not."""
    has_list = [
        (Submission.lock == Lock.SIGNED, Submission.signed_at),
        ((Submission.lock == Lock.OPEN) & (Submission.total == 0), Submission.checked_at),
    ]
    since, confirmed = Case(None, has_list), RegisterMonth.confirmed_at
    if is_sqlite():
        return fn.MAX(since, confirmed)  # NULL where one of them is
    return Case(None, [(since.is_null(False) & confirmed.is_null(False), fn.GREATEST(since, confirmed))])


def years(
    campaigns: Sequence[Campaign], last: Month, codes: Collection[str], *, now: datetime
) -> dict[str, Year]:
    """Of these institutions, in one query. A month without a list, or whose list was erased, is none."""
    wanted = [last.plus(-back) for back in reversed(range(MONTHS))]
    by_id = {
        each.id: (wanted.index(each.month), marker(each.window, now=now))
        for each in campaigns
        if each.month in wanted
    }
    query = (
        Submission.select(Submission.campaign, Submission.institution, _done_at())
        .join(RegisterMonth, JOIN.LEFT_OUTER, on=same_month())
        .where(Submission.campaign.in_(list(by_id)) & Submission.institution.in_(list(codes)))
        .where(Submission.lock != Lock.ERASED)
    )
    found = {code: [Mark.NO_LIST] * MONTHS for code in codes}
    for number, code, done_at in tuples(query):
        place, mark_of = by_id[number]
        found[code][place] = mark_of(None if done_at is None else _utc(done_at))
    return {code: Year(last, tuple(marks)) for code, marks in found.items()}
