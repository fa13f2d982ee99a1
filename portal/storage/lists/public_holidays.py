"""Bulgaria's public holidays and their substitute days, from a library that keeps up with decrees."""

from datetime import date
from functools import cache

import holidays


def public_holidays(year: int) -> dict[date, str]:
    """Every official holiday of one calendar year, by its Bulgarian name."""
    return dict(_of_year(year))


@cache
def _of_year(year: int) -> dict[date, str]:
    return dict(holidays.country_holidays("BG", years=year, categories=("public",), language="bg"))
