"""„Потвърждавам останалите“: confirming every pending record that may be, of a class or of the whole list,
once the names and the consequences were shown."""

import logging
from dataclasses import dataclass, field
from datetime import datetime
from typing import NamedTuple

from portal.actions.lists.confirmations import content_digest, store_decision
from portal.domain.consequences import Total, if_confirmed, totals
from portal.domain.decisions import Case, Decided, Decision
from portal.domain.errors import Conflict, holds
from portal.domain.lists.deciding import check_confirmation
from portal.domain.month import Month
from portal.domain.people import Scope, Staff, check_scope
from portal.domain.submissions import check_may_change
from portal.storage.diary.figures import diary_of
from portal.storage.lists.current import held_list, list_of, records_of
from portal.storage.lists.reading import EVERYTHING, Filter, class_groups, classes_of
from portal.storage.lists.school_days import school_days_of
from portal.storage.tables import audit
from portal.storage.tables.campaigns import Record, Submission
from portal.storage.tables.db import writing

logger = logging.getLogger(__name__)


class Known(NamedTuple):
    """A record, and what a rule has to know of it."""

    record: Record
    case: Case

    @property
    def if_confirmed(self) -> str:
        return if_confirmed(self.case)


@dataclass(frozen=True)
class Rest:
    """What would be confirmed, class by class, and what has to be decided one by one. ``version`` is another
    one whenever that may be; ``classes`` are all of the list's, by how they stand in an address."""

    version: int
    classes: dict[str, str]
    groups: dict[str, list[Known]] = field(default_factory=dict)
    left: list[Known] = field(default_factory=list)

    @property
    def confirmable(self) -> list[Known]:
        return [known for group in self.groups.values() for known in group]

    @property
    def totals(self) -> list[Total]:
        """How many of each kind would be confirmed, and what that means for these families."""
        return totals((case, Decision.CONFIRMED) for _, case in self.confirmable)


def rest_of(person: Staff, month: Month, within: Filter = EVERYTHING, *, now: datetime) -> Rest:
    """What „потвърждавам останалите“ would do now."""
    check_scope(person, Scope.DECIDE)
    submission = list_of(person.institution, month)
    check_may_change(submission.window, submission.lock, now=now)
    return _rest(submission, month, within)


def confirm_rest(
    person: Staff, month: Month, within: Filter = EVERYTHING, *, seen: int | None, now: datetime
) -> int:
    """Confirm them all and say how many. ``seen`` is the version of what was shown with its consequences:
    what changed since is shown again first."""
    check_scope(person, Scope.DECIDE)
    with writing():
        submission = held_list(person.institution, month)
        check_may_change(submission.window, submission.lock, now=now)
        rest = _rest(submission, month, within)
        if seen is not None and seen != rest.version:
            raise Conflict("Междувременно списъкът се е променил. Прегледайте числата отново и потвърдете.")
        for record, _ in rest.confirmable:
            store_decision(record, Decided(Decision.CONFIRMED), person, now=now)
            audit.add(
                person,
                Decision.CONFIRMED.code,
                f"record:{record.id}",
                now=now,
                chain=person.institution,
                content=content_digest(record),
            )
        if rest.confirmable:
            Submission.recount([submission.id])
    logger.info("%s records confirmed together by user %s", len(rest.confirmable), person.user_id)
    return len(rest.confirmable)


def _rest(submission: Submission, month: Month, within: Filter) -> Rest:
    days = school_days_of(submission.institution_id, month)
    listed = records_of(submission).listed
    rest = Rest(_version(submission, within), dict(classes_of(listed)))
    for group in class_groups(listed, within):
        may_be: list[Known] = []
        for record in group.records:
            if record.decision is not Decision.PENDING:
                continue
            case = record.case(days.count(record.band))
            (may_be if holds(check_confirmation, case) else rest.left).append(Known(record, case))
        if may_be:
            rest.groups[group.label] = may_be
    return rest


def _version(submission: Submission, within: Filter) -> int:
    """Of the list, and of the diary as well where that chooses the records: both only ever grow."""
    diary = None if within.agreement is None else diary_of(submission)
    return submission.version + (0 if diary is None else diary.version)
