"""Reopening confirmed months that a change in the register affects, while there is time to confirm them."""

from collections.abc import Collection
from datetime import datetime

from portal.domain.errors import holds
from portal.domain.month import Month
from portal.domain.people import Staff
from portal.domain.register.days import touches
from portal.domain.register.entry import Entry
from portal.domain.submissions import check_open
from portal.storage.lists.current import list_of
from portal.storage.tables import audit
from portal.storage.tables.campaigns import Campaign
from portal.storage.tables.register import RegisterMonth

REOPENED = "register_month_reopened"  # in the audit


def reopen_months(person: Staff, institution: str, entries: Collection[Entry], *, now: datetime) -> None:
    """Take back „потвърден“ of each open month that one of ``entries`` touches. After the deadline
    what was confirmed stays. In the caller's transaction, which holds the register."""
    reopened = [row for row in _confirmed(institution) if _is_touched(row, institution, entries, now=now)]
    for row in reopened:
        RegisterMonth.update(confirmed_at=None, confirmed_by=None).where(RegisterMonth.id == row.id).execute()
    for row in reopened:
        month = row.campaign.month
        audit.add(person, REOPENED, f"month:{month}", now=now, chain=institution)


def _confirmed(institution: str) -> list[RegisterMonth]:
    return list(
        RegisterMonth.select(RegisterMonth, Campaign)
        .join(Campaign)
        .where((RegisterMonth.institution == institution) & RegisterMonth.confirmed_at.is_null(False))
        .order_by(Campaign.month)
    )


def _is_touched(row: RegisterMonth, institution: str, entries: Collection[Entry], *, now: datetime) -> bool:
    month: Month = row.campaign.month
    return any(touches(entry, month.first, month.last) for entry in entries) and holds(
        check_open, list_of(institution, month).window, now=now
    )
