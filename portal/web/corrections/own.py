"""An institution's late corrections: what it asked for, and asking for another."""

from flask import Blueprint, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue

from portal.actions.campaigns.requests import ask_correction
from portal.domain.campaigns.corrections import check_may_ask_now
from portal.domain.errors import Objection
from portal.domain.month import Month
from portal.domain.people import Delegate, Director, Scope, Staff
from portal.storage.campaigns.requests import requests_of, state_of
from portal.storage.lists.current import records_of
from portal.web.corrections.forms import AskForm
from portal.web.http import clock
from portal.web.http.attempts import attempt
from portal.web.http.guards import allow
from portal.web.lists.summary import summary_of

ADDRESS = "/confirmations/<month:month>/corrections"
own_corrections = Blueprint("own_corrections", __name__, url_prefix=ADDRESS)


@own_corrections.get("")
@allow(Director, Delegate, scopes=(Scope.SIGN,))
def index(person: Staff, month: Month) -> ResponseReturnValue:
    return _page(person, month, AskForm())


@own_corrections.post("")
@allow(Director, Delegate, scopes=(Scope.SIGN,))
def ask(person: Staff, month: Month) -> ResponseReturnValue:
    form = AskForm(request.form)
    with attempt(form) as tried:
        ask_correction(person, month, form.asked(), now=clock.now())
    if tried.failed:
        return tried.reply(_page(person, month, form, alert=tried.alert))
    flash("Искането е изпратено. Виждат го РУО и ЦИОО; отговорът им излиза на тази страница.")
    return redirect(url_for(".index", month=month), 303)


def _page(person: Staff, month: Month, form: AskForm, alert: str = "") -> str:
    now = clock.now()
    summary = summary_of(person, month, now=now)
    submission = summary.submission
    asked = requests_of(submission.campaign, person.institution)
    waiting = {each.record_id for each in asked if each.granted is None}
    why_not = ""
    try:
        check_may_ask_now(submission.window, submission.lock, now=now)
    except Objection as objection:
        why_not = str(objection)
    return render_template(
        "corrections/own.html",
        summary=summary,
        month=month,
        why_not=why_not,
        records=[] if why_not else [row for row in records_of(submission).listed if row.id not in waiting],
        requests=[(each, state_of(each)) for each in asked],
        form=form,
        alert=alert,
    )
