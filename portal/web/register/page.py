"""What the register's page shows: who is in quarantine today, with those to release or extend first."""

from dataclasses import dataclass, field, replace
from datetime import date, datetime
from functools import cached_property

from portal.actions.register.keys.collection import collections_of
from portal.actions.register.keys.holders import envelope_of
from portal.actions.register.keys.session import Session, open_until
from portal.actions.register.reading import Reading, read_all
from portal.actions.site import Site
from portal.domain.errors import NotFound
from portal.domain.month import Month
from portal.domain.people import Director, Staff
from portal.domain.register.entry import PersonKind, school_year_label, school_year_of
from portal.domain.times import local, today
from portal.storage.home.months import current_months
from portal.storage.lists.enrolled import classes_of, enrolled_in
from portal.storage.register.due import Erasure, erasures_of
from portal.storage.tables.institutions import Enrolment
from portal.web.register.cards import Step, step_of
from portal.web.register.enrolled import Found, class_names, find, standings
from portal.web.register.forms import EntryForm
from portal.web.register.row import Group, Row, Wanted

EVERYBODY = Wanted()


def is_before_envelope(institution: str) -> bool:
    """Whether nobody can be entered yet, and nobody was: lost keys would lose the names."""
    return envelope_of(institution) is None and not collections_of(institution)


@dataclass(frozen=True)
class RegisterPage:
    """The register as one person sees it now. ``rows`` are all of it, ``wanted`` chooses among them;
    ``form`` enters a person; ``problem`` is a row that was not changed."""

    person: Staff
    reading: Reading
    rows: list[Row]
    open_until: str
    now: datetime
    wanted: Wanted = EVERYBODY
    form: EntryForm = field(default_factory=EntryForm)
    shown_row: Row | None = None  # one that the person came for, folded or not
    problem: Row | None = None
    alert: str = ""
    entered: str = ""  # the id of who was entered just now
    found: Found | None = None  # among the enrolled children
    is_filled: bool = False  # by one of them

    @classmethod
    def of(
        cls,
        person: Staff,
        session: Session,
        *,
        wanted: Wanted = EVERYBODY,
        form: EntryForm | None = None,
        site: Site,
        now: datetime,
    ) -> "RegisterPage":
        """Locked, ReasonDue or NoKey if it does not open."""
        reading = read_all(person, session, site=site, now=now)
        this_year = school_year_of(today(now))
        blank = EntryForm()
        rows = [
            Row(kept.id, kept.revision, kept.entry, today(now), blank, year.school_year < this_year)
            for year in reading.years
            for kept in year.kept
        ]
        until = open_until(session)
        return cls(
            person,
            reading,
            rows,
            "" if until is None else local(until).strftime("%H:%M"),
            now,
            wanted,
            form or EntryForm(),
        )

    @property
    def day(self) -> date:
        return today(self.now)

    @property
    def groups(self) -> list[tuple[Group, list[Row]]]:
        """What is shown at once; without a filter those who count today no more are folded."""
        parts = [(group, self._in(group)) for group in Group]
        return [(group, rows) for group, rows in parts if rows and group not in self._over]

    @property
    def folded(self) -> list[tuple[Group, list[Row], bool]]:
        """The rest of this school year; whether the person came for one of them."""
        own = self.shown_row.id if self.shown_row is not None else ""
        found = []
        for group in self._over:
            rows = [row for row in self._in(group) if not row.is_past or row.id == own]
            if rows:
                found.append((group, rows, own in {row.id for row in rows}))
        return found

    @property
    def _over(self) -> tuple[Group, ...]:
        return () if self.wanted.is_on else (Group.RELEASED, Group.STRUCK_OUT)

    def _in(self, group: Group) -> list[Row]:
        found = [row for row in self.rows if row.group is group and self.wanted.lets(row)]
        return found if group is Group.UNREADABLE else sorted(found, key=lambda row: row.order)

    @property
    def shown(self) -> int:
        return sum(len(rows) for _, rows in self.groups)

    @property
    def children(self) -> int:
        return self._away(child=True)

    @property
    def staff(self) -> int:
        return self._away(child=False)

    @property
    def waiting(self) -> int:
        """How many wait to be released or extended."""
        return sum(row.is_due for row in self.rows)

    def _away(self, *, child: bool) -> int:
        return sum(
            row.is_away and row.entry is not None and (row.entry.person is PersonKind.CHILD) is child
            for row in self.rows
        )

    @property
    def classes(self) -> list[str]:
        """Of those who are in it, as they were typed first, each once."""
        return class_names((row.entry for row in self.rows), [])

    @property
    def class_choices(self) -> list[str]:
        """The same, and those of the enrolments."""
        return class_names((row.entry for row in self.rows), self._children)

    @property
    def enrolled(self) -> list[tuple[int, str, int]]:
        """The classes that can be entered whole."""
        return classes_of(self._children)

    @cached_property
    def _children(self) -> list[Enrolment]:
        return enrolled_in(self.person.institution)

    def finding(self, words: str) -> "RegisterPage":
        """The same page with the enrolled children whom ``words`` find."""
        in_register = standings((row.entry for row in self.rows), self.day)
        return replace(self, found=find(self.person, words, in_register))

    @property
    def months(self) -> list[tuple[Month, Step | None]]:
        """This one, and those that the campaigns ask about, with how each stands."""
        found: dict[Month, Step | None] = {Month.of(self.day): None}
        asked = current_months(self.person.institution)
        for row in asked.lists:
            found[row.campaign.month] = step_of(row, asked.confirmed_at(row), now=self.now)
        return sorted(found.items(), reverse=True)

    @property
    def erasures(self) -> list[Erasure]:
        return erasures_of(self.person.institution)

    @property
    def is_director(self) -> bool:
        return isinstance(self.person, Director)

    @property
    def has_envelope(self) -> bool:
        return envelope_of(self.person.institution) is not None

    @property
    def broken(self) -> list[str]:
        return [school_year_label(year) for year in self.reading.broken]

    @property
    def closed(self) -> list[str]:
        return [school_year_label(year) for year in self.reading.closed]

    def row(self, entry_id: str) -> Row:
        """One row; for anyone else there is none."""
        found = next((row for row in self.rows if row.id == entry_id), None)
        if found is None:
            raise NotFound("Няма такъв запис в регистъра.")
        return found

    def with_row(self, row: Row, *, problem: bool = False) -> "RegisterPage":
        """The same page with ``row`` as it is drawn now, unfolded."""
        rows = [row if other.id == row.id else other for other in self.rows]
        return replace(self, rows=rows, shown_row=row, problem=row if problem else None)
