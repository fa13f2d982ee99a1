"""One way in which an institution can behave in a month, as a line of the table."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date, datetime

from portal.domain.people import Scope
from tests.month.days import at
from tests.month.deeds import Deed
from tests.month.letters import OPEN, RECEIVED, REGISTER, RETURNED, SENT, WINDOW, Due, reminded


@dataclass(frozen=True)
class Behaviour:
    """``does`` at which moments, and what ``reads`` each of its people: what is not there must not come.

    ``children`` of АСП's first file, ``more`` of the second; ``other_figure`` for one of the first there; one
    ``leaves`` for the next institution of the table when enrolments come. What АСП did about the second one
    is another in its last file where the ``result_changes``. ``offices``: what is read of it by address."""

    name: str
    does: tuple[tuple[datetime, tuple[Deed, ...]], ...] = ()
    reads: Mapping[str, tuple[Due, ...]] = field(default_factory=dict)
    children: int = 3
    more: int = 0
    other_figure: bool = False
    leaves: bool = False
    result_changes: bool = False
    has_director: bool = True
    has_mailbox: bool = True
    delegate: frozenset[Scope] = frozenset()
    delegate_until: date = date(2021, 6, 30)
    is_closed: bool = False
    is_excepted: bool = False
    exception_is_ended: bool = False
    address: str = ""  # "refused" or "deferred": what the mail server says to it
    is_crash: bool = False
    after: Mapping[str, tuple[Due, ...]] = field(default_factory=dict)
    offices: Mapping[str, tuple[Due, ...]] = field(default_factory=dict)

    @property
    def expected(self) -> dict[str, tuple[Due, ...]]:
        """What each of its people has to find. After the answer that is the same for whoever works on a list
        with records, and АСП tells of the second child of each; ``after`` has who reads something else."""
        told = reads(SENT if self.children + self.more else (), RETURNED if self.children > 1 else ())
        return {
            who: dues if who == "mailbox" else reads(dues, self.after.get(who, told))
            for who, dues in self.reads.items()
        }


def behaviour(name: str, *does: tuple[datetime, tuple[Deed, ...]], **more) -> Behaviour:
    if "delegate" in more:
        more["delegate"] = frozenset(more["delegate"])
    return Behaviour(name, does, **more)


def reads(*parts: tuple[Due, ...]) -> tuple[Due, ...]:
    return tuple(due for part in parts for due in part)


def signed(day: str) -> tuple[Due, ...]:
    return (Due(day, "list_signed"),)


def one(day: str, kind: str) -> tuple[Due, ...]:
    return (Due(day, kind),)


MORNING = at(13, 4, 10)  # of the second day
NEVER = reads(RECEIVED, WINDOW, reminded(OPEN, REGISTER))
