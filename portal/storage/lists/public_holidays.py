"""The holidays of Bulgaria, with substitute days, from a library that keeps up with decrees."""

from datetime import date
from functools import cache

import holidays

PUBLIC = ("public",)
SCHOOL = ("public", "school")


def public_holidays(year: int) -> dict[date, str]:
    """Every official holiday of one calendar year, by its Bulgarian name."""
    return dict(_of_year(year, PUBLIC))


def school_holidays(year: int) -> dict[date, str]:
    """The same with 1 November, on which nobody attends any school or kindergarten (Labour Code art. 154)."""
    return dict(_of_year(year, SCHOOL))


@cache
def _of_year(year: int, categories: tuple[str, ...]) -> dict[date, str]:
    return dict(holidays.country_holidays("BG", years=year, categories=categories, language="bg"))
