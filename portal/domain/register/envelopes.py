"""The institution's envelope and its openings: how long each step may take."""

from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import Enum

from portal.domain.errors import Conflict
from portal.domain.times import stamp

ASKED_BACK = 2  # groups of the code, typed back before the envelope counts
PROPOSAL_KEPT = timedelta(hours=1)  # to print, to write down, to seal: our decision
REHEARSE_EVERY = timedelta(days=365)
NOTICE = timedelta(hours=24)  # for the former director and the delegates to object
OPENING_KEPT = timedelta(days=30)  # what was announced long ago is announced again: our decision


class OpeningState(Enum):
    """``OVER`` is done, stopped, or too long ago."""

    WAITING = "waiting"
    READY = "ready"
    OVER = "over"


@dataclass(frozen=True)
class Announced:
    """An opening by code that somebody announced: by a new director, or for one by the director before."""

    asked_at: datetime
    opens_at: datetime
    is_ended: bool = False

    def state(self, now: datetime) -> OpeningState:
        if self.is_ended or now >= self.opens_at + OPENING_KEPT:
            return OpeningState.OVER
        return OpeningState.WAITING if now < self.opens_at else OpeningState.READY


def check_proposal(made_at: datetime, *, now: datetime) -> None:
    """Raise Conflict unless a code that was shown at ``made_at`` can still become the envelope's."""
    if not made_at <= now < made_at + PROPOSAL_KEPT:
        raise Conflict(
            "Този код беше показан преди повече от час и вече не важи. Унищожете листа с него. "
            "По-долу е нов код: отпечатайте него."
        )


def check_notice(announced: Announced, *, now: datetime) -> None:
    """Raise Conflict until the day of notice has passed (design, section 3: 24 hours)."""
    if now < announced.opens_at:
        raise Conflict(
            f"Отварянето е обявено. Въведете кода отново след {stamp(announced.opens_at)} "
            "Дотогава всеки с достъп до регистъра може да го спре."
        )


def rehearsal_due_at(made_at: datetime, rehearsed_at: datetime | None) -> datetime:
    """A year after the code was last typed: when it was made, or when it was checked."""
    return (rehearsed_at or made_at) + REHEARSE_EVERY


def is_rehearsal_due(made_at: datetime, rehearsed_at: datetime | None, *, now: datetime) -> bool:
    return now >= rehearsal_due_at(made_at, rehearsed_at)
