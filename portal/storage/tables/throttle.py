"""Failed attempts, counted in the database because every worker has to know about them."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime

from peewee import EXCLUDED

from portal.domain.accounts import FORGOTTEN_AFTER, Allowance, wait_in_words
from portal.domain.errors import TooOften
from portal.storage.tables.db import lock_name
from portal.storage.tables.people import Failures


@dataclass(frozen=True)
class Limit:
    """``subject`` is a keyed hash of whom or what is counted."""

    subject: bytes
    allowance: Allowance


@dataclass(frozen=True)
class Counted:
    """Attempts that were counted, the last one at ``at``; ``before`` is when the one before it was."""

    subject: bytes
    at: datetime
    before: datetime | None = None
    times: int = 1


Found = dict[bytes, Failures]  # by subject; those that nothing was counted for are missing


def check_limits(limits: Sequence[Limit], *, now: datetime) -> Found:
    """What was counted lately, or TooOften where one of the limits is reached."""
    found = _found([limit.subject for limit in limits], Failures.last_at > now - FORGOTTEN_AFTER)
    waits = [
        limit.allowance.seconds_to_wait(found[limit.subject].count, found[limit.subject].last_at, now=now)
        for limit in limits
        if limit.subject in found
    ]
    if (longest := max(waits, default=0)) > 0:
        raise TooOften(
            f"Твърде много неуспешни опити. Опитайте отново след {wait_in_words(longest)}.",
            retry_after=longest,
        )
    return found


def hold(limits: Iterable[Limit | Counted]) -> None:
    """Until the transaction ends nobody else counts these."""
    for subject in sorted(limit.subject for limit in limits):
        lock_name(f"failures:{subject.hex()}")


def count_attempt(limits: Sequence[Limit], *, now: datetime) -> list[Counted]:
    """Count an attempt before it is tried, or raise TooOften and count nothing.

    Counting first keeps fifty attempts at the same moment from all passing as the fifth. Must be
    called inside ``writing()``; a good attempt is taken back with ``forgive`` or ``take_back``.
    """
    hold(limits)
    return count(limits, check_limits(limits, now=now), now=now)


def count(limits: Sequence[Limit], found: Found, *, now: datetime) -> list[Counted]:
    """One more for each of the limits, which are held, than was found."""
    subjects = [limit.subject for limit in limits]
    counts = [1 + (found[subject].count if subject in found else 0) for subject in subjects]
    Failures.insert_many(
        [
            {"subject": subject, "count": counted, "last_at": now}
            for subject, counted in zip(subjects, counts, strict=True)
        ]
    ).on_conflict(
        conflict_target=[Failures.subject],
        update={Failures.count: EXCLUDED.count, Failures.last_at: EXCLUDED.last_at},
    ).execute()
    return [
        Counted(subject, now, found[subject].last_at if subject in found else None) for subject in subjects
    ]


def forgive(*subjects: bytes) -> None:
    """Whoever knows the password has failed at nothing."""
    Failures.delete().where(Failures.subject.in_(subjects)).execute()


def take_back(counted: Sequence[Counted]) -> None:
    """These attempts were good, or none at all. Others may have been bad, and wait from when they were."""
    hold(counted)
    found = _found([each.subject for each in counted])
    for each in counted:
        if (row := found.get(each.subject)) is None:
            continue
        this = Failures.subject == each.subject
        if row.count <= each.times:
            Failures.delete().where(this).execute()
            continue
        last_at = each.before if each.before is not None and row.last_at == each.at else row.last_at
        Failures.update(count=row.count - each.times, last_at=last_at).where(this).execute()


def forget_failures(now: datetime) -> None:
    Failures.delete().where(Failures.last_at <= now - FORGOTTEN_AFTER).execute()


def _found(subjects: Sequence[bytes], *more: object) -> Found:
    rows = Failures.select().where(Failures.subject.in_(subjects), *more)
    return {bytes(row.subject): row for row in rows}
