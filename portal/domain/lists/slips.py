"""When slips for the class teachers are of use: as long as something can still be found out."""

from datetime import datetime

from portal.domain.errors import Conflict
from portal.domain.institutions import check_not_closed
from portal.domain.submissions import Lock, Window, check_unlocked

DECIDED = "Списъкът е подписан: решенията са взети и бланки не са нужни."
OVER = "Срокът изтече: решенията вече не се променят и бланки не са нужни."


def check_slips(window: Window, lock: Lock, *, now: datetime) -> None:
    """Raise Conflict once the list is signed, erased or past its deadline, or the institution is closed.
    Before the window they can be had: notes are gathered beforehand."""
    check_not_closed(window.closing, now=now)
    if lock is Lock.SIGNED:
        raise Conflict(DECIDED)
    check_unlocked(lock)
    if window.is_over(now):
        raise Conflict(OVER)
