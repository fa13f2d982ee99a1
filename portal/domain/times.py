"""Times as people in Sofia read them; storage keeps UTC."""

from datetime import UTC, date, datetime, time, timedelta
from zoneinfo import ZoneInfo

SOFIA = ZoneInfo("Europe/Sofia")


def local(at: datetime) -> datetime:
    return at.astimezone(SOFIA)


def today(now: datetime) -> date:
    return local(now).date()


def start_of(day: date) -> datetime:
    """00:00 of ``day`` in Sofia, as UTC."""
    return datetime.combine(day, time.min, SOFIA).astimezone(UTC)


def end_of(day: date) -> datetime:
    """The first instant after ``day`` in Sofia, as UTC: what must happen on the day is before it."""
    return start_of(day + timedelta(days=1))


def stamp(at: datetime) -> str:
    """``01.02.2021 г., 14:05 ч.``"""
    return local(at).strftime("%d.%m.%Y г., %H:%M ч.")


def short_date(day: date) -> str:
    """``01.02.2021``"""
    return day.strftime("%d.%m.%Y")
