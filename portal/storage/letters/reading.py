"""Letters as people look them up: to whom, when they were handed over, and what the mail server answered."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any

from peewee import JOIN, fn

from portal.domain.errors import NotFound
from portal.domain.letters.fate import FINAL, IN_VAIN, LetterState
from portal.domain.letters.kinds import label_of
from portal.domain.people import Director, Person, Role
from portal.domain.times import today
from portal.storage.tables.bulk import tuples
from portal.storage.tables.campaigns import Campaign
from portal.storage.tables.institutions import Institution
from portal.storage.tables.letters import OutboxMessage
from portal.storage.tables.people import User

PAGE = 100  # letters
REMEMBERED = timedelta(days=60)  # an address that refuses letters stands on the operator's desk this long


@dataclass(frozen=True)
class Line:
    """One letter. ``reader`` is whose it is: an account's name, or the institution's own mailbox."""

    row: OutboxMessage
    reader: str
    institution: str

    @property
    def id(self) -> int:
        return int(self.row.id)

    @property
    def about(self) -> str:
        """The subject, where it opened nothing and is kept; else what it was about."""
        label = label_of(self.row.kind)
        return self.row.subject or label[:1].upper() + label[1:]  # ``capitalize`` would write „асп“

    @property
    def role(self) -> str:
        """Whose it is, for those who oversee an institution and are not told who works there."""
        return "институцията" if self.row.user is None else self.row.user.role.label

    @property
    def is_of_contact(self) -> bool:
        """Whether its address is one by which the institution is reached, as РУО sees it anyway."""
        return self.row.user is None or self.row.user.role is Role.DIRECTOR

    @property
    def can_be_read(self) -> bool:
        return bool(self.row.body)

    @property
    def answer(self) -> str:
        """What the mail server said, with what that means; nothing where none was asked."""
        row = self.row
        if row.verdict is None:
            return ""
        said = " ".join(str(part) for part in (row.code, row.status) if part)
        return f"{row.verdict.label} ({said})" if said else row.verdict.label


@dataclass(frozen=True)
class Lines:
    """One page; ``older`` is the number before which the next begins, none on the last."""

    lines: list[Line]
    older: int | None


def letters_to(person: Person, before: int | None) -> Lines:
    """The person's own; a director's are also those to the institution and its delegates about it."""
    return _page(_of(person), before)


def letter_to(person: Person, number: int) -> Line:
    """One of them; for anyone else there is none."""
    found = _lines(_of(person) & (OutboxMessage.id == number), 1)
    if not found:
        raise NotFound("Няма такова писмо до вас.")
    return found[0]


def letters_about(campaign: Campaign, institution: str) -> list[Line]:
    """All that went to one institution about a month, the newest first."""
    ours = (OutboxMessage.campaign == campaign) & (OutboxMessage.institution == institution)
    return _lines(ours, PAGE)


def refused_addresses(now: datetime) -> list[Line]:
    """Of each address that lately refused a letter for good, the newest that it answered. One that has taken
    another since is all right, and so is one that is nobody's any more: it was corrected."""
    return _lines(_refused(now), PAGE)


def count_refused_addresses(now: datetime) -> int:
    count: int = OutboxMessage.select().where(_refused(now)).count()
    return count


def _refused(now: datetime) -> Any:
    given_up = OutboxMessage.state == LetterState.GIVEN_UP
    lately = given_up & (OutboxMessage.made_at > now - REMEMBERED) & OutboxMessage.verdict.in_(IN_VAIN)
    newer = OutboxMessage.alias()
    answered = (newer.recipient == OutboxMessage.recipient) & newer.verdict.in_(FINAL)
    has_answered = fn.EXISTS(newer.select(newer.id).where(answered & (newer.id > OutboxMessage.id)))
    return lately & ~has_answered & (_is_users() | _is_mailboxes())


def _is_users() -> Any:
    """Whether the letter's address is still that of its account, which can be used or is invited."""
    ours = (User.id == OutboxMessage.user) & (User.email == OutboxMessage.recipient)
    return fn.EXISTS(User.select(User.id).where(ours & User.disabled_at.is_null()))


def _is_mailboxes() -> Any:
    place = (Institution.code == OutboxMessage.institution) & (Institution.email == OutboxMessage.recipient)
    return OutboxMessage.user.is_null() & fn.EXISTS(Institution.select(Institution.code).where(place))


@dataclass(frozen=True)
class Handed:
    """Of an institution's letters about a month: the last that was handed over, and how many were not
    taken."""

    last_at: datetime | None
    in_vain: int

    @property
    def last_on(self) -> date | None:
        return None if self.last_at is None else today(self.last_at)


def handed_over(campaign: Campaign, region: int) -> dict[str, Handed]:
    """By the institution's code; who was not written to is not in it."""
    codes = Institution.select(Institution.code).where(Institution.region == region)
    query = (
        OutboxMessage.select(
            OutboxMessage.institution,
            fn.MAX(OutboxMessage.sent_at),
            fn.COUNT(OutboxMessage.id).filter(OutboxMessage.state == LetterState.GIVEN_UP),
        )
        .where((OutboxMessage.campaign == campaign) & OutboxMessage.institution.in_(codes))
        .group_by(OutboxMessage.institution)
    )
    return {code: Handed(last, in_vain) for code, last, in_vain in tuples(query)}


def _of(person: Person) -> Any:
    own = OutboxMessage.user == person.user_id
    return own | (OutboxMessage.institution == person.institution) if isinstance(person, Director) else own


def _page(which: Any, before: int | None) -> Lines:
    if before is not None:
        which &= OutboxMessage.id < before
    found = _lines(which, PAGE + 1)
    return Lines(found[:PAGE], found[PAGE - 1].id if len(found) > PAGE else None)


def _lines(which: Any, count: int) -> list[Line]:
    query = (
        OutboxMessage.select(OutboxMessage, User, Institution)
        .join(User, JOIN.LEFT_OUTER)
        .switch(OutboxMessage)
        .join(Institution, JOIN.LEFT_OUTER, on=OutboxMessage.institution)
        .where(which)
        .order_by(OutboxMessage.id.desc())
        .limit(count)
    )
    return list(map(_line, _rows(query)))


def _rows(query: Any) -> Iterable[OutboxMessage]:
    rows: Iterable[OutboxMessage] = query
    return rows


def _line(row: OutboxMessage) -> Line:
    place = "" if row.institution is None else row.institution.name
    return Line(row, place if row.user is None else row.user.name, place)
