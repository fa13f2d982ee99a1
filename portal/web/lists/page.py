"""What the list's page shows: progress, what can be done now, and the rows class by class."""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import datetime

from flask import url_for

from portal.actions.register.beside import DaysOf
from portal.domain.calendar import long_date
from portal.domain.campaigns.corrections import check_may_ask_now
from portal.domain.decisions import Case, Decision
from portal.domain.diary.agreement import Agreement
from portal.domain.errors import Objection, holds
from portal.domain.institutions import check_not_closed
from portal.domain.lists.slips import check_slips
from portal.domain.month import Month
from portal.domain.people import Scope, Staff
from portal.domain.placement import class_label
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
from portal.storage.lists.current import list_of, records_of
from portal.storage.lists.reading import UNKNOWN_CLASS, Filter, class_groups, classes_of, lists_of
from portal.storage.lists.school_days import SchoolDays, school_days_of
from portal.storage.tables.campaigns import Record, Submission
from portal.storage.tables.qualified import waits_on
from portal.web.http.forms import PortalForm
from portal.web.lists.compared import WithDiary
from portal.web.lists.forms import DecisionForm, ReturnForm
from portal.web.lists.row import Editor, Row

STATES = {decision.code: decision for decision in Decision}
AGREEMENTS = {agreement.value: agreement for agreement in Agreement}
STATE_LABELS = {"pending": "за преглед", "confirmed": "потвърдени", "refused": "отказани"}


def read_filter(sent: Mapping[str, str]) -> Filter:
    """``?state=pending&class=7&diary=equal``; what is not known filters nothing."""
    return Filter(
        STATES.get(sent.get("state", "")),
        sent.get("class", "")[:8],
        agreement=AGREEMENTS.get(sent.get("diary", "")),
    )


def filter_query(wanted: Filter) -> dict[str, str]:
    """The filter as it stands in an address; the searched words never do."""
    query = {
        "state": wanted.state.code if wanted.state is not None else "",
        "class": wanted.class_code,
        "diary": wanted.agreement.value if wanted.agreement is not None else "",
    }
    return {name: value for name, value in query.items() if value}


def inside(within: Filter) -> str:
    """Where „останалите“ are: ``във V клас``, ``в целия списък, при които дневникът съвпада``."""
    which = ", при които дневникът съвпада" if within.agreement is Agreement.EQUAL else ""
    return f"{_inside_class(within.class_code)}{which}"


def _inside_class(class_code: str) -> str:
    if not class_code:
        return "в целия списък"
    if class_code == UNKNOWN_CLASS:
        return "сред децата без посочен клас"
    try:
        label = class_label(int(class_code))
    except ValueError:
        return "в този клас"
    return f"{'във' if label.startswith('V') else 'в'} {label}"


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
        return self.person.may(Scope.SIGN) and holds(
            check_may_sign,
            self.submission.window,
            self.submission.lock,
            self.submission.counts,
            now=self.now,
        )

    @property
    def may_say_ready(self) -> bool:
        """Whether to offer telling the director: for who prepares the decisions and cannot sign."""
        return (
            self.person.may(Scope.DECIDE)
            and not self.person.may(Scope.SIGN)
            and holds(
                check_may_sign,
                self.submission.window,
                self.submission.lock,
                self.submission.counts,
                now=self.now,
            )
        )

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


@dataclass(frozen=True)
class RowGroup:
    label: str
    rows: list[Row]


@dataclass(frozen=True)
class Listing:
    """The page of one list. ``shown`` is how many records the filter or the search let through."""

    summary: Summary
    wanted: Filter
    groups: list[RowGroup]
    classes: list[tuple[str, str]]
    returned: list[Row]
    without_calendar: bool
    diary: WithDiary | None = None
    problem: Row | None = None

    @property
    def shown(self) -> int:
        return sum(len(group.rows) for group in self.groups)

    @property
    def pending_shown(self) -> int:
        return sum(row.state == "pending" for group in self.groups for row in group.rows)

    @property
    def rest_inside(self) -> str:
        """Where the rest of what is shown could be confirmed at once; empty where that is the whole list,
        where the diary says something else than АСП, or for what was searched for: a name never stands in
        an address."""
        wanted = self.wanted
        is_part = wanted.class_code or wanted.agreement is Agreement.EQUAL
        if not (self.summary.may_decide and is_part and self.pending_shown):
            return ""
        is_doubtful = wanted.agreement not in (None, Agreement.EQUAL)
        return "" if is_doubtful or wanted.words.strip() else inside(wanted)

    @property
    def states(self) -> list[tuple[str, str]]:
        """Value and label of each state, as the filter offers them."""
        return list(STATE_LABELS.items())

    @property
    def filtered_by(self) -> str:
        """``за преглед, IV клас, по дневника – съвпада``; empty where none of the three is asked for."""
        state = "" if self.wanted.state is None else STATE_LABELS[self.wanted.state.code]
        in_class = dict(self.classes).get(self.wanted.class_code, self.wanted.class_code)
        by_diary = "" if self.wanted.agreement is None else f"по дневника – {self.wanted.agreement.label}"
        return ", ".join(filter(None, (state, in_class, by_diary)))

    @property
    def address(self) -> str:
        return url_for("lists.index", month=self.summary.month)

    @property
    def query(self) -> dict[str, str]:
        return filter_query(self.wanted)

    @classmethod
    def of(
        cls, person: Staff, month: Month, wanted: Filter, *, now: datetime, register: DaysOf | None = None
    ) -> "Listing":
        """``register`` has the days of those in quarantine, for whoever has it open."""
        summary = summary_of(person, month, now=now)
        days = school_days_of(person.institution, month)
        may_decide, deciding, returning = summary.may_decide, DecisionForm(), ReturnForm()

        def row(record: Record) -> Row:
            case = record.case(days.count(record.band))
            drawn = Row(record, case, may_decide, deciding, returning)
            return drawn.beside(register)

        records = records_of(summary.submission)
        groups = [
            RowGroup(group.label, [row(record) for record in group.records])
            for group in class_groups(records.listed, wanted)
        ]
        return cls(
            summary=summary,
            wanted=wanted,
            groups=groups,
            classes=classes_of(records.listed),
            returned=[row(record) for record in records.returned],
            without_calendar=_lacks_calendar(days, groups),
            diary=WithDiary.of(summary.submission, records.listed),
        )

    def with_problem(self, row: Row) -> "Listing":
        """The same page with ``row`` as it was drawn, and the problem summed up at the top."""

        def swapped(other: Row) -> Row:
            return row if other.record.id == row.record.id else other

        groups = [RowGroup(group.label, [swapped(r) for r in group.rows]) for group in self.groups]
        returned = [swapped(r) for r in self.returned]
        return replace(self, groups=groups, returned=returned, problem=row)

    def opening(self, record_id: int, editor: Editor) -> "Listing":
        """The same page with what may be written about one record open below it."""

        def opened(row: Row) -> Row:
            return replace(row, opened=editor) if row.record.id == record_id else row

        groups = [RowGroup(group.label, [opened(row) for row in group.rows]) for group in self.groups]
        return replace(self, groups=groups)


def summary_of(person: Staff, month: Month, *, now: datetime) -> Summary:
    return Summary(person, month, list_of(person.institution, month), now)


def row_of(
    summary: Summary,
    record: Record,
    case: Case,
    *,
    form: PortalForm | None = None,
    alert: str = "",
    register: DaysOf | None = None,
) -> Row:
    """The row as it is now; ``form`` carries what was typed and what is wrong with it."""
    deciding = form if isinstance(form, DecisionForm) else DecisionForm()
    returning = form if isinstance(form, ReturnForm) else ReturnForm()
    return Row(record, case, summary.may_decide, deciding, returning, alert).beside(register)


def months_of(person: Staff, *, now: datetime) -> list[Summary]:
    """Every campaign's list of the person's institution, the newest first."""
    return [Summary(person, row.campaign.month, row, now) for row in lists_of(person.institution)]


def _lacks_calendar(days: SchoolDays, groups: list[RowGroup]) -> bool:
    return any(row.record.band in days.without_calendar for group in groups for row in group.rows)
