"""How far institutions have come, as the regional offices see, total, search and sort it."""

from collections import Counter
from collections.abc import Callable, Iterable
from dataclasses import dataclass, replace
from datetime import datetime
from enum import Enum
from typing import Any, NamedTuple

from portal.domain.names import finds, folded, place_order
from portal.domain.oversight.stages import Part, parts
from portal.domain.placement import InstitutionType
from portal.domain.submissions import Counts, SubmissionState

State = SubmissionState
# The order of a table: all decided and yet worth nothing, then those who have not looked. Whom to call first
# is another, which asks for more: portal/domain/calls/order.py.
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
    return _LACKING[not state.is_complete, register_confirmed_at is None]


_LACKING = {
    (False, False): frozenset[Module](),
    (True, False): frozenset({Module.LIST}),
    (False, True): frozenset({Module.REGISTER}),
    (True, True): frozenset(Module),
}


class Contact(NamedTuple):
    code: str
    name: str
    type: InstitutionType
    region: int
    region_name: str
    email: str
    phone: str
    municipality: str = ""


class Progress:
    """How far one institution, or several that are alike, is with a month: its list, and its register.

    ``has_director``: somebody directs it whose access is activated and not stopped.
    """

    counts: Counts
    state: State
    first_opened_at: datetime | None
    register_confirmed_at: datetime | None  # of the quarantine register: done and when, nothing else
    has_director: bool
    many: int

    @property
    def never_opened(self) -> bool:
        """Nobody of the institution has looked, though somebody could have."""
        return self.first_opened_at is None and not self.state.is_complete and self.has_director

    @property
    def is_undirected(self) -> bool:
        """Whether it has something left to do, and nobody who could: it waits for an invitation."""
        return self.is_unfinished and not self.has_director

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


@dataclass(frozen=True)
class Standing(Progress):
    """One institution."""

    institution: Contact
    counts: Counts
    state: State
    first_opened_at: datetime | None
    checked_at: datetime | None
    signed_at: datetime | None
    register_confirmed_at: datetime | None = None
    has_director: bool = True
    reopened_until: datetime | None = None  # the operator's exception for it, running or over

    many = 1

    @property
    def share(self) -> float:
        """Of the records, how many are decided: 0 to 1."""
        return self.counts.decided / self.counts.total if self.counts.total else 1.0


@dataclass(frozen=True)
class Alike(Progress):
    """``many`` institutions that are equally far; ``counts`` are their sum, the times those of one."""

    many: int
    counts: Counts
    state: State
    first_opened_at: datetime | None
    register_confirmed_at: datetime | None
    has_director: bool


@dataclass(frozen=True)
class Totals:
    """Of ``due`` institutions ``complete`` are done with both, ``lists`` with their list, ``registers`` with
    their register, and ``lack_one`` with exactly one of the two. ``undirected`` are not among
    ``never_opened``: nobody there could look."""

    institutions: int
    due: int
    complete: int
    lists: int
    registers: int
    lack_one: int
    counts: Counts
    states: dict[State, int]
    never_opened: int
    undirected: int = 0

    @classmethod
    def of(cls, found: Iterable[Progress]) -> "Totals":
        every = list(found)
        states = dict.fromkeys(URGENCY, 0)
        for one in every:
            states[one.state] += one.many
        due: Counter[frozenset[Module]] = Counter()
        for one in every:
            if one.is_due:
                due[one.missing] += one.many
        return cls(
            institutions=sum(states.values()),
            due=due.total(),
            complete=due[frozenset()],
            lists=sum(many for lacking, many in due.items() if Module.LIST not in lacking),
            registers=sum(many for lacking, many in due.items() if Module.REGISTER not in lacking),
            lack_one=sum(many for lacking, many in due.items() if len(lacking) == 1),
            counts=Counts.of(one.counts for one in every),
            states=states,
            never_opened=sum(one.many for one in every if one.never_opened),
            undirected=sum(one.many for one in every if one.is_undirected),
        )

    @property
    def parts(self) -> list[Part]:
        """Of the bar that shows how far they are."""
        return parts(self.complete, self.lists, self.states)

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
    ``lacks_one`` for whoever has done only the other, ``only_register`` for whoever has done the list.
    ``words`` are searched in name and code."""

    state: State | None = None
    unopened: bool = False
    unfinished: bool = False
    undirected: bool = False
    finished: bool = False
    only_register: bool = False
    module: Module | None = None
    lacks_one: bool = False
    type: InstitutionType | None = None
    municipality: str = ""
    words: str = ""
    sort: str = "state"

    @property
    def is_filter(self) -> bool:
        return replace(self, sort="state", words=" ".join(self.words.split())) != Wanted()

    def of(self, standings: Iterable[Standing]) -> list[Standing]:
        words = folded(self.words).split()
        found = [
            standing
            for standing in standings
            if self._is_as_far(standing)
            and (self.type is None or standing.institution.type is self.type)
            and (not self.municipality or standing.institution.municipality == self.municipality)
            and finds(words, f"{standing.institution.name} {standing.institution.code}")
        ]
        return sorted(found, key=lambda s: (ORDERS[self.sort](s), place_order(s.institution.name)))

    def _is_as_far(self, standing: Standing) -> bool:
        return (
            (self.state is None or standing.state is self.state)
            and (not self.unopened or standing.never_opened)
            and (not self.unfinished or standing.is_unfinished)
            and (not self.undirected or standing.is_undirected)
            and (not self.finished or (standing.is_due and not standing.missing))
            and (not self.only_register or (standing.is_due and standing.missing == {Module.REGISTER}))
            and (self.module is None or (standing.is_due and self.module in standing.missing))
            and (not self.lacks_one or standing.lacks_one)
        )


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
