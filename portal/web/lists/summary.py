"""One list as it is now for one person: how far it is, and what can be done with it."""

from dataclasses import dataclass
from datetime import datetime

from portal.domain.calendar import long_date
from portal.domain.campaigns.corrections import check_may_ask_now
from portal.domain.errors import Objection, holds
from portal.domain.institutions import check_not_closed
from portal.domain.lists.slips import check_slips
from portal.domain.month import Month
from portal.domain.people import Scope, Staff
from portal.domain.submissions import (
    Lock,
    SubmissionState,
    check_may_change,
    check_may_sign,
    check_nothing_to_confirm,
    check_open,
    missed_sentence,
    submission_state,
)
from portal.domain.times import stamp, today
from portal.storage.campaigns.ended import is_told
from portal.storage.lists.current import list_of
from portal.storage.lists.reading import lists_of
from portal.storage.tables.campaigns import Submission
from portal.storage.tables.qualified import waits_on


@dataclass(frozen=True)
class Summary:
    """One list as it is now for one person."""

    person: Staff
    month: Month
    submission: Submission
    now: datetime

    @property
    def state(self) -> SubmissionState:
        window = self.submission.window
        past = window.is_over(self.now)
        return submission_state(
            self.submission.counts,
            self.submission.lock,
            checked=self.submission.checked_at is not None,
            has_account=True,
            past=past,
        )

    @property
    def is_closed(self) -> bool:
        """Whether the institution is closed by now: no deadline is its own any more."""
        return not holds(check_not_closed, self.submission.window.closing, now=self.now)

    @property
    def read_only(self) -> str:
        """Why nothing can be changed now, as a sentence; empty if it can."""
        closing = self.submission.window.closing
        if closing is not None and self.is_closed:
            return closing.sentence
        try:
            check_may_change(self.submission.window, self.submission.lock, now=self.now)
        except Objection as objection:
            is_signed = self.submission.lock is Lock.SIGNED
            if is_signed and self.is_open and not self.person.may(Scope.SIGN):
                return (
                    "Списъкът вече е подписан. За да се промени нещо, директорът трябва да премахне подписа."
                )
            return str(objection)
        if not self.person.may(Scope.DECIDE):
            return "Вашето упълномощаване е само за подписване: решенията подготвя друг."
        return ""

    @property
    def may_decide(self) -> bool:
        return not self.read_only

    @property
    def may_sign(self) -> bool:
        return self.person.may(Scope.SIGN) and self._is_ready

    @property
    def may_say_ready(self) -> bool:
        """Whether to offer telling the director: for who prepares the decisions and cannot sign."""
        return self.person.may(Scope.DECIDE) and not self.person.may(Scope.SIGN) and self._is_ready

    @property
    def _is_ready(self) -> bool:
        submission = self.submission
        return holds(check_may_sign, submission.window, submission.lock, submission.counts, now=self.now)

    @property
    def may_see_signature(self) -> bool:
        return self.person.may(Scope.SIGN)

    @property
    def signature_waits(self) -> bool:
        """Whether a qualified signature on the list waits to be checked. None does after the deadline:
        nothing completes any more."""
        return self.submission.lock is Lock.OPEN and not self.is_over and waits_on(self.submission)

    @property
    def is_over(self) -> bool:
        """Whether the list's deadline has passed, with no exception running."""
        return self.submission.window.is_over(self.now)

    @property
    def takes_slips(self) -> bool:
        """Whether slips for the class teachers can be made."""
        submission = self.submission
        return self.person.may(Scope.DECIDE) and holds(
            check_slips, submission.window, submission.lock, now=self.now
        )

    @property
    def missed(self) -> str:
        """That the deadline passed without what was due, as a sentence; empty where it has not."""
        submission = self.submission
        return missed_sentence(
            submission.window,
            submission.lock,
            submission.counts,
            checked=submission.checked_at is not None,
            now=self.now,
        )

    @property
    def is_result_back(self) -> bool:
        """Whether АСП has said what it did about the records here."""
        campaign = self.submission.campaign
        return campaign.answered_at is not None and is_told(campaign, self.submission.institution_id)

    @property
    def may_ask_correction(self) -> bool:
        """Whether a late correction of one of its records can be asked for."""
        submission = self.submission
        return (
            self.person.may(Scope.SIGN)
            and submission.total > 0
            and holds(check_may_ask_now, submission.window, submission.lock, now=self.now)
        )

    @property
    def ends(self) -> str:
        """Until when the list can be worked on and signed: ``края на 1 февруари 2021 г. (понеделник)``, or
        the operator's exception; empty before a window is set."""
        window = self.submission.window
        if window.closes_on is None:
            return ""
        if window.is_past(self.now) and window.reopened_until is not None:
            return stamp(window.reopened_until).removesuffix(".")
        return f"края на {long_date(window.closes_on)}"

    @property
    def may_say_nothing(self) -> bool:
        return (
            self.person.may(Scope.SIGN)
            and self.submission.checked_at is None
            and holds(
                check_nothing_to_confirm,
                self.submission.window,
                self.submission.lock,
                self.submission.counts,
                now=self.now,
            )
        )

    @property
    def is_open(self) -> bool:
        """Whether the window lets the list be worked on, signed or not."""
        return holds(check_open, self.submission.window, now=self.now)

    @property
    def days_left(self) -> int | None:
        """Until the last day of the window; below zero once it has passed."""
        closes_on = self.submission.campaign.closes_on
        return None if closes_on is None else (closes_on - today(self.now)).days


def summary_of(person: Staff, month: Month, *, now: datetime) -> Summary:
    return Summary(person, month, list_of(person.institution, month), now)


def months_of(person: Staff, *, now: datetime) -> list[Summary]:
    """Every campaign's list of the person's institution, the newest first."""
    return [Summary(person, row.campaign.month, row, now) for row in lists_of(person.institution)]
