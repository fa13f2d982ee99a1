"""Institutions with delegates, without a director, or with another one in the middle."""

from datetime import date

from portal.domain.people import Scope
from tests.month.behaviour import MORNING, NEVER, behaviour, one, reads, signed
from tests.month.days import FIVE, LAST, ONE, THREE, at
from tests.month.deeds import (
    RUO,
    Invited,
    decides,
    decides_and_signs,
    does_both,
    says_nobody,
    says_ready,
    signs,
)
from tests.month.letters import BEFORE_SUSPENSION, GET_IN, OPEN, RECEIVED, REGISTER, SIGN, WINDOW, reminded

AGAIN = Invited()
DECIDE, SIGNING, BOTH = {Scope.DECIDE}, {Scope.DECIDE, Scope.SIGN}, {Scope.REGISTER, Scope.SIGN}
ANNOUNCED = {RUO: one("20.04", "account_announced")}
MAILBOX = reads(WINDOW, reminded(GET_IN))

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
        after={"delegate": ()},
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
        offices=ANNOUNCED,
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
        offices=ANNOUNCED,
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
        offices=ANNOUNCED,
        reads={
            "director": reads(RECEIVED, signed("13.04"), one("20.04", "account_announced")),
            "new": reads(one("14.04", "invitation"), WINDOW),
        },
        after={"director": ()},
    ),
)
