"""A campaign's lists: making sure every institution has one, and locking them while records are placed."""

from collections.abc import Collection, Iterable
from dataclasses import dataclass

from portal.domain.month import Month
from portal.domain.placement import InstitutionType
from portal.domain.submissions import Lock
from portal.storage.tables.bulk import add_rows, batches, tuples
from portal.storage.tables.campaigns import Campaign, Submission
from portal.storage.tables.db import lock_name, locked
from portal.storage.tables.institutions import Institution

NEW_LIST = (
    "campaign", "institution", "lock", "version", "total", "pending", "confirmed", "refused",
    "reopened_reason",
)  # fmt: skip


@dataclass(frozen=True)
class Listed:
    """One institution's list, as much of it as placing a record asks."""

    id: int
    institution: str
    type: InstitutionType
    lock: Lock


def hold_months(months: Iterable[Month]) -> None:
    """Nobody else loads into, moves within or answers these months until the transaction ends.

    Taken before any list is: whoever works on many lists at once stands in this queue first.
    """
    for month in sorted(months):
        lock_name(f"campaign:{month}")


def known_codes() -> frozenset[str]:
    """Every institution that the portal knows."""
    return frozenset(code for (code,) in tuples(Institution.select(Institution.code)))


def make_lists(campaign: Campaign) -> None:
    """Give every institution its list; the campaign is held by the caller."""
    have = Submission.select(Submission.institution).where(Submission.campaign == campaign)
    missing = Institution.select(Institution.code).where(Institution.code.not_in(have))
    add_rows(
        Submission,
        NEW_LIST,
        [(campaign.id, code, Lock.OPEN, 1, 0, 0, 0, 0, "") for (code,) in tuples(missing)],
    )


def held_lists(campaign: Campaign, institutions: Collection[str] | None = None) -> dict[str, Listed]:
    """The lists of these institutions, or of all, locked until the transaction ends."""
    query = Submission.select(Submission.id, Submission.institution, Submission.lock).where(
        Submission.campaign == campaign
    )
    if institutions is not None:
        query = query.where(Submission.institution.in_(institutions))
    rows = locked(query.order_by(Submission.id))
    types = dict(tuples(Institution.select(Institution.code, Institution.type)))
    return {code: Listed(id, code, types[code], lock) for id, code, lock in tuples(rows)}


def reopen_checked(ids: Iterable[int]) -> None:
    """Records have come to these lists: „Проверих – няма записи“ is no longer true, and whoever was
    written that there are none is written again. To be called before the lists are counted anew."""
    for some in batches(sorted(ids), 500):
        Submission.update(checked_at=None, checked_by=None).where(Submission.id.in_(some)).execute()
        Submission.update(told_at=None).where(Submission.id.in_(some) & (Submission.total == 0)).execute()
