"""The time as the portal sees it: the real one, or the one that ``PORTAL_CLOCK`` stops at."""

from datetime import UTC, date, datetime

from flask import current_app

from portal.domain.times import today as sofia_date


def now() -> datetime:
    stopped: datetime | None = current_app.extensions["portal"].config.clock
    return stopped or datetime.now(UTC)


def today() -> date:
    """The date in Sofia."""
    return sofia_date(now())
