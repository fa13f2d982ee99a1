"""Making a copy of somebody's data: read at one moment, numbered, and in the audit."""

import logging
import secrets
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime

from portal.documents.disclosure import Heading, Section, write_disclosure
from portal.domain.people import Person
from portal.storage.tables import audit
from portal.storage.tables.db import writing
from portal.storage.tables.snapshot import snapshot

logger = logging.getLogger(__name__)

NUMBER_BYTES = 6


@dataclass(frozen=True)
class Copy:
    """``number`` stands in the copy and in the audit. ``things`` are the rows that it tells of."""

    number: str
    content: bytes
    things: int


def copied(
    person: Person | None,
    what: str,
    title: str,
    about: str,
    read: Callable[[], list[Section]],
    *,
    now: datetime,
) -> Copy:
    """The audit knows the number alone, which is drawn: not even a digest of the copy, by which whoever has
    the database could tell whose it is."""
    number = secrets.token_hex(NUMBER_BYTES)
    with snapshot():
        sections = read()
    content = write_disclosure(Heading(title, about, number, now), sections)
    with writing():
        audit.add(person, what, f"export:{number}", now=now)
    logger.info("%s %s", what, number)
    return Copy(number, content, sum(len(section.things) for section in sections))
