"""Erasing circulars that are old enough."""

from datetime import date, datetime

from portal.domain.month import Month
from portal.domain.times import start_of
from portal.storage.notices.tables import (
    Notice,
    NoticeFile,
    NoticeReading,
    NoticeRecipient,
    NoticeRound,
    NoticeWithdrawal,
)

OF_NOTICE = (NoticeRound, NoticeWithdrawal, NoticeReading, NoticeRecipient, NoticeFile)


def notices_to_erase(before: Month) -> list[int]:
    """Those that were published before the month ``before`` and whose deadline came before it, the newest
    first. What a letter replaces that stays, stays with it: it says so there."""
    rows = Notice.select(Notice.id, Notice.published_at, Notice.deadline, Notice.replaces)
    erased, needed = [], set()
    for row in rows.order_by(Notice.id.desc()):
        if row.id not in needed and _is_over(row.published_at, row.deadline, before.first):
            erased.append(row.id)
        else:
            needed.add(row.replaces_id)
    return erased


def erase_notice(notice_id: int) -> None:
    """With all that hangs on it, in the caller's transaction. Only where the audit says so already does the
    database let it go."""
    for table in OF_NOTICE:
        table.delete().where(table.notice == notice_id).execute()
    Notice.delete().where(Notice.id == notice_id).execute()


def _is_over(published_at: datetime, deadline: date | None, first: date) -> bool:
    return published_at < start_of(first) and (deadline is None or deadline < first)
