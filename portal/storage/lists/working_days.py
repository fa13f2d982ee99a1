"""Which days are working days: weekdays less the official holidays, as decrees have moved them."""

from collections.abc import Callable
from datetime import date
from functools import cache

from portal.domain.calendar import SATURDAY
from portal.domain.month import Month
from portal.storage.lists.school_days import month_holidays


def working_days() -> Callable[[date], bool]:
    """The rule, as it is now: each month is asked of the database once."""
    days_off = cache(month_holidays)

    def is_working(day: date) -> bool:
        holidays, workdays = days_off(Month.of(day))
        return day in workdays or (day.weekday() < SATURDAY and day not in holidays)

    return is_working
