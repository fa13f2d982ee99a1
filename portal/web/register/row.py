"""One entry as it is drawn: the same row on the page, in a response to HTMX, and after an error."""

from dataclasses import dataclass, replace
from datetime import date, datetime
from enum import Enum
from itertools import pairwise
from typing import Any

from portal.domain.identifiers import masked
from portal.domain.register.days import Standing, is_away, period, standing, standing_sentence
from portal.domain.register.entry import Entry, folded_class
from portal.domain.register.revisions import CHANGES, revisions
from portal.domain.register.striking import counted
from portal.domain.times import short_date, stamp
from portal.web.register.forms import EntryForm, StrikingForm


class Group(Enum):
    """The parts of the list, in the order of the page; the values are those of the filter."""

    DUE = "answer"
    IN_QUARANTINE = "in"
    COMING = "coming"
    RELEASED = "released"
    STRUCK_OUT = "struck"
    UNREADABLE = "unreadable"

    @property
    def label(self) -> str:
        return _GROUP_LABELS[self]

    @property
    def word(self) -> str:
        """Of those who are in it, as the filter says it."""
        return _GROUP_WORDS[self]


_GROUP_LABELS = {
    Group.DUE: "За решаване: освободено или удължена карантина?",
    Group.IN_QUARANTINE: "Под карантина",
    Group.COMING: "Предстоят",
    Group.RELEASED: "Освободени",
    Group.STRUCK_OUT: "Зачеркнати",
    Group.UNREADABLE: "Не могат да бъдат отворени",
}
_GROUP_WORDS = {
    Group.DUE: "за решаване",
    Group.IN_QUARANTINE: "под карантина",
    Group.COMING: "предстоят",
    Group.RELEASED: "освободени",
    Group.STRUCK_OUT: "зачеркнати",
}
PLANNED = "planned_until"  # the one field that a row shows before it is opened
_GROUPS = {
    Standing.ENDS_TODAY: Group.DUE,
    Standing.OVERDUE: Group.DUE,
    Standing.IN_QUARANTINE: Group.IN_QUARANTINE,
    Standing.COMING: Group.COMING,
    Standing.RELEASED: Group.RELEASED,
}


@dataclass(frozen=True)
class Wanted:
    """What is looked for. It travels in the body of a request, and is kept nowhere."""

    words: str = ""
    group: Group | None = None
    class_name: str = ""

    @property
    def is_on(self) -> bool:
        return bool(self.words or self.group or self.class_name)

    @property
    def groups(self) -> list[Group]:
        """Those that can be asked for."""
        return list(_GROUP_WORDS)

    @property
    def filtered_by(self) -> str:
        """``под карантина, 5А``; empty where neither is asked for."""
        return ", ".join(filter(None, (self.group and _GROUP_WORDS.get(self.group), self.class_name)))

    def lets(self, row: "Row") -> bool:
        if row.entry is None:
            return not self.words and not self.class_name and self.group in (None, Group.UNREADABLE)
        in_class = folded_class(self.class_name)
        return (
            self.group in (None, row.group)
            and (not in_class or folded_class(row.entry.class_name) == in_class)
            and row.entry.matches(self.words)
        )


@dataclass(frozen=True)
class Revision:
    """One line of an entry's history; ``changed`` are labels with what stood there before and after."""

    by: str
    at: datetime | None
    changed: tuple[tuple[str, str, str], ...]


@dataclass(frozen=True)
class Row:
    """``form`` carries what was typed and what is wrong with it; ``is_open`` shows the form of everything
    and the history; ``alert`` says what happened meanwhile; ``striking`` strikes the entry out."""

    id: str
    revision: int
    entry: Entry | None
    day: date
    form: EntryForm
    is_past: bool = False  # of an earlier school year
    is_open: bool = False
    alert: str = ""
    striking: StrikingForm | None = None

    def opened(self) -> "Row":
        """With the form of everything, filled in."""
        if self.entry is None:
            return self
        return replace(self, is_open=True, form=EntryForm.showing(self.entry), striking=StrikingForm())

    def not_struck_out(self, form: StrikingForm, alert: str) -> "Row":
        """What was typed to strike it out stands there still, with what is wrong."""
        return replace(self.opened(), striking=form, alert=alert)

    def wrong(self, form: EntryForm, *, is_open: bool) -> "Row":
        """What was typed stands there still, with what is wrong."""
        is_open = is_open and self.entry is not None
        return replace(self, form=form, is_open=is_open, striking=StrikingForm() if is_open else None)

    def conflicting(self, alert: str, *, is_open: bool) -> "Row":
        """As it is now, and why the change was not made."""
        return replace(self.opened() if is_open else self, alert=alert)

    @property
    def group(self) -> Group:
        if self.entry is None:
            return Group.UNREADABLE
        return Group.STRUCK_OUT if self.entry.is_struck_out else _GROUPS[standing(self.entry, self.day)]

    @property
    def is_due(self) -> bool:
        """Whether somebody has to say now: released, or extended."""
        return self.group is Group.DUE

    @property
    def is_away(self) -> bool:
        """Whether today is one of the quarantine's days; past the planned end nobody knows."""
        return any(is_away(entry, self.day) for entry in counted([self.entry]))

    @property
    def sentence(self) -> str:
        if self.entry is None:
            return ""
        if self.entry.is_struck_out:
            when = f" на {stamp(self.entry.at)}" if self.entry.at else ""
            return f"Зачеркнат{when}, {self.entry.by}: {self.entry.struck_out}"
        return standing_sentence(self.entry, self.day)

    @property
    def masked_number(self) -> str:
        entry = self.entry
        if entry is None or entry.id_type is None:
            return ""
        return f"{entry.id_type.label} {masked(entry.id_number)}"

    @property
    def last_day(self) -> date | None:
        """On which one press releases: today; where the planned end has passed, that day."""
        if self.entry is None or self.group not in (Group.DUE, Group.IN_QUARANTINE):
            return None
        return min(self.day, self.entry.planned_until)

    @property
    def may_extend(self) -> bool:
        return self.last_day is not None or self.group is Group.COMING

    @property
    def order(self) -> tuple[date, tuple[str, str]]:
        """What is longest overdue first, what begins or ends soonest; the released from the newest back."""
        assert self.entry is not None
        first, last = period(self.entry).first, period(self.entry).last
        if self.group in (Group.RELEASED, Group.STRUCK_OUT):
            return date.fromordinal(date.max.toordinal() - last.toordinal()), self.entry.by_name
        return first if self.group is Group.COMING else last, self.entry.by_name

    @property
    def history(self) -> list[Revision]:
        """From the first revision on."""
        if self.entry is None:
            return []
        every = revisions(self.entry)
        first = Revision(every[0].by, every[0].at, ())
        later = pairwise(every)
        return [first, *(Revision(b.by, b.at, _differences(a, b)) for a, b in later)]

    def id_of(self, name: str) -> str:
        """The id of one field of this row; that of the row itself for what is not there to type in."""
        return f"{name}-{self.id}" if self.is_open or name == PLANNED else f"entry-{self.id}"

    @property
    def errors(self) -> list[tuple[str, str]]:
        """What is wrong, each with the id of its field."""
        found = [(self.id_of(each.name), text) for each in self.form for text in each.errors]
        found += [(f"why-{self.id}", text) for text in self.striking.why.errors] if self.striking else []
        return found + [(f"entry-{self.id}", text) for text in (*self.form.form_errors, self.alert) if text]

    @property
    def says(self) -> str:
        """What the row itself has to say: all that no field of it says."""
        return " ".join(text for name, text in self.errors if name == f"entry-{self.id}")

    @property
    def is_extending(self) -> bool:
        """Whether the new planned end stands open, with something to put right in it."""
        return bool(self.form.planned_until.errors)


def _differences(before: Entry, after: Entry) -> tuple[tuple[str, str, str], ...]:
    pairs = ((label, getattr(before, name), getattr(after, name)) for name, label in CHANGES.items())
    return tuple((label, _word(one), _word(other)) for label, one, other in pairs if one != other)


def _word(value: Any) -> str:
    if value is None or value == "":
        return "няма"
    if isinstance(value, date):
        return short_date(value)
    return str(getattr(value, "label", value))
