"""What is due in the register, for the first page: months to confirm, and years about to be erased."""

from dataclasses import dataclass
from datetime import date, datetime
from enum import IntEnum

from portal.domain.deadlines import deadline_sentence, is_pressing
from portal.domain.errors import holds
from portal.domain.month import Month
from portal.domain.people import Scope, Staff
from portal.domain.submissions import check_open
from portal.storage.home.months import CurrentMonths
from portal.storage.register.due import Erasure, erasures_of
from portal.storage.tables.campaigns import Submission


class Step(IntEnum):
    """How a month of the register stands, the most pressing first."""

    CONFIRM = 1
    MISSED = 2
    DONE = 3

    @property
    def label(self) -> str:
        return _LABELS[self]

    @property
    def tone(self) -> str:
        """As tags and cards are coloured; the words say it too."""
        return _TONES[self]


_LABELS = {
    Step.CONFIRM: "не е потвърдено",
    Step.MISSED: "не е потвърдено в срок",
    Step.DONE: "потвърдено",
}
_TONES = {Step.CONFIRM: "next", Step.MISSED: "wrong", Step.DONE: "done"}


@dataclass(frozen=True)
class RegisterCard:
    """One month of the register: it stays on the page when it is confirmed, and when it was not."""

    submission: Submission
    step: Step
    now: datetime
    may_confirm: bool
    confirmed_at: datetime | None = None

    @property
    def month(self) -> Month:
        return self.submission.campaign.month

    @property
    def deadline(self) -> str:
        return deadline_sentence(self.submission.window, now=self.now)

    @property
    def is_near(self) -> bool:
        return self.step is Step.CONFIRM and is_pressing(self.submission.window, now=self.now)

    @property
    def tone(self) -> str:
        return "wrong" if self.is_near else self.step.tone


def register_cards(person: Staff, months: CurrentMonths, *, now: datetime) -> list[RegisterCard]:
    """What can still be confirmed, then what was missed, then what is done, the soonest deadline first.

    None of what nobody can confirm yet or is asked for: before the window, while the campaign is suspended,
    of a closed institution; and nothing for who may not open the register.
    """
    if not person.may(Scope.REGISTER):
        return []
    may_confirm = person.may(Scope.SIGN)
    cards = []
    for row in months.lists:
        confirmed_at = months.confirmed_at(row)
        step = step_of(row, confirmed_at, now=now)
        if step is not None:
            cards.append(RegisterCard(row, step, now, may_confirm, confirmed_at))
    return sorted(cards, key=lambda card: (card.step, card.submission.campaign.closes_on or date.max))


def step_of(submission: Submission, confirmed_at: datetime | None, *, now: datetime) -> Step | None:
    window = submission.window
    if confirmed_at is not None:
        return Step.DONE
    if holds(check_open, window, now=now):
        return Step.CONFIRM
    is_closed = window.closing is not None and window.closing.is_in_force(now)
    return Step.MISSED if window.is_over(now) and not window.suspended and not is_closed else None


def near_erasures(person: Staff, today: date) -> list[Erasure]:
    """Of the institution's registers, those that will be erased soon."""
    if not person.may(Scope.REGISTER):
        return []
    return [erasure for erasure in erasures_of(person.institution) if erasure.is_near(today)]
