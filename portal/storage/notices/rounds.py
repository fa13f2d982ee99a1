"""Writing to those who have not read a circular: each time, and whether it still has to be said."""

from collections.abc import Sequence
from typing import Any

from portal.domain.notices.rules import NoticeState
from portal.storage.notices.tables import (
    WHOLE_COUNTRY,
    Notice,
    NoticeReading,
    NoticeRound,
    NoticeWithdrawal,
    RoundUnderWay,
)
from portal.storage.tables.bulk import tuples


def part(region: int | None) -> int:
    """Whom an office writes to, as a round says it."""
    return WHOLE_COUNTRY if region is None else region


def region_of(round_: NoticeRound) -> int | None:
    """The same the other way: none for the whole country."""
    return None if round_.region == WHOLE_COUNTRY else int(round_.region)


def rounds_of(notice: Notice, region: int | None) -> list[NoticeRound]:
    """How often this office's part of the recipients was written to, the first time first."""
    query = NoticeRound.select().where((NoticeRound.notice == notice) & (NoticeRound.region == part(region)))
    return list(query.order_by(NoticeRound.number))


def letters_under_way(rounds: Sequence[NoticeRound]) -> dict[int, int]:
    """By round, how many letters of those that are still under way are put down."""
    if not rounds:
        return {}
    query = RoundUnderWay.select(RoundUnderWay.round, RoundUnderWay.letters)
    return dict(tuples(query.where(RoundUnderWay.round.in_([each.id for each in rounds]))))


def round_by_id(round_id: int) -> NoticeRound:
    """With its circular."""
    query = NoticeRound.select(NoticeRound, Notice).join(Notice)
    found: NoticeRound = query.where(NoticeRound.id == round_id).get()
    return found


def fate_of(notice: Notice) -> NoticeState:
    if _is_there(NoticeWithdrawal.notice == notice, NoticeWithdrawal):
        return NoticeState.WITHDRAWN
    return NoticeState.REPLACED if _is_there(Notice.replaces == notice, Notice) else NoticeState.IN_FORCE


def has_read(notice_id: int, user_id: int) -> bool:
    theirs = (NoticeReading.notice == notice_id) & (NoticeReading.user == user_id)
    return _is_there(theirs & ~NoticeReading.of_withdrawal, NoticeReading)


def _is_there(condition: Any, table: Any) -> bool:
    return bool(table.select().where(condition).exists())
