"""What a letter about an occasion is written from, as it is at the moment when it is sent."""

import json
from collections.abc import Callable
from datetime import date, datetime, timedelta
from functools import cached_property
from typing import Any

from portal.actions.site import Site
from portal.domain.letters.fate import LetterState
from portal.domain.letters.kinds import Occasion
from portal.domain.people import Delegate, Director, Scope, Staff
from portal.domain.submissions import Counts, Lock, SubmissionState, Window, submission_state
from portal.domain.times import today
from portal.storage.people.persons import person_of
from portal.storage.register.months import month_row
from portal.storage.tables.campaigns import Campaign, Submission
from portal.storage.tables.institutions import Institution
from portal.storage.tables.letters import OutboxMessage
from portal.storage.tables.people import User

SUSPENDED_FOR = timedelta(hours=1)  # until it is looked at again whether the month still is


class NoLonger(Exception):
    """The letter is not sent: what it would say is over. The sentence stands in the outbox."""


class NotYet(Exception):
    """The letter keeps until then."""

    def __init__(self, until: datetime) -> None:
        super().__init__(until)
        self.until = until


class Matter:
    """One letter. Each thing is asked of the database when a letter first needs it."""

    def __init__(self, row: OutboxMessage, *, site: Site, now: datetime) -> None:
        self.row, self.site, self.now = row, site, now

    @property
    def occasion(self) -> Occasion:
        return Occasion(self.row.kind)

    @cached_property
    def facts(self) -> dict[str, Any]:
        """What was put down when it happened."""
        return dict(json.loads(self.row.facts or "{}"))

    @cached_property
    def user(self) -> User | None:
        """The reader's account; none where the institution itself is written to."""
        return None if self.row.user_id is None else User.get_by_id(self.row.user_id)

    @cached_property
    def person(self) -> Staff | None:
        """The reader as they are now, if they still work for the institution."""
        user = self.user
        if user is None or not user.is_active or user.institution_id != self.row.institution_id:
            return None
        person = person_of(user, today(self.now))
        works = isinstance(person, Director) or (isinstance(person, Delegate) and bool(person.scopes))
        return person if works and isinstance(person, Staff) else None

    @property
    def to(self) -> str:
        """The address as it is now."""
        return str(self.institution.email if self.user is None else self.user.email)

    @cached_property
    def institution(self) -> Institution:
        found: Institution = Institution.get_by_id(self.row.institution_id)
        return found

    @cached_property
    def campaign(self) -> Campaign:
        found: Campaign = Campaign.get_by_id(self.row.campaign_id)
        return found

    @cached_property
    def submission(self) -> Submission:
        found: Submission | None = Submission.get_or_none(
            (Submission.campaign == self.row.campaign_id)
            & (Submission.institution == self.row.institution_id)
        )
        if found is None:
            raise NoLonger("институцията няма списък за месеца")
        return found

    @property
    def counts(self) -> Counts:
        return self.submission.counts

    @property
    def window(self) -> Window:
        """The list's own, with its exception."""
        return self.submission.window

    def deadline(self) -> date:
        """The last day on which the list can be worked on; NoLonger where that is over, NotYet while the
        month is suspended."""
        window = self.window
        if window.closes_on is None:
            raise NoLonger("срокът още не е определен")
        if window.is_over(self.now) or (window.answered and not window.is_correction):
            raise NoLonger("срокът е изтекъл")
        if window.suspended:
            raise NotYet(self.now + SUSPENDED_FOR)
        if window.reopened_until is not None and window.is_past(self.now):
            return today(window.reopened_until)
        return window.closes_on

    @property
    def state(self) -> SubmissionState:
        submission = self.submission
        return submission_state(
            submission.counts,
            Lock(submission.lock),
            checked=submission.checked_at is not None,
            has_account=True,
            past=self.window.is_over(self.now),
        )

    def check_in_time(self) -> None:
        """NoLonger or NotYet unless the list can be worked on."""
        self.deadline()

    def check_unfinished(self) -> None:
        """NoLonger where nobody has anything left to do on the list."""
        if self.state is SubmissionState.CHECKED:
            raise NoLonger("вече е отбелязано „Проверих – няма записи“")
        if self.state.is_complete:
            raise NoLonger("списъкът вече е подписан")

    @cached_property
    def register_confirmed_at(self) -> datetime | None:
        row = month_row(self.submission)
        return None if row is None else row.confirmed_at

    @property
    def is_director(self) -> bool:
        return isinstance(self.person, Director)

    @property
    def scopes(self) -> frozenset[Scope]:
        """What the reader may do for the institution now."""
        person = self.person
        return frozenset() if person is None else frozenset(scope for scope in Scope if person.may(scope))

    def last(self, *occasions: Occasion) -> OutboxMessage | None:
        """The newest letter to the same reader about the same list, of these kinds, that was sent or
        waits."""
        newest = (OutboxMessage.made_at.desc(), OutboxMessage.id.desc())
        found: OutboxMessage | None = self._others(*occasions).order_by(*newest).first()
        return found

    def noted(self, *occasions: Occasion, field: str) -> list[tuple[OutboxMessage, Any]]:
        """The letters of these kinds to the same reader that note something as ``field``, with that; the
        newest first."""
        newest = (OutboxMessage.made_at.desc(), OutboxMessage.id.desc())
        read = [(row, json.loads(row.facts or "{}")) for row in self._others(*occasions).order_by(*newest)]
        return [(row, facts[field]) for row, facts in read if field in facts]

    def _others(self, *occasions: Occasion) -> Any:
        row = self.row
        alike = (OutboxMessage.campaign == row.campaign_id) & (
            OutboxMessage.institution == row.institution_id
        )
        reader = OutboxMessage.user.is_null() if row.user_id is None else OutboxMessage.user == row.user_id
        live = OutboxMessage.state.in_((LetterState.SENT, LetterState.WAITS)) & (OutboxMessage.id != row.id)
        kinds = OutboxMessage.kind.in_([occasion.value for occasion in occasions])
        return OutboxMessage.select().where(alike & reader & live & kinds)

    def last_said(self, *occasions: Occasion, field: str) -> Any:
        """What the newest letter of these kinds that reached the reader noted as ``field``."""
        for row in self._others(*occasions).order_by(OutboxMessage.sent_at.desc(), OutboxMessage.id.desc()):
            if row.state is LetterState.SENT:
                return json.loads(row.facts or "{}").get(field)
        return None

    def note(self, **said: Any) -> None:
        """Keep with the letter, if it is sent, what it said: later ones are about what has changed since."""
        self.row.facts = json.dumps({**self.facts, **said})

    def check_not_in_first(
        self, says_it: Callable[[dict[str, Any]], bool] = lambda said: False, *, since: datetime | None = None
    ) -> None:
        """NoLonger where the letter that the list is there still waits, and so will say it all, or was sent
        and said as much already: after ``since``, or as ``says_it`` tells of what it noted."""
        first = self.last(Occasion.LIST_RECEIVED)
        if first is None:
            return
        is_later = first.sent_at is None or (since is not None and first.sent_at > since)
        if is_later or says_it(json.loads(first.facts or "{}")):
            raise NoLonger(f"влиза в писмото „{Occasion.LIST_RECEIVED.label}“")

    @property
    def list_link(self) -> str:
        return self.site.address(f"/confirmations/{self.campaign.month}")

    @property
    def register_link(self) -> str:
        return self.site.address(f"/quarantine/{self.campaign.month}")
