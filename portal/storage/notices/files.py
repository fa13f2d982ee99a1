"""The files of circulars; what they hold is read only by whoever opens one."""

from collections.abc import Collection
from hashlib import sha256
from typing import Any

from portal.domain.errors import NotFound
from portal.domain.notices.attachments import Attachment
from portal.storage.notices.tables import Notice, NoticeFile

_TOLD = [field for field in NoticeFile._meta.sorted_fields if field is not NoticeFile.content]


def files_of(notices: Collection[int]) -> dict[int, list[NoticeFile]]:
    """Of each circular, in order and without what they hold; nothing is asked where there is no circular."""
    found: dict[int, list[NoticeFile]] = {notice: [] for notice in notices}
    if found:
        query = NoticeFile.select(*_TOLD).where(NoticeFile.notice.in_(list(found)))
        for row in query.order_by(NoticeFile.notice, NoticeFile.position):
            found[row.notice_id].append(row)
    return found


def file_of(notice: Notice, position: int) -> NoticeFile:
    """With what it holds."""
    wanted: Any = (NoticeFile.notice == notice) & (NoticeFile.position == position)
    found: NoticeFile | None = NoticeFile.get_or_none(wanted)
    if found is None:
        raise NotFound("Към това писмо няма такъв файл.")
    return found


def keep_file(notice: Notice, position: int, file: Attachment) -> NoticeFile:
    """In the caller's transaction."""
    kept: NoticeFile = NoticeFile.create(
        notice=notice,
        position=position,
        name=file.name,
        size=len(file.content),
        sha256=sha256(file.content).hexdigest(),
        content=file.content,
    )
    return kept
