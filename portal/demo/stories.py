"""What the other institutions have done before a visitor arrives, each through its own director."""

from dataclasses import replace
from datetime import datetime
from decimal import Decimal

from portal.actions.lists.confirmations import decide, note_first_opening, say_nothing_to_confirm, send_back
from portal.actions.signing.signing import sign, unsign
from portal.actions.site import Site
from portal.demo.schools import PASSWORD, SCHOOLS, School, Story
from portal.domain.decisions import Case, Decided, Decision, Reason, RefusalReason
from portal.domain.enrolled import Enrolled
from portal.domain.errors import holds
from portal.domain.lists.deciding import check_confirmation
from portal.domain.month import Month
from portal.domain.people import Director, Role
from portal.domain.placement import FIRST_CLASS, LAST_CLASS
from portal.domain.signing.qualified import KINDS
from portal.domain.times import today
from portal.storage.lists.current import list_of
from portal.storage.lists.school_days import school_days_of
from portal.storage.people.persons import person_of
from portal.storage.tables.campaigns import Record
from portal.storage.tables.people import User

EVERY = 4  # each fourth child is refused
NOTE = "По дневника на паралелката и представената медицинска бележка."


def play(month: Month, *, site: Site, now: datetime) -> None:
    for school in SCHOOLS:
        if school.director and school.story is not Story.UNTOUCHED:
            _play(_director(school, now=now), school.story, month, site=site, now=now)


def _director(school: School, *, now: datetime) -> Director:
    user = User.get(
        (User.institution == school.code) & (User.role == Role.DIRECTOR) & User.disabled_at.is_null()
    )
    person = person_of(user, today(now))
    assert isinstance(person, Director)
    return person


def _play(director: Director, story: Story, month: Month, *, site: Site, now: datetime) -> None:
    submission = list_of(director.institution, month)
    note_first_opening(director, submission, now=now)
    if story is Story.CHECKED:
        say_nothing_to_confirm(director, month, now=now)
        return
    records = list(Record.on(submission).order_by(Record.id))
    decided = records[: len(records) // 2] if story is Story.STARTED else records
    for number, record in enumerate(decided):
        _decide(director, month, record, refused=number % EVERY == 1, now=now)
    if story is Story.STARTED:
        send_back(director, month, records[-1].id, "Детето не е при нас от миналата година.", now=now)
    if story in (Story.SIGNED, Story.UNSIGNED):
        by_any = replace(site, signature_kinds=frozenset(KINDS))  # these signed before, whatever counts today
        sign(director, month, PASSWORD, site=by_any, now=now)
    if story is Story.UNSIGNED:
        unsign(director, month, "Сгрешен брой дни на едно дете.", now=now)


def _decide(director: Director, month: Month, record: Record, *, refused: bool, now: datetime) -> None:
    case = record.case(school_days_of(director.institution, month).count(record.band))
    confirms = not refused and holds(check_confirmation, case)
    decided = Decided(Decision.CONFIRMED) if confirms else refusal(case)
    if decided.certificate:
        decided = replace(decided, enrolled=_enrolled(record, month))
    decide(director, month, record.id, decided, seen=record.version, now=now)


def _enrolled(record: Record, month: Month) -> Enrolled:
    """As the enrolments have the child, from the month's first day on."""
    code = record.class_code
    grade = code if code is not None and FIRST_CLASS <= code <= LAST_CLASS else None
    name = "група „Звездички“" if grade is None else f"{grade} а"
    return Enrolled(f"{record.id}-{month.year}", month.first, name, month.first)


def refusal(case: Case) -> Decided:
    """One that the rules let pass."""
    if case.reason is Reason.UNENROLLED:
        return Decided(
            Decision.REFUSED, None, RefusalReason.ENTERED_LATE, NOTE, certificate=True, placed=True
        )
    corrected = Decimal(2) if case.reason is Reason.ABSENCE else Decimal(case.school_days // 2)
    if corrected == case.figure:
        corrected -= 1
    return Decided(Decision.REFUSED, corrected, RefusalReason.LATE_NOTE, NOTE)
