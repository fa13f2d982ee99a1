"""How far institutions have come, as the regional offices see, total, search and sort it."""

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from datetime import datetime
from enum import Enum
from typing import Any, NamedTuple

from portal.domain.names import by_number, finds, folded
from portal.domain.placement import InstitutionType
from portal.domain.submissions import Counts, SubmissionState

State = SubmissionState
# Who has to be called first: all decided and yet worth nothing, then those who have not looked.
URGENCY = (
    State.READY,
    State.NO_ACCOUNT,
    State.NOT_STARTED,
    State.IN_PROGRESS,
    State.NOTHING,
    State.CHECKED,
    State.SIGNED,
    State.FINAL,
    State.ERASED,
)


class Module(Enum):
    """What every institution has to do for a month; the values are those of ``?module=``."""

    LIST = "list"
    REGISTER = "register"


def missing(state: State, register_confirmed_at: datetime | None) -> frozenset[Module]:
    """What an institution lacks to be done with a month („приключила“); nothing where it is done.

    Both have to be there: the list signed, or „няма записи“ said; and the register's month confirmed, or
    „няма лица“ said. Where no register was ever begun „няма лица“ has to be said as well: nobody can tell
    silence from not having looked.

    Source: circular РУО1-3314 of 27.01.2021: each institution also checks, by the same deadline, whether it
    has children to confirm in the quarantine module.
    """
    lacking = set()
    if not state.is_complete:
        lacking.add(Module.LIST)
    if register_confirmed_at is None:
        lacking.add(Module.REGISTER)
    return frozenset(lacking)


class Contact(NamedTuple):
    code: str
    name: str
    type: InstitutionType
    region: int
    region_name: str
    email: str
    phone: str


@dataclass(frozen=True)
class Standing:
    """How far one institution is with one month: its list, and its register."""

    institution: Contact
    counts: Counts
    state: State
    first_opened_at: datetime | None
    checked_at: datetime | None
    signed_at: datetime | None
    register_confirmed_at: datetime | None = None  # of the quarantine register: done and when, nothing else

    @property
    def never_opened(self) -> bool:
        """Nobody of the institution has looked; where there is no account, nobody could."""
        return self.first_opened_at is None and not self.state.is_complete

    @property
    def missing(self) -> frozenset[Module]:
        return missing(self.state, self.register_confirmed_at)

    @property
    def lacks_one(self) -> bool:
        """Whether it has done one of the two and not the other."""
        return self.is_due and len(self.missing) == 1

    @property
    def is_unfinished(self) -> bool:
        """Whether anybody there has something left to do, be it to say that there is nothing."""
        return self.is_due and bool(self.missing)

    @property
    def is_due(self) -> bool:
        """Whether it counts in the share: every institution does, until its month is erased."""
        return self.state is not State.ERASED

    @property
    def share(self) -> float:
        """Of the records, how many are decided: 0 to 1."""
        return self.counts.decided / self.counts.total if self.counts.total else 1.0


@dataclass(frozen=True)
class Totals:
    """Of ``due`` institutions ``complete`` are done with both, ``lists`` with their list, ``registers`` with
    their register, and ``lack_one`` with exactly one of the two."""

    institutions: int
    due: int
    complete: int
    lists: int
    registers: int
    lack_one: int
    counts: Counts
    states: dict[State, int]
    never_opened: int

    @classmethod
    def of(cls, standings: Iterable[Standing]) -> "Totals":
        every = list(standings)
        states = dict.fromkeys(URGENCY, 0)
        for standing in every:
            states[standing.state] += 1
        due = [standing.missing for standing in every if standing.is_due]
        return cls(
            institutions=len(every),
            due=len(due),
            complete=sum(not lacking for lacking in due),
            lists=sum(Module.LIST not in lacking for lacking in due),
            registers=sum(Module.REGISTER not in lacking for lacking in due),
            lack_one=sum(len(lacking) == 1 for lacking in due),
            counts=sum((standing.counts for standing in every), Counts()),
            states=states,
            never_opened=sum(standing.never_opened for standing in every),
        )

    def by_state(self, value: str) -> int:
        """How many are in the state of this name."""
        return self.states[State(value)]

    @property
    def percent(self) -> int:
        """Rounded down: 100 is said only when all of them are complete."""
        return 100 * self.complete // self.due if self.due else 100


@dataclass(frozen=True)
class Wanted:
    """Which institutions are asked for, and in what order: ``module`` for whoever lacks that one,
    ``lacks_one`` for whoever has done only the other. ``words`` are searched in name and code."""

    state: State | None = None
    unopened: bool = False
    unfinished: bool = False
    module: Module | None = None
    lacks_one: bool = False
    type: InstitutionType | None = None
    words: str = ""
    sort: str = "state"

    @property
    def is_filter(self) -> bool:
        narrowed = self.unopened or self.unfinished or self.lacks_one or bool(self.words.split())
        return narrowed or any(one is not None for one in (self.state, self.module, self.type))

    def of(self, standings: Iterable[Standing]) -> list[Standing]:
        words = folded(self.words).split()
        found = [
            standing
            for standing in standings
            if (self.state is None or standing.state is self.state)
            and (not self.unopened or standing.never_opened)
            and (not self.unfinished or standing.is_unfinished)
            and (self.module is None or (standing.is_due and self.module in standing.missing))
            and (not self.lacks_one or standing.lacks_one)
            and (self.type is None or standing.institution.type is self.type)
            and finds(words, f"{standing.institution.name} {standing.institution.code}")
        ]
        return sorted(found, key=lambda s: (ORDERS[self.sort](s), by_number(s.institution.name)))


# The values are those of ``?sort=``.
ORDERS: dict[str, Callable[[Standing], Any]] = {
    "state": lambda standing: (
        not standing.is_unfinished,
        URGENCY.index(standing.state),
        not standing.never_opened,
    ),
    "one": lambda standing: (not standing.lacks_one, not standing.is_unfinished),
    "name": lambda standing: 0,
    "share": lambda standing: standing.share,
    "pending": lambda standing: -standing.counts.pending,
}


@dataclass(frozen=True)
class Region:
    number: int
    name: str
    totals: Totals


def by_region(every: Iterable[Standing]) -> list[Region]:
    """The totals of each region, by name."""
    regions: dict[int, list[Standing]] = {}
    for standing in every:
        regions.setdefault(standing.institution.region, []).append(standing)
    found = [Region(number, of[0].institution.region_name, Totals.of(of)) for number, of in regions.items()]
    return sorted(found, key=lambda region: by_number(region.name))
