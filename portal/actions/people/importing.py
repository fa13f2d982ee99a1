"""People by the hundred: what would become of each line of a file, and inviting those who are new."""

import logging
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, replace
from datetime import datetime
from enum import Enum
from typing import IO

from portal.actions.people.accounts import By
from portal.actions.people.invitations import TAKEN, NewAccount, invite, resend
from portal.actions.people.succession import Successor, change_director
from portal.actions.site import Site
from portal.domain.errors import Objection, Refusal
from portal.domain.people import Role
from portal.domain.times import today
from portal.exchange.people import PersonLine, read_people
from portal.exchange.text import Row
from portal.storage.people.accounts import accounts_at, directors_at
from portal.storage.tables.bulk import batches
from portal.storage.tables.institutions import Institution
from portal.storage.tables.people import User

logger = logging.getLogger(__name__)

UNKNOWN = "няма заредена институция с този код"
CLOSED = "институцията е закрита"


class Outcome(Enum):
    """What becomes of a line. The values are those of ``--json``."""

    NEW = "new"
    CHANGE = "change"
    AGAIN = "again"
    SAME = "same"
    REFUSED = "refused"

    @property
    def label(self) -> str:
        return {
            "new": "нова покана",
            "change": "смяна на директора",
            "again": "поканен, още не е активирал",
            "same": "вече има достъп",
            "refused": "отхвърлен ред",
        }[self.value]


@dataclass(frozen=True)
class Examined:
    """One line of the file. ``faults`` say why it is refused, ``now`` who directs the institution today,
    ``user_id`` whose account it is already."""

    number: int
    line: PersonLine | None
    outcome: Outcome
    faults: tuple[str, ...] = ()
    now: str = ""
    user_id: int | None = None


def examine(stream: IO[bytes], *, now: datetime) -> list[Examined]:
    """Every line with what would become of it; nothing is stored. Refusal for a file that is no such table.

    Three queries for a thousand lines.
    """
    reading = read_people(stream)
    if reading.fault is not None:
        raise Refusal(reading.fault, field="file")
    return [found for some in batches(reading) for found in _examined(some, now=now)]


def bring_in(
    by: By, found: Iterable[Examined], *, again: bool = False, site: Site, now: datetime
) -> list[Examined]:
    """Invite whoever is new, and with ``again`` once more who did not activate: what became of each line.

    A transaction and a letter for each: one that somebody else was quicker with is refused alone, and a file
    that was broken off is completed by bringing it in once more.
    """
    done = [_brought_in(by, each, again=again, site=site, now=now) for each in found]
    logger.info("%d people of a file were invited", sum(_is_new(each) for each in done))
    return done


def _brought_in(by: By, each: Examined, *, again: bool, site: Site, now: datetime) -> Examined:
    line = each.line
    try:
        if line is not None and _is_new(each):
            return replace(each, user_id=_invited(by, line, each.outcome, site=site, now=now).id)
        if again and each.outcome is Outcome.AGAIN and each.user_id is not None:
            resend(by, each.user_id, site=site, now=now)
    except Objection as objection:
        return replace(each, outcome=Outcome.REFUSED, faults=(str(objection),))
    return each


def _invited(by: By, line: PersonLine, outcome: Outcome, *, site: Site, now: datetime) -> User:
    """Who follows a director is invited as one by one: everybody concerned is told."""
    if outcome is Outcome.CHANGE:
        successor = Successor(line.email, line.name, today(now))
        return change_director(by, line.institution, successor, site=site, now=now)
    new = NewAccount(line.role, line.email, line.name, line.institution, line.region)
    user, _ = invite(by, new, site=site, now=now)
    return user


def _is_new(each: Examined) -> bool:
    return each.outcome in (Outcome.NEW, Outcome.CHANGE)


def _examined(rows: list[Row[PersonLine]], *, now: datetime) -> Iterator[Examined]:
    lines = [row.line for row in rows if row.line is not None]
    codes = {line.institution for line in lines if line.institution}
    places = {place.code: place for place in Institution.select().where(Institution.code.in_(codes))}
    holders = accounts_at(line.email for line in lines)
    directors = directors_at(codes)
    for row in rows:
        if row.line is None:
            yield Examined(row.number, None, Outcome.REFUSED, row.faults)
            continue
        yield _judged(row.number, row.line, places, holders, directors, now=now)


def _judged(  # six: what is known of all lines is looked up once
    number: int,
    line: PersonLine,
    places: dict[str, Institution],
    holders: dict[str, User],
    directors: dict[str, list[User]],
    *,
    now: datetime,
) -> Examined:
    if line.role is Role.DIRECTOR:
        place = places.get(line.institution)
        if place is None or place.is_closed(today(now)):
            return Examined(number, line, Outcome.REFUSED, (UNKNOWN if place is None else CLOSED,))
    holder = holders.get(line.email)
    if holder is not None:
        if (holder.role, holder.institution_id or "", holder.region) != (
            line.role, line.institution, line.region,
        ):  # fmt: skip
            return Examined(number, line, Outcome.REFUSED, (TAKEN,))
        outcome = Outcome.AGAIN if holder.activated_at is None else Outcome.SAME
        return Examined(number, line, outcome, user_id=holder.id)
    others = directors.get(line.institution, []) if line.role is Role.DIRECTOR else []
    named = ", ".join(other.name for other in others)
    return Examined(number, line, Outcome.CHANGE if others else Outcome.NEW, now=named)
