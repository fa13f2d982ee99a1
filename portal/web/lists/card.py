"""One month's list on an institution's first page: what is due, and by when."""

from dataclasses import dataclass
from datetime import date, datetime
from enum import Enum

from portal.domain.deadlines import deadline_sentence, is_pressing, removal_sentence
from portal.domain.errors import holds
from portal.domain.month import Month
from portal.domain.people import Staff
from portal.domain.submissions import CampaignState, SubmissionState, check_open
from portal.storage.home.months import CurrentMonths
from portal.storage.home.next_steps import changed_by_asp, removals_without_new
from portal.storage.lists.reading import returned_from
from portal.storage.tables.signatures import SignatureRemoval
from portal.web.lists.summary import Summary


class Step(Enum):
    """What is to be done about one list, or why nothing is."""

    SIGN = "sign"
    DECIDE = "decide"
    CHECK = "check"
    DONE = "done"
    READ = "read"  # it can be seen and not changed yet, or while suspended
    MISSED = "missed"


@dataclass(frozen=True)
class ListCard:
    """One month's list on the first page of the institution's people."""

    summary: Summary
    removal: SignatureRemoval | None
    changed: int
    returned: int
    signature_waits: bool

    @property
    def month(self) -> Month:
        return self.summary.month

    @property
    def step(self) -> Step:
        submission, state = self.summary.submission, self.summary.state
        if state.is_complete or state is SubmissionState.ERASED:
            return Step.DONE
        if not holds(check_open, submission.window, now=self.summary.now):
            return Step.MISSED if self.summary.missed else Step.READ
        if state is SubmissionState.NOTHING:
            return Step.CHECK
        return Step.SIGN if state is SubmissionState.READY else Step.DECIDE

    @property
    def is_urgent(self) -> bool:
        return self.step in (Step.SIGN, Step.DECIDE, Step.CHECK)

    @property
    def campaign_state(self) -> CampaignState:
        return self.summary.submission.window.state(self.summary.now)

    @property
    def deadline(self) -> str:
        """What there is still time for: once all is done, only to take the signature off."""
        window, now = self.summary.submission.window, self.summary.now
        if self.summary.is_closed:
            return ""
        if self.may_unsign:
            return removal_sentence(window, now=now)
        if self.summary.state is SubmissionState.CHECKED and self.summary.is_open:
            return ""
        return deadline_sentence(window, now=now)

    @property
    def may_unsign(self) -> bool:
        return self.summary.state is SubmissionState.SIGNED and self.summary.is_open

    @property
    def is_near(self) -> bool:
        return self.is_urgent and is_pressing(self.summary.submission.window, now=self.summary.now)

    @property
    def order(self) -> tuple[bool, date, int]:
        """What can be done first, by its deadline; the rest from the newest month."""
        closes_on = self.summary.submission.campaign.closes_on or date.max
        months_back = -(self.month.year * 12 + self.month.number)
        return not self.is_urgent, closes_on if self.is_urgent else date.max, months_back


def list_cards(person: Staff, months: CurrentMonths, *, now: datetime) -> list[ListCard]:
    removals = removals_without_new(months.lists)
    cards = [
        ListCard(
            summary := Summary(person, submission.campaign.month, submission, now),
            removals.get(submission.id),
            changed_by_asp(submission),
            len(returned_from(submission)),
            summary.signature_waits,
        )
        for submission in months.lists
    ]
    return sorted(cards, key=lambda card: card.order)
