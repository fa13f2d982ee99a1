"""Striking out an entry that was made by mistake."""

from flask import Blueprint, render_template, request, url_for
from flask.typing import ResponseReturnValue

from portal.actions.register import striking as actions
from portal.domain.people import Delegate, Director, Staff
from portal.web.http import clock
from portal.web.http.attempts import attempt
from portal.web.http.guards import REGISTER, allow
from portal.web.http.site import site
from portal.web.register.forms import StrikingForm
from portal.web.register.unlocking import register_session
from portal.web.register.views import ENTRY, page_of

striking = Blueprint("striking", __name__, url_prefix="/quarantine")

STRUCK_OUT = "Записът е зачеркнат и вече не се брои."


@striking.post(f"{ENTRY}/strike")
@allow(Director, Delegate, scopes=REGISTER)
def strike_out(person: Staff, entry_id: str) -> ResponseReturnValue:
    form = StrikingForm(request.form)
    with attempt(form) as tried:
        why, seen = form.why.data or "", form.seen()
        actions.strike_out(person, register_session(), entry_id, why, seen=seen, site=site(), now=clock.now())
    page = page_of(person)
    row = page.row(entry_id)
    if tried.failed:
        row = row.not_struck_out(form, tried.alert)
    return tried.show(
        lambda: render_template("register/index.html", shown=page.with_row(row, problem=True)),
        part=lambda: render_template("register/_changed.html", row=row, shown=page),
        said=STRUCK_OUT,
        back=url_for("register.index", _anchor=f"entry-{entry_id}"),
    )
