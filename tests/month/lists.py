"""Institutions that do some of what is due, or all of it some day."""

from tests.month.behaviour import MORNING, NEVER, behaviour, one, reads, signed
from tests.month.days import AWAY, FIVE, LAST, ONE, THREE, at
from tests.month.deeds import (
    decides,
    decides_and_signs,
    declines_letters,
    does_both,
    opens,
    removes_signature,
    says_nobody,
    says_nothing_there,
    signs,
)
from tests.month.letters import (
    EMPTY,
    FINISH,
    OPEN,
    RECEIVED,
    REGISTER,
    RETURNED,
    SIGN,
    START,
    WINDOW,
    reminded,
)

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
        after={"director": RETURNED},
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
