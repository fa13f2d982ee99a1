"""Whom a circular is for, and how far each of them has come with it."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from enum import Enum

from portal.domain.errors import Refusal
from portal.domain.month import Month
from portal.domain.names import place_order
from portal.domain.oversight.progress import Wanted
from portal.domain.placement import InstitutionType

CODES_SHOWN = 5


@dataclass(frozen=True)
class Choice:
    """Everybody, or who is ``wanted`` by the state of ``month`` and by type, or exactly ``codes``. ``said``
    is the state in words."""

    wanted: Wanted = field(default_factory=Wanted)
    said: str = ""
    month: Month | None = None
    codes: frozenset[str] = frozenset()

    @property
    def has_state(self) -> bool:
        return bool(self.said)

    @property
    def label(self) -> str:
        """Whom it is for, as the circular's page says it."""
        if self.codes:
            return "посочени поименно институции"
        kind = self.wanted.type.label if self.wanted.type else ""
        if not self.has_state or self.month is None:
            return f"само вид „{kind}“" if kind else "всички институции"
        state = f"само „{self.said}“ за {self.month.label}"
        return f"{state}, вид „{kind}“" if kind else state


def check_choice(choice: Choice) -> None:
    """Raise Refusal where it says two things at once."""
    if choice.codes and (choice.has_state or choice.wanted.type is not None):
        raise Refusal(
            "Посочили сте и институции поименно, и състояние или вид. Изберете едното.", field="type"
        )


def check_known(codes: Iterable[str], known: Iterable[str]) -> None:
    """Raise Refusal if an institution is not there, or not of this office's region: the two look the same."""
    missing = sorted(set(codes) - set(known))
    if missing:
        more = f" и още {len(missing) - CODES_SHOWN}" if len(missing) > CODES_SHOWN else ""
        raise Refusal(
            f"Няма действаща институция с код {', '.join(missing[:CODES_SHOWN])}{more}. Проверете кода.",
            field="codes",
        )


def check_somebody(count: int) -> None:
    if not count:
        raise Refusal(
            "Сега няма институция, която да отговаря на избраното. Изберете друго състояние или вид.",
            field="type",
        )


class Acquaintance(Enum):
    """How far an institution is with a circular. What counts is the director who is there now: a delegate
    who has read it answers for nothing, and a former director has gone with what he knew (our decision)."""

    UNREAD = "unread"
    NEW_DIRECTOR = "new_director"
    NO_DIRECTOR = "no_director"
    READ = "read"
    CLOSED = "closed"

    @property
    def label(self) -> str:
        return {
            "unread": "не се е запознал",
            "new_director": "нов директор, не се е запознал",
            "no_director": "няма активиран директор",
            "read": "запознат",
            "closed": "закрита",
        }[self.value]

    @property
    def is_waited_for(self) -> bool:
        """Whether there is a director who has still to read it."""
        return self in (Acquaintance.UNREAD, Acquaintance.NEW_DIRECTOR)


@dataclass(frozen=True)
class Reading:
    """That somebody pressed „Запознах се“."""

    name: str
    at: datetime


@dataclass(frozen=True)
class Address:
    """Where somebody is written to: an account, or an institution that has none."""

    email: str
    user_id: int | None = None


@dataclass(frozen=True)
class Recipient:
    """One institution as a circular was published for it, and who of it has read it. ``read`` is by the
    director who is there now, ``formerly`` by one who was there."""

    code: str
    name: str
    type: InstitutionType
    region: int
    region_name: str
    email: str
    phone: str
    is_closed: bool
    directors: tuple[Address, ...] = ()
    read: Reading | None = None
    formerly: Reading | None = None
    delegates: tuple[Reading, ...] = ()

    @property
    def standing(self) -> Acquaintance:
        if self.is_closed:
            return Acquaintance.CLOSED
        if self.read is not None:
            return Acquaintance.READ
        if not self.directors:
            return Acquaintance.NO_DIRECTOR
        return Acquaintance.NEW_DIRECTOR if self.formerly is not None else Acquaintance.UNREAD

    @property
    def letter_to(self) -> tuple[Address, ...]:
        """Whom to remind: the director, or where there is none the institution at its own address."""
        if self.standing.is_waited_for:
            return self.directors
        if self.standing is Acquaintance.NO_DIRECTOR and self.email:
            return (Address(self.email),)
        return ()


@dataclass(frozen=True)
class Tally:
    """How many institutions a circular is for, and how far they are. Those that were closed since are in
    ``recipients`` alone."""

    recipients: int = 0
    read: int = 0
    waited_for: int = 0
    no_director: int = 0

    def __add__(self, other: "Tally") -> "Tally":
        return Tally(
            self.recipients + other.recipients,
            self.read + other.read,
            self.waited_for + other.waited_for,
            self.no_director + other.no_director,
        )

    @classmethod
    def of(cls, recipients: Iterable[Recipient]) -> "Tally":
        every = [recipient.standing for recipient in recipients]
        return cls(
            len(every),
            every.count(Acquaintance.READ),
            sum(standing.is_waited_for for standing in every),
            every.count(Acquaintance.NO_DIRECTOR),
        )


@dataclass(frozen=True)
class RegionTally:
    """``mailboxes`` of those without a director have an address of their own."""

    number: int
    name: str
    tally: Tally
    mailboxes: int


def may_be_written_to(regions: Iterable[RegionTally]) -> bool:
    """Whether any institution there has a letter to get: what ``letter_to`` says of each."""
    return any(region.tally.waited_for or region.mailboxes for region in regions)


def unread_first(recipients: Sequence[Recipient]) -> list[Recipient]:
    """Those who have not read it first, each kind by name."""
    order = list(Acquaintance)
    return sorted(recipients, key=lambda each: (order.index(each.standing), place_order(each.name)))
