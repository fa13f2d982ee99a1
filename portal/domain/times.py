"""Times as people in Sofia read them; storage keeps UTC."""

import re
from datetime import UTC, date, datetime, time, timedelta
from functools import lru_cache
from zoneinfo import ZoneInfo

from portal.domain.month import NAMES

_AFTER_NUMBER = re.compile(r"(?<=\d) (?=[^\W\d])|(?<=№) (?=\S)")
_BEFORE_YEAR = re.compile(rf"\b({'|'.join(NAMES)}) (?=\d{{4}}\b)", re.IGNORECASE)
SOFIA = ZoneInfo("Europe/Sofia")


def local(at: datetime) -> datetime:
    return at.astimezone(SOFIA)


def today(now: datetime) -> date:
    return local(now).date()


@lru_cache(maxsize=1024)  # rules ask it for each of many lists that end on one day
def start_of(day: date) -> datetime:
    """00:00 of ``day`` in Sofia, as UTC."""
    return datetime.combine(day, time.min, SOFIA).astimezone(UTC)


def end_of(day: date) -> datetime:
    """The first instant after ``day`` in Sofia, as UTC: what must happen on the day is before it."""
    return start_of(day + timedelta(days=1))


def stamp(at: datetime) -> str:
    """``01.02.2021 г., 14:05 ч.``"""
    return local(at).strftime("%d.%m.%Y г., %H:%M ч.")


def unbroken(text: str) -> str:
    """The same with what belongs to a number kept on its line: ``1 февруари 2021 г.``, ``4 дни``, ``№ 7``.

    For pages and papers alone: in mail, tables and on the command line people search and copy.
    """
    return _BEFORE_YEAR.sub("\\1\N{NO-BREAK SPACE}", _AFTER_NUMBER.sub("\N{NO-BREAK SPACE}", text))


def unbroken_stamp(at: datetime) -> str:
    """``unbroken`` of the stamp, for pages with many: where it breaks is known."""
    return local(at).strftime("%d.%m.%Y\N{NO-BREAK SPACE}г., %H:%M\N{NO-BREAK SPACE}ч.")


def short_date(day: date) -> str:
    """``01.02.2021``"""
    return day.strftime("%d.%m.%Y")
