"""Making a backup while everybody works."""

from collections.abc import Sequence
from contextlib import nullcontext
from datetime import datetime
from typing import IO, Any

from portal.actions.backup.content import Header, write_content
from portal.actions.loading.files import Watch, unwatched
from portal.actions.site import Site
from portal.crypto.backups import encrypted
from portal.storage.backup.contents import parts
from portal.storage.schema.upgrade import applied_migrations
from portal.storage.tables.snapshot import snapshot


def back_up(
    target: IO[bytes], recipients: Sequence[Any], *, watch: Watch = unwatched, site: Site, now: datetime
) -> Header:
    """Write every row, as of one moment after this was called, to ``target``: for ``recipients``, or readable
    by anybody where there are none. Nobody waits for it, and memory stays flat. The database is current."""
    way = encrypted(target, recipients) if recipients else nullcontext(target)
    with snapshot(), way as opened:
        header = Header(now, applied_migrations(), parts())
        write_content(opened, header, watch=watch, site=site)
    return header
