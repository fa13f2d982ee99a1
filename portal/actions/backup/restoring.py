"""Bringing a backup back, into an empty database, all or nothing."""

import logging
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime
from typing import IO, Any

from portal.actions.backup.content import DAMAGED, NEWER, Header, Reader
from portal.actions.backup.since import Since, since
from portal.actions.keys.marking import bring_up_to_date
from portal.actions.letters.links import OPENING, end_all_links
from portal.actions.loading.files import Watch
from portal.actions.site import Site
from portal.actions.verifying.chains import Heads
from portal.crypto.backups import MAGIC, decrypted
from portal.crypto.errors import CannotOpen
from portal.domain.errors import Conflict, Refusal
from portal.domain.signing.declaration import timestamp
from portal.storage.backup.filling import Misfit, begin_anew, fill, fitting, is_empty
from portal.storage.letters.outbox import count_waiting, give_up_all
from portal.storage.people.logins import end_all_logins
from portal.storage.tables import audit
from portal.storage.tables.db import writing

logger = logging.getLogger(__name__)

LOCKED = "Копието е заключено: посочете файла с ключа му, --identity FILE."
CANNOT_OPEN = "Копието не се отваря с този ключ: заключено е за друг, повредено е или не е цяло."
TAKEN = (
    "Базата данни не е празна. Копие се възстановява само в празна: направете нова и я посочете в "
    "PORTAL_DATABASE_URL."
)
RESTORED = "Прекратено при възстановяване на портала."  # beside a letter that is not sent


@dataclass(frozen=True)
class Restored:
    """What was in the backup, and what was ended; ``waiting`` letters will be sent, perhaps a second time."""

    header: Header
    logins: int
    links: int
    waiting: int
    since: Since | None


def restore(
    source: IO[bytes],
    identities: Sequence[Any],
    *,
    checkpoint: Heads | None,
    watch: Watch,
    site: Site,
    now: datetime,
) -> Restored:
    """Fill the empty database with what ``back_up`` wrote, of this version or an older one, which is then
    brought up to date. All logins and one-time addresses are ended.

    Refusal for a file that cannot be read or is not this portal's, Conflict if the database is not empty.
    """
    with _holding_together(), writing(), _content(source, identities) as content:
        if not is_empty():
            raise Conflict(TAKEN)
        reader = Reader(content, watch=watch, site=site)
        begin_anew(reader.header.migrations)
        for part in reader.header.parts:
            fill(part, reader.lines(part))
        reader.finish()
        bring_up_to_date(site=site)
        return _ended(reader.header, since(checkpoint), now=now)


def _ended(header: Header, found: Since | None, *, now: datetime) -> Restored:
    logins, links = end_all_logins(), end_all_links(now=now)
    give_up_all(tuple(OPENING), RESTORED)
    audit.add(None, "restored", f"backup:{timestamp(header.made_at)}", now=now)
    logger.info("restored %s rows", header.rows)
    return Restored(header, logins, links, count_waiting(), found)


@contextmanager
def _content(source: IO[bytes], identities: Sequence[Any]) -> Iterator[IO[bytes]]:
    """What is packed in ``source``, which can be read from its start again."""
    is_locked = source.read(len(MAGIC)) == MAGIC
    source.seek(0)
    if not is_locked:
        yield source
        return
    if not identities:
        raise Refusal(LOCKED)
    try:
        with decrypted(source, identities) as content:
            yield content
    except CannotOpen as error:
        raise Refusal(CANNOT_OPEN) from error


@contextmanager
def _holding_together() -> Iterator[None]:
    """Also when the transaction ends: only then does SQLite look at what refers to what."""
    try:
        with fitting("rows"):
            yield
    except Misfit as error:
        raise Refusal(NEWER if str(error) == "migrations" else DAMAGED) from error
