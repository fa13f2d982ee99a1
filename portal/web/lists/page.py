"""What the list's page shows: the rows class by class, below how far the list is."""

from dataclasses import dataclass, replace
from datetime import datetime

from flask import url_for

from portal.actions.register.beside import DaysOf
from portal.domain.decisions import Case
from portal.domain.diary.agreement import Agreement
from portal.domain.month import Month
from portal.domain.people import Staff
from portal.storage.lists.current import records_of
from portal.storage.lists.reading import Filter, class_groups, classes_of
from portal.storage.lists.school_days import SchoolDays, school_days_of
from portal.storage.tables.campaigns import Record
from portal.web.http.forms import PortalForm
from portal.web.lists.compared import WithDiary
from portal.web.lists.filters import STATE_LABELS, filter_query, inside
from portal.web.lists.forms import DecisionForm, ReturnForm
from portal.web.lists.row import Editor, Row
from portal.web.lists.summary import Summary, summary_of


@dataclass(frozen=True)
class RowGroup:
    label: str
    rows: list[Row]


@dataclass(frozen=True)
class Listing:
    """The page of one list. ``shown`` is how many records the filter or the search let through; ``rest`` how
    many of the whole list „потвърждавам останалите“ would confirm."""

    summary: Summary
    wanted: Filter
    groups: list[RowGroup]
    classes: list[tuple[str, str]]
    returned: list[Row]
    without_calendar: bool
    rest: int
    diary: WithDiary | None = None
    problem: Row | None = None

    @property
    def shown(self) -> int:
        return sum(len(group.rows) for group in self.groups)

    @property
    def rest_shown(self) -> int:
        """How many of those shown wait and may be confirmed."""
        return sum(row.is_of_rest for group in self.groups for row in group.rows)

    @property
    def rest_inside(self) -> str:
        """Where the rest of what is shown could be confirmed at once; empty where that is the whole list,
        where the diary says something else than АСП, or for what was searched for: a name never stands in
        an address."""
        wanted = self.wanted
        is_part = wanted.class_code or wanted.agreement is Agreement.EQUAL
        if not (self.summary.may_decide and is_part and self.rest_shown):
            return ""
        is_doubtful = wanted.agreement not in (None, Agreement.EQUAL)
        return "" if is_doubtful or wanted.words.strip() else inside(wanted, dict(self.classes))

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
        rows = {record.id: row(record) for record in records.listed}
        groups = [
            RowGroup(group.label, [rows[record.id] for record in group.records])
            for group in class_groups(records.listed, wanted)
        ]
        return cls(
            summary=summary,
            wanted=wanted,
            groups=groups,
            classes=classes_of(records.listed),
            returned=[row(record) for record in records.returned],
            without_calendar=_lacks_calendar(days, groups),
            rest=sum(each.is_of_rest for each in rows.values()),
            diary=WithDiary.of(summary.submission, records.listed),
        )

    def has(self, row: Row) -> bool:
        """Whether the row is shown, on the list or below it."""
        shown = [*self.returned, *(each for group in self.groups for each in group.rows)]
        return any(each.record.id == row.record.id for each in shown)

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


def _lacks_calendar(days: SchoolDays, groups: list[RowGroup]) -> bool:
    return any(row.record.band in days.without_calendar for group in groups for row in group.rows)
