"""Institutions that something happens to: a corrected list, an exception, a closing, trouble with mail."""

from tests.month.behaviour import MORNING, NEVER, behaviour, one, reads, signed
from tests.month.days import (
    CORRECTED_LAST,
    CORRECTED_ONE,
    CRASH,
    EXCEPTED_LAST,
    EXCEPTED_ONE,
    FIVE,
    LAST,
    ONE,
    THREE,
    at,
)
from tests.month.deeds import (
    OPERATOR,
    RUO,
    asks_for_correction,
    decides,
    decides_and_signs,
    does_both,
    is_granted,
    is_supported,
    removes_signature,
    says_nobody,
    says_nothing_there,
    signs,
)
from tests.month.letters import (
    EXCEPTED,
    FINISH,
    OPEN,
    RECEIVED,
    REGISTER,
    RETURNED,
    SENT,
    START,
    WINDOW,
    reminded,
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
        after={"director": ()},
        reads={"director": reads(RECEIVED, reminded(OPEN, REGISTER, on=(FIVE,)))},
    ),
)

ASKED = {RUO: one("14.05", "correction_asked"), OPERATOR: one("17.05", "correction_supported")}
AFTER_THE_ANSWER = (
    behaviour(
        "hears that АСП has done something else than it said first",
        (MORNING, (does_both,)),
        result_changes=True,
        reads={"director": reads(RECEIVED, signed("13.04"), WINDOW)},
        after={"director": reads(SENT, RETURNED, one("19.05", "result_came_back"))},
    ),
    behaviour(
        "asks for a correction and makes it",
        (MORNING, (does_both,)),
        (at(14, 5, 14), (asks_for_correction,)),
        (at(17, 5, 9), (is_supported,)),
        (at(18, 5, 9), (is_granted,)),
        (at(20, 5, 14), (removes_signature, signs())),
        reads={"director": reads(RECEIVED, signed("13.04"), WINDOW)},
        after={
            "director": reads(
                SENT,
                one("17.05", "correction_supported"),
                RETURNED,
                one("18.05", "correction_answered"),
                signed("20.05"),
            )
        },
        offices=ASKED,
    ),
    behaviour(
        "asks for a correction and forgets it once the list is open",
        (at(14, 5, 14), (asks_for_correction,)),
        (at(17, 5, 9), (is_supported,)),
        (at(18, 5, 9), (is_granted,)),
        reads={"director": NEVER},
        after={
            "director": reads(
                SENT,
                one("17.05", "correction_supported"),
                RETURNED,
                one("18.05", "correction_answered"),
                reminded(OPEN, REGISTER, on=(CORRECTED_ONE, CORRECTED_LAST)),
            )
        },
        offices=ASKED,
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
