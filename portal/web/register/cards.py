"""What is due in the register, for the first page: months to confirm, and years about to be erased."""

from dataclasses import dataclass
from datetime import date, datetime

from portal.domain.deadlines import deadline_sentence, is_pressing
from portal.domain.errors import holds
from portal.domain.month import Month
from portal.domain.people import Scope, Staff
from portal.domain.submissions import check_open
from portal.storage.home.months import CurrentMonths
from portal.storage.register.due import Erasure, erasures_of
from portal.storage.tables.campaigns import Submission


@dataclass(frozen=True)
class RegisterCard:
    """One month of the register that still can and should be confirmed."""

    submission: Submission
    now: datetime
    may_confirm: bool

    @property
    def month(self) -> Month:
        return self.submission.campaign.month

    @property
    def deadline(self) -> str:
        return deadline_sentence(self.submission.window, now=self.now)

    @property
    def is_near(self) -> bool:
        return is_pressing(self.submission.window, now=self.now)


def register_cards(person: Staff, months: CurrentMonths, *, now: datetime) -> list[RegisterCard]:
    """The soonest deadline first; nothing for who may not open the register."""
    if not person.may(Scope.REGISTER):
        return []
    due = [row for row in months.lists if months.confirmed_at(row) is None]
    open_now = [row for row in due if holds(check_open, row.window, now=now)]
    may_confirm = person.may(Scope.SIGN)
    cards = [RegisterCard(submission, now, may_confirm) for submission in open_now]
    return sorted(cards, key=lambda card: card.submission.campaign.closes_on or date.max)


def near_erasures(person: Staff, today: date) -> list[Erasure]:
    """Of the institution's registers, those that will be erased soon."""
    if not person.may(Scope.REGISTER):
        return []
    return [erasure for erasure in erasures_of(person.institution) if erasure.is_near(today)]
