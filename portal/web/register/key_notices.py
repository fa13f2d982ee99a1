"""What needs attention about a register's keys, for the first page of people who may see names."""

from dataclasses import dataclass
from datetime import datetime

from portal.actions.register.keys.holders import envelope_of
from portal.domain.delegations import KeyState
from portal.domain.people import Director, Scope, Staff
from portal.domain.register.envelopes import is_rehearsal_due
from portal.domain.times import today
from portal.storage.register.holders import keyholders
from portal.storage.register.openings import openings_of
from portal.storage.tables.register import Opening


@dataclass(frozen=True)
class KeyNotices:
    """``waiting`` are colleagues to whom this person can give the key."""

    openings: list[Opening]
    waiting: list[str]
    is_locked_out: bool
    is_check_due: bool

    @property
    def any(self) -> bool:
        return bool(self.openings or self.waiting or self.is_locked_out or self.is_check_due)


def key_notices(person: Staff, *, now: datetime) -> KeyNotices | None:
    """None for who may not see names."""
    if not person.may(Scope.REGISTER):
        return None
    holders = keyholders(person.institution, today(now))
    waiting = {holder.user_id: holder.name for holder in holders if holder.state is KeyState.WAITS}
    is_locked_out = waiting.pop(person.user_id, None) is not None
    return KeyNotices(
        openings=openings_of(person.institution, now=now),
        waiting=[] if is_locked_out else list(waiting.values()),
        is_locked_out=is_locked_out,
        is_check_due=isinstance(person, Director) and _is_check_due(person.institution, now=now),
    )


def _is_check_due(institution: str, *, now: datetime) -> bool:
    envelope = envelope_of(institution)
    return envelope is not None and is_rehearsal_due(envelope.made_at, envelope.rehearsed_at, now=now)
