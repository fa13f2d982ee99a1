"""Openings of the register that were announced with the envelope's code."""

from datetime import datetime
from typing import Any

from portal.domain.register.envelopes import Announced, OpeningState
from portal.storage.tables.people import User
from portal.storage.tables.register import Opening


def announced(row: Opening) -> Announced:
    ended = row.done_at is not None or row.stopped_at is not None
    return Announced(row.asked_at, row.opens_at, ended)


def openings_of(institution: str, *, now: datetime) -> list[Opening]:
    """Those that wait or can take effect, with who asked; the newest first."""
    rows = _of(institution).order_by(Opening.id.desc())
    return [row for row in rows if announced(row).state(now) is not OpeningState.OVER]


def opening_for(institution: str, user_id: int, *, now: datetime) -> Opening | None:
    """The one that this account has, if it waits or can take effect."""
    return next((row for row in openings_of(institution, now=now) if row.user.id == user_id), None)


def find_opening(institution: str, opening_id: int) -> Opening | None:
    row: Opening | None = _of(institution).where(Opening.id == opening_id).first()
    return row


def _of(institution: str) -> Any:
    return Opening.select(Opening, User).join(User, on=Opening.user).where(Opening.institution == institution)
