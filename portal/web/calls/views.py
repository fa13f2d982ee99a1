"""Whom to call, in what order; calling one, and noting what came of it. It names no child."""

from datetime import datetime

from flask import Blueprint, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from werkzeug.wrappers import Response

from portal.actions.calls.claiming import claim_call, give_up_call, keep_claim
from portal.actions.calls.noting import note_call
from portal.domain.calls.claims import others_claim
from portal.domain.calls.order import Turn, is_to_call
from portal.domain.deadlines import deadline_sentence
from portal.domain.month import Month
from portal.domain.people import Operator, Ruo
from portal.domain.times import stamp
from portal.storage.calls.claims import claim_on
from portal.storage.calls.reading import list_for
from portal.storage.campaigns.progress import standings
from portal.storage.tables.campaigns import Campaign
from portal.web.calls.forms import CallForm
from portal.web.calls.page import call_list, count_to_call, row_of
from portal.web.http import clock
from portal.web.http.attempts import attempt
from portal.web.http.converters import asked_region
from portal.web.http.guards import allow
from portal.web.http.htmx import wants_fragment

SHOWN = 50  # of the country; a region is shown whole

calls = Blueprint("calls", __name__, url_prefix="/oversight/<month:month>/calls")


@calls.get("")
@allow(Ruo, Operator)
def index(person: Ruo | Operator, month: Month) -> ResponseReturnValue:
    now, campaign = clock.now(), Campaign.for_month(month)
    region = person.region if isinstance(person, Ruo) else asked_region(request.args)
    most = SHOWN if region is None else None
    found = call_list(campaign, region, person.user_id, most=most, now=now)
    return render_template(
        "calls/index.html",
        month=month,
        campaign=campaign,
        state=campaign.window.state(now),
        deadline=deadline_sentence(campaign.window, now=now),
        found=found,
        turns=[(turn, rows) for turn in Turn if (rows := found.of(turn))],
        region=region,
        own=isinstance(person, Ruo),
        now=now,
    )


@calls.get("/<code:code>")
@allow(Ruo, Operator)
def show(person: Ruo | Operator, month: Month, code: str) -> ResponseReturnValue:
    return _page(person, month, code)


@calls.post("/<code:code>")
@allow(Ruo, Operator)
def note(person: Ruo | Operator, month: Month, code: str) -> ResponseReturnValue:
    form = CallForm(request.form)
    with attempt(form) as tried:
        call = note_call(person, month, code, form.noted(), began=form.began_at(), now=clock.now())
    if tried.failed:
        return tried.reply(_page(person, month, code, form, alert=tried.alert))
    flash(f"Обаждането е записано. {_what_follows(person, month, code, call.next_at)}")
    return _to_list(person, month, code)


@calls.post("/<code:code>/claim")
@allow(Ruo, Operator)
def claim(person: Ruo | Operator, month: Month, code: str) -> ResponseReturnValue:
    with attempt() as tried:
        claim_call(person, month, code, now=clock.now())
    if tried.failed:
        return tried.reply(_page(person, month, code, alert=tried.alert))
    return redirect(url_for(".show", month=month, code=code), 303)


@calls.post("/<code:code>/renew")
@allow(Ruo, Operator)
def renew(person: Ruo | Operator, month: Month, code: str) -> ResponseReturnValue:
    """„Още говоря“, by the button or by the page itself."""
    now = clock.now()
    kept = keep_claim(person, month, code, now=now)
    if wants_fragment():
        other = others_claim(claim_on(code), person.user_id, now=now)
        return render_template("calls/_turn.html", month=month, code=code, claim=kept, other=other)
    if kept is None:
        flash("Времето за това обаждане изтече. Започнете го отново, ако още говорите.")
    return redirect(url_for(".show", month=month, code=code), 303)


@calls.post("/<code:code>/release")
@allow(Ruo, Operator)
def release(person: Ruo | Operator, month: Month, code: str) -> ResponseReturnValue:
    give_up_call(person, month, code)
    flash("Обаждането е оставено. Друг може да го започне.")
    return _to_list(person, month, code)


def _what_follows(person: Ruo | Operator, month: Month, code: str, next_at: datetime) -> str:
    """When to call again; of an institution that is done or can do nothing any more, nobody calls."""
    now, campaign = clock.now(), list_for(person, month, code).campaign
    if count_to_call(campaign, standings(campaign, now=now, codes=[code]), now=now) == 0:
        return "Институцията вече не е в списъка за обаждане."
    return f"Следващо: {stamp(next_at)}" if next_at > now else "Може да се търси веднага."


def _to_list(person: Ruo | Operator, month: Month, code: str) -> Response:
    """Back to the row, if it still stands there; the operator to the region's list."""
    region = None
    if isinstance(person, Operator):
        region = list_for(person, month, code).institution.region
    return redirect(url_for(".index", month=month, region=region, _anchor=f"call-{code}"), 303)


def _page(
    person: Ruo | Operator, month: Month, code: str, form: CallForm | None = None, *, alert: str = ""
) -> str:
    now = clock.now()
    submission = list_for(person, month, code)
    row = row_of(submission.campaign, code, person.user_id, now=now)
    is_late = row is not None and is_to_call(submission.campaign.window, row.standing, now=now)
    is_mine = row is not None and row.is_mine
    is_others = row is not None and row.claim is not None and not row.is_mine
    is_typed = form is not None and (is_others or not alert)
    if form is None or not is_typed:  # what was noted already is not offered again
        form = CallForm()
        form.began.data = (row.claim.since if row and row.claim and row.is_mine else now).isoformat()
    return render_template(
        "calls/call.html",
        month=month,
        code=code,
        place=submission.institution,
        row=row,
        claim=row.claim if row is not None else None,
        is_late=is_late,
        campaign=submission.campaign,
        deadline=deadline_sentence(submission.campaign.window, now=now),
        may_note=is_typed or ((is_late or is_mine) and not is_others),
        form=form,
        alert=alert,
        region=submission.institution.region if isinstance(person, Operator) else None,
        now=now,
    )
