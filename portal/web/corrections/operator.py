"""Late corrections on the operator's desk: opening the list for one, or declining it."""

from flask import Blueprint, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue

from portal.actions.campaigns.requests import decline_correction, grant_correction
from portal.domain.decisions import clean_note
from portal.domain.identifiers import masked
from portal.domain.month import Month
from portal.domain.people import Operator
from portal.storage.campaigns.requests import requests_in, state_of
from portal.storage.tables.campaigns import Campaign
from portal.web.corrections.forms import YES, AnswerForm
from portal.web.http import clock
from portal.web.http.attempts import attempt
from portal.web.http.guards import allow

ADDRESS = "/campaigns/<month:month>/corrections"
correction_answers = Blueprint("correction_answers", __name__, url_prefix=ADDRESS)


@correction_answers.get("")
@allow(Operator)
def index(operator: Operator, month: Month) -> ResponseReturnValue:
    return _page(month)


@correction_answers.post("/<id:request_id>")
@allow(Operator)
def answer(operator: Operator, month: Month, request_id: int) -> ResponseReturnValue:
    form = AnswerForm(request.form)
    grants = form.granted.data == YES
    with attempt(form) as tried:
        note = clean_note(form.note.data or "")
        if grants:
            grant_correction(operator, month, request_id, form.until.day, note, now=clock.now())
        else:
            decline_correction(operator, month, request_id, note, now=clock.now())
    if tried.failed:
        return tried.reply(_page(month, {request_id: form}, alert=tried.alert))
    flash("Списъкът е отворен за поправка." if grants else "Искането е отказано.")
    return redirect(url_for(".index", month=month), 303)


def _page(month: Month, sent: dict[int, AnswerForm] | None = None, *, alert: str = "") -> str:
    forms = sent or {}
    requests = requests_in(Campaign.for_month(month))
    return render_template(
        "corrections/operator.html",
        month=month,
        requests=[(each, state_of(each), forms.get(each.id) or AnswerForm()) for each in requests],
        sent=forms,
        masked=masked,
        alert=alert,
    )
