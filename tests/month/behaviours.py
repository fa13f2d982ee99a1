"""How institutions behave in a month, and what their people have to find in their mailboxes then: the issue's
words as a table. Nothing here asks the portal what it would do."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date, datetime

from portal.domain.people import Scope
from tests.month.days import (
    AWAY,
    CRASH,
    EXCEPTED_LAST,
    EXCEPTED_ONE,
    FIVE,
    FIVE_AGAIN,
    LAST,
    ONE,
    THREE,
    at,
)
from tests.month.deeds import (
    Deed,
    Invited,
    decides,
    decides_and_signs,
    declines_letters,
    does_both,
    opens,
    removes_signature,
    says_nobody,
    says_nothing_there,
    says_ready,
    signs,
)
from tests.month.letters import (
    BEFORE_SUSPENSION,
    EMPTY,
    EXCEPTED,
    FINISH,
    GET_IN,
    OPEN,
    RECEIVED,
    REGISTER,
    SIGN,
    START,
    WINDOW,
    Due,
    reminded,
)

MORNING = at(13, 4, 10)  # of the second day
AGAIN = Invited()
DECIDE, SIGNING, BOTH = {Scope.DECIDE}, {Scope.DECIDE, Scope.SIGN}, {Scope.REGISTER, Scope.SIGN}


@dataclass(frozen=True)
class Behaviour:
    """``does`` at which moments, and what ``reads`` each of its people: what is not there must not come.

    ``children`` of АСП's first file, ``more`` of the second; ``other_figure`` for one of the first there; one
    ``leaves`` for the next institution of the table when enrolments come."""

    name: str
    does: tuple[tuple[datetime, tuple[Deed, ...]], ...] = ()
    reads: Mapping[str, tuple[Due, ...]] = field(default_factory=dict)
    children: int = 3
    more: int = 0
    other_figure: bool = False
    leaves: bool = False
    has_director: bool = True
    has_mailbox: bool = True
    delegate: frozenset[Scope] = frozenset()
    delegate_until: date = date(2021, 6, 30)
    is_closed: bool = False
    is_excepted: bool = False
    exception_is_ended: bool = False
    address: str = ""  # "refused" or "deferred": what the mail server says to it
    is_crash: bool = False


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


NEVER = reads(RECEIVED, WINDOW, reminded(OPEN, REGISTER))
MAILBOX = reminded(GET_IN, on=(FIVE, THREE, FIVE_AGAIN, ONE, LAST))

HOLDING_BACK = (
    behaviour("never opens", reads={"director": NEVER}),
    behaviour(
        "opens and does nothing",
        (MORNING, (opens,)),
        reads={"director": reads(RECEIVED, WINDOW, reminded(START, REGISTER))},
    ),
    behaviour(
        "decides half",
        (MORNING, (decides(1), says_nobody)),
        reads={"director": reads(RECEIVED, WINDOW, reminded(FINISH))},
    ),
    behaviour(
        "decides all and does not sign",
        (MORNING, (decides(), says_nobody)),
        reads={"director": reads(RECEIVED, WINDOW, reminded(SIGN))},
    ),
    behaviour(
        "confirms the register and never opens the list",
        (MORNING, (says_nobody,)),
        reads={"director": reads(RECEIVED, WINDOW, reminded(OPEN))},
    ),
    behaviour(
        "signs and forgets the register",
        (MORNING, (decides_and_signs,)),
        reads={"director": reads(RECEIVED, signed("13.04"), WINDOW, reminded(REGISTER))},
    ),
    behaviour(
        "has nothing on the list and says so",
        (MORNING, (says_nothing_there, says_nobody)),
        children=0,
        reads={"director": reads(RECEIVED, WINDOW)},
    ),
    behaviour(
        "has nothing on the list and does not say so",
        children=0,
        reads={"director": reads(RECEIVED, WINDOW, reminded(EMPTY, REGISTER))},
    ),
    behaviour(
        "does without what it can do without",
        (at(12, 4, 12), (declines_letters,)),
        reads={"director": reads(RECEIVED, WINDOW, reminded(OPEN, REGISTER, on=(ONE, LAST)))},
    ),
)

SIGNING_SOME_DAY = (
    behaviour(
        "signs in the minute the list comes",
        (at(12, 4, 9), (does_both,)),
        reads={"director": reads(signed("12.04"), WINDOW)},
    ),
    behaviour(
        "signs on the first day",
        (at(12, 4, 15), (does_both,)),
        reads={"director": reads(RECEIVED, signed("12.04"), WINDOW)},
    ),
    behaviour(
        "signs on the last morning after the letter",
        (MORNING, (says_nobody,)),
        (at(2, 5, 9, 30), (decides_and_signs,)),
        reads={"director": reads(RECEIVED, WINDOW, reminded(OPEN), signed("02.05"))},
    ),
    behaviour(
        "signs on the last morning before the letter",
        (at(2, 5, 7, 40), (does_both,)),
        reads={
            "director": reads(
                RECEIVED, WINDOW, reminded(OPEN, REGISTER, on=(FIVE, THREE, ONE)), signed("02.05")
            )
        },
    ),
    behaviour(
        "signs while no mail goes",
        (AWAY[0].replace(hour=8, minute=30), (does_both,)),
        reads={
            "director": reads(RECEIVED, WINDOW, reminded(OPEN, REGISTER, on=(FIVE, THREE)), signed("29.04"))
        },
    ),
    behaviour(
        "removes the signature and signs again",
        (MORNING, (does_both,)),
        (at(19, 4, 10), (removes_signature,)),
        (at(28, 4, 10), (signs(),)),
        reads={
            "director": reads(
                RECEIVED, signed("13.04"), one("19.04", "signature_removed"), WINDOW, signed("28.04")
            )
        },
    ),
    behaviour(
        "removes the signature and leaves it",
        (MORNING, (does_both,)),
        (at(19, 4, 10), (removes_signature,)),
        reads={
            "director": reads(
                RECEIVED,
                signed("13.04"),
                one("19.04", "signature_removed"),
                WINDOW,
                reminded(SIGN, on=(ONE, LAST)),
            )
        },
    ),
)

DELEGATES = (
    behaviour(
        "a delegate decides and says that it is ready",
        (at(20, 4, 14), (decides(who="delegate"), says_ready)),
        (at(30, 4, 10), (signs(), says_nobody)),
        delegate=DECIDE,
        reads={
            "director": reads(
                RECEIVED,
                reminded(OPEN, REGISTER, on=(FIVE, THREE)),
                one("20.04", "ready_to_sign"),
                WINDOW,
                reminded(SIGN, REGISTER, on=(ONE,)),
                signed("30.04"),
            ),
            "delegate": reads(reminded(OPEN, on=(FIVE, THREE)), WINDOW),
        },
    ),
    behaviour(
        "a delegate signs",
        (at(21, 4, 10), (lambda place, now: decides_and_signs(place, now, "delegate"), says_nobody)),
        delegate=SIGNING,
        reads={
            "director": reads(
                RECEIVED,
                reminded(OPEN, REGISTER, on=(FIVE, THREE)),
                WINDOW,
                one("21.04", "delegate_signed"),
            ),
            "delegate": reads(reminded(OPEN, on=(FIVE, THREE)), WINDOW, signed("21.04")),
        },
    ),
    behaviour(
        "a delegate has the register and is slow",
        (MORNING, (decides_and_signs,)),
        (at(29, 4, 10, 30), (lambda place, now: says_nobody(place, now, "delegate"),)),
        delegate=BOTH,
        reads={
            "director": reads(RECEIVED, signed("13.04"), WINDOW, reminded(REGISTER, on=(FIVE, THREE, ONE))),
            "delegate": reads(WINDOW, reminded(REGISTER, on=(FIVE, THREE, ONE))),
        },
    ),
    behaviour(
        "a delegate's order ends in the middle",
        delegate=DECIDE,
        delegate_until=date(2021, 4, 24),
        reads={
            "director": reads(NEVER, one("17.04", "delegation_ending"), one("25.04", "delegation_ended")),
            "delegate": reads(
                one("17.04", "delegation_ending"),
                reminded(OPEN, on=(FIVE, THREE)),
                BEFORE_SUSPENSION,
                one("25.04", "delegation_ended"),
            ),
        },
    ),
)

NEW_DIRECTORS = (
    behaviour("has no director", has_director=False, reads={"mailbox": MAILBOX}),
    behaviour("has neither director nor mailbox", has_director=False, has_mailbox=False),
    behaviour(
        "has a director in the middle, who does nothing",
        (at(14, 4, 9), (AGAIN.invites,)),
        (at(20, 4, 9), (AGAIN.activates,)),
        has_director=False,
        reads={
            "mailbox": reminded(GET_IN, on=(FIVE, THREE)),
            "new": reads(
                one("14.04", "invitation"),
                one("20.04", "list_received"),
                WINDOW,
                reminded(OPEN, REGISTER, on=(ONE, LAST)),
            ),
        },
    ),
    behaviour(
        "has a director in the middle, who signs at once",
        (at(14, 4, 9), (AGAIN.invites,)),
        (at(20, 4, 9), (AGAIN.activates, lambda place, now: does_both(place, now, "new"))),
        has_director=False,
        reads={
            "mailbox": reminded(GET_IN, on=(FIVE, THREE)),
            "new": reads(one("14.04", "invitation"), signed("20.04"), WINDOW),
        },
    ),
    behaviour(
        "has another director when it is done",
        (MORNING, (does_both,)),
        (at(14, 4, 9), (AGAIN.invites,)),
        (at(20, 4, 9), (AGAIN.activates,)),
        reads={
            "director": reads(RECEIVED, signed("13.04"), one("20.04", "account_announced")),
            "new": reads(one("14.04", "invitation"), WINDOW),
        },
    ),
)

CORRECTED_LISTS = (
    behaviour(
        "gets more children",
        (MORNING, (says_nobody,)),
        more=2,
        reads={"director": reads(RECEIVED, one("15.04", "list_changed"), WINDOW, reminded(OPEN))},
    ),
    behaviour(
        "said that there is nothing, and then there is",
        (MORNING, (says_nothing_there, says_nobody)),
        children=0,
        more=1,
        reads={"director": reads(RECEIVED, one("15.04", "list_changed"), WINDOW, reminded(START))},
    ),
    behaviour(
        "decided what АСП then changed",
        (MORNING, (decides(),)),
        (at(20, 4, 14), (decides_and_signs,)),
        other_figure=True,
        reads={
            "director": reads(
                RECEIVED,
                one("15.04", "changed_after_decision"),
                reminded(FINISH, REGISTER, on=(FIVE, THREE)),
                WINDOW,
                signed("20.04"),
                reminded(REGISTER, on=(ONE, LAST)),
            )
        },
    ),
    behaviour(
        "loses a child to the next",
        leaves=True,
        reads={"director": reads(NEVER, one("15.04", "list_changed"))},
    ),
    behaviour(
        "has a child from the one before", reads={"director": reads(NEVER, one("15.04", "list_changed"))}
    ),
)

AFTER_THE_DEADLINE = (
    behaviour(
        "is excepted and signs before the last day",
        (at(11, 5, 14), (does_both,)),
        is_excepted=True,
        reads={
            "director": reads(NEVER, EXCEPTED, reminded(OPEN, REGISTER, on=(EXCEPTED_ONE,)), signed("11.05"))
        },
    ),
    behaviour(
        "is excepted and does nothing",
        is_excepted=True,
        reads={
            "director": reads(NEVER, EXCEPTED, reminded(OPEN, REGISTER, on=(EXCEPTED_ONE, EXCEPTED_LAST)))
        },
    ),
    behaviour(
        "is excepted until the operator ends it",
        is_excepted=True,
        exception_is_ended=True,
        reads={"director": reads(NEVER, EXCEPTED, one("10.05", "exception_ended"))},
    ),
    behaviour(
        "is closed in the middle",
        is_closed=True,
        reads={"director": reads(RECEIVED, reminded(OPEN, REGISTER, on=(FIVE,)))},
    ),
)

MAIL_TROUBLE = (
    behaviour("cannot be written to", address="refused"),
    behaviour("is told to try later, each day", address="deferred", reads={"director": NEVER}),
    behaviour("has a letter over which the sender dies", is_crash=True, reads={"director": NEVER}),
    behaviour(
        "signs before the letter is sent once more",
        (CRASH.replace(minute=5), (does_both,)),
        is_crash=True,
        reads={
            "director": reads(RECEIVED, reminded(OPEN, REGISTER, on=(FIVE, THREE)), signed("19.04"), WINDOW)
        },
    ),
)

BEHAVIOURS = (
    *HOLDING_BACK,
    *SIGNING_SOME_DAY,
    *DELEGATES,
    *NEW_DIRECTORS,
    *CORRECTED_LISTS,
    *AFTER_THE_DEADLINE,
    *MAIL_TROUBLE,
)
# The days on which a letter to the address that is refused was tried; once each.
TRIED_IN_VAIN = ("12.04", FIVE, THREE, "20.04", "26.04", FIVE_AGAIN, ONE, LAST)
