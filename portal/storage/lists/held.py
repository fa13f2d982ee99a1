"""A campaign's lists: making sure every institution has one, and locking them while records are placed."""

from collections.abc import Collection, Iterable
from dataclasses import dataclass
from datetime import date

from peewee import JOIN

from portal.domain.month import Month
from portal.domain.placement import InstitutionType
from portal.domain.submissions import Lock
from portal.storage.tables.bulk import add_rows, batches, tuples
from portal.storage.tables.campaigns import Campaign, Record, Submission
from portal.storage.tables.db import lock_name, locked
from portal.storage.tables.institutions import Institution

NEW_LIST = (
    "campaign", "institution", "lock", "version", "total", "pending", "confirmed", "refused",
    "reopened_reason", "moves",
)  # fmt: skip


@dataclass(frozen=True)
class Listed:
    """One institution and its list, as much of them as placing a record asks. One that was closed before
    the campaign has no list: ``id`` is none."""

    id: int | None
    institution: str
    type: InstitutionType
    lock: Lock
    closed_on: date | None = None

    def is_closed(self, day: date) -> bool:
        return self.closed_on is not None and self.closed_on <= day


def hold_months(months: Iterable[Month]) -> None:
    """Nobody else loads into, moves within or answers these months until the transaction ends.

    Taken before any list is: whoever works on many lists at once stands in this queue first.
    """
    for month in sorted(months):
        lock_name(f"campaign:{month}")


def known_codes() -> frozenset[str]:
    """Every institution that the portal knows."""
    return frozenset(code for (code,) in tuples(Institution.select(Institution.code)))


def open_codes(day: date) -> frozenset[str]:
    """Those that are not closed on ``day``."""
    return frozenset(
        code for (code,) in tuples(Institution.select(Institution.code).where(~Institution.closed_by(day)))
    )


def make_lists(campaign: Campaign, *, day: date) -> None:
    """Give every institution that is not closed on ``day`` its list; the campaign is held by the caller."""
    have = Submission.select(Submission.institution).where(Submission.campaign == campaign)
    missing = Institution.select(Institution.code).where(
        Institution.code.not_in(have) & ~Institution.closed_by(day)
    )
    add_rows(
        Submission,
        NEW_LIST,
        [(campaign.id, code, Lock.OPEN, 1, 0, 0, 0, 0, "", 0) for (code,) in tuples(missing)],
    )


def held_lists(campaign: Campaign, institutions: Collection[str] | None = None) -> dict[str, Listed]:
    """These institutions, or all, with their lists, which are locked until the transaction ends."""
    query = Submission.select(Submission.id, Submission.institution, Submission.lock).where(
        Submission.campaign == campaign
    )
    known = Institution.select(Institution.code, Institution.type, Institution.closed_on)
    if institutions is not None:
        query = query.where(Submission.institution.in_(institutions))
        known = known.where(Institution.code.in_(institutions))
    lists = {code: (id, lock) for id, code, lock in tuples(locked(query.order_by(Submission.id)))}
    found = {}
    for code, kind, closed_on in tuples(known):
        id, lock = lists.get(code, (None, Lock.OPEN))
        found[code] = Listed(id, code, kind, lock, closed_on)
    return found


def all_lists(campaign: Campaign) -> dict[str, Listed]:
    """Every institution with its list, as they are at this moment: none is locked."""
    joined = Institution.select(
        Institution.code, Institution.type, Institution.closed_on, Submission.id, Submission.lock
    ).join(
        Submission,
        JOIN.LEFT_OUTER,
        on=(Submission.institution == Institution.code) & (Submission.campaign == campaign),
    )
    return {
        code: Listed(id, code, kind, lock or Lock.OPEN, closed_on)
        for code, kind, closed_on, id, lock in tuples(joined)
    }


def reopen_checked(ids: Iterable[int]) -> None:
    """Records have come to these lists: „Проверих – няма записи“ is no longer true."""
    for some in batches(sorted(ids), 500):
        Submission.update(checked_at=None, checked_by=None).where(Submission.id.in_(some)).execute()


def put_back(campaign: Campaign, institution: str) -> None:
    """The records that came while the institution was closed go onto its list, unless it is signed. The
    campaign is held by the caller."""
    listed = held_lists(campaign, {institution})[institution]
    if listed.id is None or listed.lock is not Lock.OPEN:
        return
    ours = (Record.campaign == campaign) & (Record.institution == institution)
    waiting = ours & Record.submission.is_null() & Record.returned_at.is_null()
    if Record.update(submission=listed.id, version=Record.version + 1).where(waiting).execute():
        reopen_checked([listed.id])
        Submission.recount([listed.id])
