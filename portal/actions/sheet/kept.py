"""What was read of a sheet, for as long as its page can be looked at: sealed for one person and list.

It is examined anew each time that the page is asked for: what it says is always of now
(docs/decisions/0040-a-sheet-that-comes-back.md).
"""

import json
import zlib
from datetime import datetime, timedelta
from typing import Any

from portal.actions.site import Site
from portal.crypto.errors import CannotOpen
from portal.crypto.pepper import sheet_key
from portal.crypto.primitives import joined, opened, sealed
from portal.crypto.tokens import new_token
from portal.domain.errors import Conflict
from portal.domain.people import Staff
from portal.exchange.sheet.tables import RawTable
from portal.storage.sheet.tables import SheetUpload
from portal.storage.tables.campaigns import Submission
from portal.storage.tables.db import writing

LASTS = timedelta(hours=24)  # begun on one day, finished on the next (our decision)
OVER = (
    "Този преглед вече го няма: заменен е с по-късно качена таблица, изтрили сте го или е минало денонощие. "
    "Ако не сте го записали, качете таблицата отново."
)


def keep(person: Staff, submission: Submission, table: RawTable, *, site: Site, now: datetime) -> str:
    """Its token. What the person brought for this list before goes, and what is over goes with it."""
    token = new_token()
    plain = zlib.compress(json.dumps(table.plain()).encode())
    content = sealed(sheet_key(site.pepper), plain, _place(token, person, submission))
    with writing():
        SheetUpload.delete().where(_of(person, submission) | (SheetUpload.made_at <= now - LASTS)).execute()
        SheetUpload.create(
            token=token, submission=submission, user=person.user_id, content=content, made_at=now
        )
    return token


def kept(person: Staff, submission: Submission, token: str, *, site: Site, now: datetime) -> RawTable:
    """Conflict where there is none of this token for this person and list, or no longer."""
    row = waiting(person, submission, now=now)
    if row is None or row.token != token:
        raise Conflict(OVER)
    try:
        plain = opened(sheet_key(site.pepper), bytes(row.content), _place(token, person, submission))
    except CannotOpen:  # another pepper's, after a restore
        raise Conflict(OVER) from None
    return RawTable.of(json.loads(zlib.decompress(plain)))


def waiting(person: Staff, submission: Submission, *, now: datetime) -> SheetUpload | None:
    """What the person brought last for this list."""
    found: SheetUpload | None = SheetUpload.get_or_none(
        _of(person, submission) & (SheetUpload.made_at > now - LASTS)
    )
    return found


def forget(person: Staff, submission: Submission, token: str) -> None:
    """Nothing of it is kept; it does not matter whether anything was."""
    with writing():
        SheetUpload.delete().where(_of(person, submission) & (SheetUpload.token == token)).execute()


def _of(person: Staff, submission: Submission) -> Any:
    return (SheetUpload.submission == submission.id) & (SheetUpload.user == person.user_id)


def _place(token: str, person: Staff, submission: Submission) -> bytes:
    """Where it belongs: copied to another row, it does not open."""
    return joined(b"sheet upload", token.encode(), str(submission.id).encode(), str(person.user_id).encode())
