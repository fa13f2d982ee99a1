"""Failed attempts, counted in the database because every worker has to know about them."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from portal.domain.accounts import FORGOTTEN_AFTER, seconds_to_wait, wait_in_words
from portal.domain.errors import TooOften
from portal.storage.tables.db import lock_name
from portal.storage.tables.people import Failures


@dataclass(frozen=True)
class Limit:
    """``subject`` is a keyed hash of whom or what is counted; the first ``free`` failures cost no time."""

    subject: bytes
    free: int


def count_attempt(limits: Sequence[Limit], *, now: datetime) -> None:
    """Count an attempt before it is tried, or raise TooOften and count nothing.

    Counting first keeps fifty attempts at the same moment from all passing as the fifth. Must be
    called inside ``writing()``; a good attempt is taken back with ``forgive`` or ``take_back``.
    """
    for subject in sorted(limit.subject for limit in limits):
        lock_name(f"failures:{subject.hex()}")
    counts = [_count(limit.subject, now=now) for limit in limits]
    waits = [
        seconds_to_wait(count, limit.free, last_at, now=now)
        for limit, (count, last_at) in zip(limits, counts, strict=True)
    ]
    if (longest := max(waits)) > 0:
        raise TooOften(
            f"Твърде много неуспешни опити. Опитайте отново след {wait_in_words(longest)}.",
            retry_after=longest,
        )
    for limit, (count, _) in zip(limits, counts, strict=True):
        _keep(limit.subject, count + 1, now=now)


def forgive(subject: bytes) -> None:
    """Whoever knows the password has failed at nothing."""
    Failures.delete().where(Failures.subject == subject).execute()


def take_back(subject: bytes) -> None:
    """One attempt from here was good; others from here may still have been bad."""
    Failures.update(count=Failures.count - 1).where(
        (Failures.subject == subject) & (Failures.count > 0)
    ).execute()


def forget_failures(now: datetime) -> None:
    Failures.delete().where(Failures.last_at <= now - FORGOTTEN_AFTER).execute()


def _count(subject: bytes, *, now: datetime) -> tuple[int, datetime]:
    row = Failures.get_or_none(Failures.subject == subject)
    if row is None or now - row.last_at >= FORGOTTEN_AFTER:
        return 0, now
    return row.count, row.last_at


def _keep(subject: bytes, count: int, *, now: datetime) -> None:
    Failures.insert(subject=subject, count=count, last_at=now).on_conflict(
        conflict_target=[Failures.subject], update={Failures.count: count, Failures.last_at: now}
    ).execute()
