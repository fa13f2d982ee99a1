"""People by the hundred: what would become of each line of a file, and inviting those who are new."""

import logging
from collections import Counter
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, replace
from datetime import datetime
from enum import Enum
from typing import IO

from portal.actions.loading.beside import Beside
from portal.actions.loading.files import Source, Watch, begin, check_not_empty, finish, reject, unwatched
from portal.actions.loading.others import one_at_a_time
from portal.actions.people.accounts import By
from portal.actions.people.claims import Claims
from portal.actions.people.invitations import TAKEN, NewAccount, invite, resend
from portal.actions.people.succession import Successor, change_director
from portal.actions.site import Site
from portal.domain.errors import Objection, Refusal
from portal.domain.people import Operator, Role
from portal.domain.times import today
from portal.exchange.people import PersonLine, read_people
from portal.exchange.text import Row
from portal.storage.campaigns.loads import PEOPLE
from portal.storage.loading.tables import Load
from portal.storage.people.accounts import accounts_at, directors_at
from portal.storage.tables.bulk import batches
from portal.storage.tables.db import writing
from portal.storage.tables.institutions import Institution
from portal.storage.tables.people import User

logger = logging.getLogger(__name__)

AT_ONCE = 50  # people who are written to before the page is answered: a second or two
SAID_AFTER = 10  # lines, between two times that it is stored how many there are
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
    """One line of the file, ``raw`` as it came. ``faults`` say why it is refused, ``now`` who directs the
    institution today, ``user_id`` whose account it is already."""

    number: int
    raw: bytes
    line: PersonLine | None
    outcome: Outcome
    faults: tuple[str, ...] = ()
    now: str = ""
    user_id: int | None = None

    @property
    def text(self) -> str:
        """The line as it stands in the file."""
        return self.raw.decode("cp1251", "replace")


def examine(stream: IO[bytes], *, now: datetime) -> list[Examined]:
    """Every line with what would become of it; nothing is stored. Refusal for a file that is no such table.

    Three queries for a thousand lines.
    """
    reading = read_people(stream)
    if reading.fault is not None:
        raise Refusal(reading.fault, field="file")
    claims = Claims()
    return [found for some in batches(reading) for found in _examined(some, claims, now=now)]


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


def take_people(by: Operator, source: Source, *, again: bool, site: Site, now: datetime) -> int:
    """The same for a page: what became of the lines stands with a load, whose id is returned. Where many are
    to be written to, the page does not wait: that goes on beside it.

    Conflict where another file of people is being loaded.
    """
    reading = read_people(source.stream)
    found = examine(source.stream, now=now)
    check_not_empty(len(found))

    def row(kept: Source) -> Load:
        return begin(PEOPLE, kept, reading.encoding, by, now=now)

    def work(kept: Source, load: Load, watch: Watch) -> None:
        _bring_in_some(by, load, examine(kept.stream, now=now), watch, again=again, site=site, now=now)

    if sum(_is_new(each) or (again and each.outcome is Outcome.AGAIN) for each in found) > AT_ONCE:
        return Beside(row, work).start(source, alone=lambda: one_at_a_time(PEOPLE, patience=0))
    with one_at_a_time(PEOPLE):
        with writing():
            load = row(source)
        work(source, load, unwatched)
    return int(load.id)


def _bring_in_some(  # six: who, what, and how
    by: Operator, load: Load, found: list[Examined], watch: Watch, *, again: bool, site: Site, now: datetime
) -> None:
    """A line after the other, and now and then how many there are."""
    load.received = load.read = len(found)
    for some in batches(found, SAID_AFTER):
        done = [_brought_in(by, each, again=again, site=site, now=now) for each in some]
        with writing():
            _count(load, done, again=again)
            load.save()
        watch(load.distributed + load.rejected, load.received)
    with writing():
        finish(load, by, now=now)


def _count(load: Load, done: list[Examined], *, again: bool) -> None:
    of = Counter(each.outcome for each in done)
    load.added += of[Outcome.NEW]
    load.updated += of[Outcome.CHANGE]
    load.reset += of[Outcome.AGAIN] if again else 0
    load.unchanged += of[Outcome.SAME] + (0 if again else of[Outcome.AGAIN])
    load.distributed += len(done) - of[Outcome.REFUSED]
    refused = (each for each in done if each.outcome is Outcome.REFUSED)
    reject(load, [(each.number, each.raw, "; ".join(each.faults)) for each in refused])


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


def _examined(rows: list[Row[PersonLine]], claims: Claims, *, now: datetime) -> Iterator[Examined]:
    lines = [row.line for row in rows if row.line is not None]
    codes = {line.institution for line in lines if line.institution}
    places = {place.code: place for place in Institution.select().where(Institution.code.in_(codes))}
    holders = accounts_at(line.email for line in lines)
    directors = directors_at(codes)
    for row in rows:
        if row.line is None:
            yield Examined(row.number, row.raw, None, Outcome.REFUSED, row.faults)
            continue
        judged = replace(
            _judged(row.line, places, holders, directors, now=now), number=row.number, raw=row.raw
        )
        if judged.outcome is not Outcome.REFUSED and (fault := claims.fault(row.line, row.number)):
            judged = Examined(row.number, row.raw, row.line, Outcome.REFUSED, (fault,))
        yield judged


def _judged(
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
            return Examined(0, b"", line, Outcome.REFUSED, (UNKNOWN if place is None else CLOSED,))
    holder = holders.get(line.email)
    if holder is not None:
        if (holder.role, holder.institution_id or "", holder.region) != (
            line.role, line.institution, line.region,
        ):  # fmt: skip
            return Examined(0, b"", line, Outcome.REFUSED, (TAKEN,))
        outcome = Outcome.AGAIN if holder.activated_at is None else Outcome.SAME
        return Examined(0, b"", line, outcome, user_id=holder.id)
    others = directors.get(line.institution, []) if line.role is Role.DIRECTOR else []
    named = ", ".join(other.name for other in others)
    return Examined(0, b"", line, Outcome.CHANGE if others else Outcome.NEW, now=named)
