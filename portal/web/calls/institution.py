"""One institution as the offices see it: all that it has done for a month, and no child."""

from dataclasses import dataclass
from datetime import datetime

from flask import Blueprint, render_template
from flask.typing import ResponseReturnValue

from portal.domain.calls.order import is_to_call
from portal.domain.calls.shown import why_shown
from portal.domain.deadlines import deadline_sentence
from portal.domain.month import Month
from portal.domain.people import Director, Operator, Role, Ruo
from portal.storage.calls.institution import (
    corrections_in,
    login_days,
    people_of,
    year_of,
)
from portal.storage.calls.reading import list_for
from portal.storage.home.months import CurrentMonths, current_months
from portal.storage.home.next_steps import removals_without_new
from portal.storage.letters.reading import letters_about
from portal.storage.register.months import confirmed_months
from portal.storage.tables.campaigns import Submission
from portal.web.calls.page import row_of
from portal.web.http import clock
from portal.web.http.guards import allow
from portal.web.lists.card import ListCard
from portal.web.lists.summary import Summary
from portal.web.register.cards import step_of

overseen = Blueprint("overseen", __name__, url_prefix="/oversight/<month:month>/institutions")


@dataclass(frozen=True)
class Seen:
    """What the director sees of one month on the first page: the list's card, why it says that, and how the
    register's month stands (a label; empty where nothing of it is there)."""

    card: ListCard
    why: str
    register: str


@overseen.get("/<code:code>")
@allow(Ruo, Operator)
def show(person: Ruo | Operator, month: Month, code: str) -> ResponseReturnValue:
    now = clock.now()
    submission = list_for(person, month, code)
    campaign = submission.campaign
    row = row_of(campaign, code, person.user_id, now=now)
    people = people_of(code)
    return render_template(
        "calls/institution.html",
        month=month,
        submission=submission,
        place=submission.institution,
        row=row,
        is_late=row is not None and is_to_call(campaign.window, row.standing, now=now),
        summary=_summary(submission, now=now),
        deadline=deadline_sentence(campaign.window, now=now),
        register_confirmed_at=confirmed_months([submission]).get(submission.campaign_id),
        director=next((user for user in people if user.role is Role.DIRECTOR and user.is_active), None),
        directors=[user for user in people if user.role is Role.DIRECTOR],
        logins=login_days(people),
        seen=_seen(current_months(code), now=now),
        letters=letters_about(campaign, code),
        corrections=corrections_in(campaign, code),
        year=year_of(code, now=now),
        region=submission.institution.region if isinstance(person, Operator) else None,
        now=now,
    )


def _seen(months: CurrentMonths, *, now: datetime) -> list[Seen]:
    found, removals = [], removals_without_new(months.lists)
    for row in months.lists:
        summary = _summary(row, now=now)
        # How many АСП changed or were sent back stands on the card too; that is the institution's alone.
        card = ListCard(summary, removals.get(row.id), 0, 0, summary.signature_waits)
        step = step_of(row, months.confirmed_at(row), now=now)
        found.append(
            Seen(
                card,
                why_shown(summary.state, row.window, summary.missed, now=now),
                "" if step is None else step.label,
            )
        )
    return sorted(found, key=lambda each: each.card.order)


def _summary(submission: Submission, *, now: datetime) -> Summary:
    """As its director, whoever that is, sees it."""
    place = submission.institution
    return Summary(Director(0, "", "", place.code, place.name), submission.campaign.month, submission, now)
