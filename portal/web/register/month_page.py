"""What the page of a register's month shows: who was in quarantine, and whether it is confirmed."""

from dataclasses import dataclass
from datetime import datetime

from portal.actions.register.keys.session import Session
from portal.actions.register.months import OpenMonth, show_month, snapshot_of
from portal.actions.site import Site
from portal.domain.calendar import Span
from portal.domain.deadlines import deadline_sentence
from portal.domain.errors import NotFound, Objection, holds
from portal.domain.identifiers import masked
from portal.domain.month import Month
from portal.domain.people import Scope, Staff
from portal.domain.register.entry import school_year_label
from portal.domain.register.month import Child, MonthList, check_may_confirm, check_may_say_nobody
from portal.domain.register.snapshot import Snapshot
from portal.domain.submissions import check_open
from portal.domain.times import short_date
from portal.storage.lists.current import list_of
from portal.storage.register.months import month_row
from portal.storage.tables.campaigns import Submission
from portal.storage.tables.people import User
from portal.storage.tables.register import RegisterMonth
from portal.web.register.cards import Step, step_of

NBSP = "\N{NO-BREAK SPACE}"


@dataclass(frozen=True)
class MonthPage:
    """``submission`` is none for a month without a campaign: then nothing is confirmed. ``kept`` is what was
    confirmed last, if this person can open it."""

    person: Staff
    opened: OpenMonth
    submission: Submission | None
    row: RegisterMonth | None
    kept: Snapshot | None
    now: datetime
    alert: str = ""

    @classmethod
    def of(
        cls, person: Staff, session: Session, month: Month, *, alert: str = "", site: Site, now: datetime
    ) -> "MonthPage":
        """Locked, ReasonDue or NoKey if the register does not open."""
        opened = show_month(person, session, month, site=site, now=now)
        submission = _submission(person.institution, month)
        row = None if submission is None else month_row(submission)
        return cls(person, opened, submission, row, snapshot_of(row, opened), now, alert)

    @property
    def month(self) -> Month:
        return self.opened.month

    @property
    def found(self) -> MonthList:
        return self.opened.found

    @property
    def deadline(self) -> str:
        return "" if self.submission is None else deadline_sentence(self.submission.window, now=self.now)

    @property
    def is_confirmed(self) -> bool:
        return self.row is not None and self.row.confirmed_at is not None

    @property
    def confirmed_by(self) -> str:
        """Whose word it is, where the row still says so."""
        by: User | None = None if self.row is None else self.row.confirmed_by
        return "" if by is None else by.name

    @property
    def was_reopened(self) -> bool:
        """Whether it was confirmed, and a later change took that back."""
        return self.row is not None and self.row.revision > 0 and not self.is_confirmed

    @property
    def differs(self) -> bool:
        """Whether what was confirmed is no longer what the register gives."""
        return self.kept is not None and self.kept.found != self.found

    @property
    def why_not(self) -> str:
        """Why nothing can be confirmed now, as a sentence; empty if it can."""
        if self.submission is None:
            return "За този месец още няма кампания. Месецът се потвърждава, когато тя се отвори."
        try:
            check_open(self.submission.window, now=self.now)
        except Objection as objection:
            return str(objection)
        if not self.person.may(Scope.SIGN):
            return "Потвърждава директорът или лице, което той е упълномощил и да подписва."
        return ""

    @property
    def is_missed(self) -> bool:
        """Whether the deadline has passed without a word."""
        at = None if self.row is None else self.row.confirmed_at
        return self.submission is not None and step_of(self.submission, at, now=self.now) is Step.MISSED

    @property
    def is_due(self) -> bool:
        """Whether there is something to say that is not said yet."""
        return not self.why_not and (not self.is_confirmed or self.differs)

    @property
    def may_confirm(self) -> bool:
        return self.is_due and holds(check_may_confirm, self.found)

    @property
    def may_say_nobody(self) -> bool:
        return self.is_due and holds(check_may_say_nobody, self.found)

    @property
    def without_calendar(self) -> bool:
        """Whether school days are counted by weekdays alone for somebody here."""
        return any(child.band in self.opened.days.without_calendar for child in self.found.children)

    @property
    def year_before(self) -> str:
        return school_year_label(self.month.school_year - 1)


def _submission(institution: str, month: Month) -> Submission | None:
    try:
        return list_of(institution, month)
    except NotFound:
        return None


def spans(periods: tuple[Span, ...]) -> str:
    """``07.12.2020 – 18.12.2020``, several one after another; none is torn at the end of a line."""
    return ", ".join(f"{short_date(span.first)}{NBSP}–{NBSP}{short_date(span.last)}" for span in periods)


def identifier(child: Child) -> str:
    """Masked: the full one is on the papers, where it is needed."""
    return "" if child.id_type is None else f"{child.id_type.label} {masked(child.id_number)}"
