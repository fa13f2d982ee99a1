"""Writing to those who have not read a circular: each time, and whether it still has to be said."""

from typing import Any

from portal.domain.notices.rules import NoticeState
from portal.storage.notices.tables import (
    WHOLE_COUNTRY,
    Notice,
    NoticeReading,
    NoticeRound,
    NoticeWithdrawal,
)


def part(region: int | None) -> int:
    """Whom an office writes to, as a round says it."""
    return WHOLE_COUNTRY if region is None else region


def rounds_of(notice: Notice, region: int | None) -> list[NoticeRound]:
    """How often this office's part of the recipients was written to, the first time first."""
    query = NoticeRound.select().where((NoticeRound.notice == notice) & (NoticeRound.region == part(region)))
    return list(query.order_by(NoticeRound.number))


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
