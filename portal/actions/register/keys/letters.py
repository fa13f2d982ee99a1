"""Telling the people who use a register what happened to its keys."""

from collections.abc import Callable, Iterable
from datetime import datetime

from portal.actions.letters.announcements import delegates_in_force, former_director
from portal.actions.letters.outbox import enqueue
from portal.actions.site import Site
from portal.mail.messages import Message
from portal.storage.tables.people import User


def tell_guardians(
    about: User,
    letter: Callable[[str], Message],
    kind: str,
    *,
    also: Iterable[User] = (),
    site: Site,
    now: datetime,
) -> None:
    """Write to the former director, to the delegates in force and to ``also``: to each once. ``letter``
    makes the message to an address. In the caller's transaction."""
    told: set[str] = set()
    place = about.institution_id or ""
    for reader in (*also, *former_director(about), *delegates_in_force(place, now=now)):
        if reader.email in told or " " in reader.email:  # a freed address is somebody else's by now
            continue
        told.add(reader.email)
        enqueue(letter(reader.email), kind, user=reader, site=site, now=now)
