"""What is expected in a mailbox, written down before anybody asks the portal."""

from dataclasses import dataclass

from tests.month.days import FIVE, LAST, ONE, THREE

# What a reminder says of what is missing; it says nothing of what is not.
OPEN = "Никой още не го е отварял"
START = "Нито един още не е решен"
FINISH = "За преглед остават"
SIGN = "всичко е решено, но списъкът не е подписан"
EMPTY = "отбележете „Проверих – няма записи“"
REGISTER = "месецът не е потвърден"
GET_IN = "няма активиран достъп до портала"
SAYINGS = (OPEN, START, FINISH, SIGN, EMPTY, REGISTER, GET_IN)


@dataclass(frozen=True, order=True)
class Due:
    """A letter of this kind on this day (``дд.мм``); ``says`` is what a reminder names as missing."""

    day: str
    kind: str
    says: tuple[str, ...] = ()


RECEIVED = (Due("12.04", "list_received"),)
# Whoever works on the list is told, done or not: the deadline in their calendar is another now.
BEFORE_SUSPENSION = (Due("20.04", "deadline_moved"),)
WINDOW = (*BEFORE_SUSPENSION, Due("26.04", "month_suspended"), Due("27.04", "month_resumed"))
SENT = (Due("14.05", "answer_sent"),)
RETURNED = (Due("17.05", "result_came_back"),)  # the same again on the 18th is no news
EXCEPTED = (Due("07.05", "exception_opened"),)
_EARLY = (FIVE, THREE, "27.04")


def reminded(*says: str, on: tuple[str, ...] = (FIVE, THREE, ONE, LAST)) -> tuple[Due, ...]:
    """Those of five and three days before are of a kind that a person can do without."""
    return tuple(
        Due(day, "early_reminder" if day in _EARLY else "reminder", tuple(sorted(says))) for day in on
    )
