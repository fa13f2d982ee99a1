"""Late corrections as the regional office sees them: who asks, a coded why, the document; no child."""

from flask import Blueprint, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue

from portal.actions.campaigns.requests import support_correction
from portal.domain.decisions import clean_note
from portal.domain.month import Month
from portal.domain.people import Operator, Ruo
from portal.storage.campaigns.requests import requests_without_child
from portal.storage.tables.campaigns import Campaign
from portal.web.corrections.forms import SupportForm
from portal.web.http import clock
from portal.web.http.attempts import attempt
from portal.web.http.guards import allow

ADDRESS = "/oversight/<month:month>/corrections"
region_corrections = Blueprint("region_corrections", __name__, url_prefix=ADDRESS)


@region_corrections.get("")
@allow(Ruo, Operator)
def index(person: Ruo | Operator, month: Month) -> ResponseReturnValue:
    return _page(person, month)


@region_corrections.post("/<id:request_id>")
@allow(Ruo)
def support(ruo: Ruo, month: Month, request_id: int) -> ResponseReturnValue:
    form = SupportForm(request.form)
    with attempt(form) as tried:
        note = clean_note(form.note.data or "")
        support_correction(ruo, month, request_id, supports=form.supports(), note=note, now=clock.now())
    if tried.failed:
        return tried.reply(_page(ruo, month, {request_id: form}, alert=tried.alert))
    flash("Становището е записано. Институцията и ЦИОО го виждат.")
    return redirect(url_for(".index", month=month), 303)


def _page(
    person: Ruo | Operator, month: Month, sent: dict[int, SupportForm] | None = None, *, alert: str = ""
) -> str:
    region = person.region if isinstance(person, Ruo) else None
    forms = sent or {}
    requests = requests_without_child(Campaign.for_month(month), region)
    return render_template(
        "corrections/region.html",
        month=month,
        requests=[(each, forms.get(each.id) or SupportForm()) for each in requests],
        sent=forms,
        may_support=isinstance(person, Ruo),
        alert=alert,
    )
