"""A change of the register opens again the months that it touches and that can still be confirmed."""

from collections.abc import Iterable
from datetime import datetime

from portal.actions.register.session import Keeper
from portal.domain.errors import holds
from portal.domain.quarantine import Entry
from portal.domain.quarantine_days import touches
from portal.domain.submissions import check_open
from portal.storage import audit
from portal.storage.campaigns import Campaign, Submission
from portal.storage.register import RegisterMonth


def reopen_months(person: Keeper, institution: str, entries: Iterable[Entry], now: datetime) -> None:
    """Take back „потвърден“ of each open month that one of ``entries`` touches. After the deadline
    what was confirmed stays. In the caller's transaction."""
    touched = list(entries)
    confirmed = (
        RegisterMonth.select(RegisterMonth, Campaign)
        .join(Campaign)
        .where((RegisterMonth.institution == institution) & RegisterMonth.confirmed_at.is_null(False))
    )
    for row in confirmed:
        month = row.campaign.month
        if not any(touches(entry, month.first, month.last) for entry in touched):
            continue
        submission = Submission.of(institution, month)
        if holds(check_open, submission.window, now):
            RegisterMonth.update(confirmed_at=None, confirmed_by=None).where(
                RegisterMonth.id == row.id
            ).execute()
            audit.add(person, "register_month_reopened", f"month:{month}", now, chain=institution)
