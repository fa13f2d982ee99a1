"""Institutions one by one, for the operator: finding, who is missing from the file, closing, reopening."""

from flask import Blueprint, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue

from portal.actions.campaigns.closing import close_institution, reopen_institution
from portal.domain.calendar import long_date
from portal.domain.errors import NotFound
from portal.domain.people import Operator
from portal.storage.campaigns.loaded import (
    Found,
    closed_institutions,
    find_institutions,
    missing_institutions,
)
from portal.storage.campaigns.waiting import unsigned_at
from portal.web.campaigns.forms import ClosingForm
from portal.web.http import clock
from portal.web.http.attempts import attempt
from portal.web.http.guards import allow

institutions = Blueprint("institutions", __name__, url_prefix="/calendar/institutions")

LONGEST_SEARCH = 100  # characters


@institutions.get("")
@allow(Operator)
def index(operator: Operator) -> ResponseReturnValue:
    """``?q=`` finds; ``?code=`` is written into the form beforehand."""
    return _page(ClosingForm(data={"institution": request.args.get("code", "")[:LONGEST_SEARCH]}))


@institutions.post("/close")
@allow(Operator)
def close(operator: Operator) -> ResponseReturnValue:
    form = ClosingForm(request.form)
    code, successor = form.institution.data or "", form.successor.data or ""
    with attempt(form, beside={NotFound: "institution"}) as tried:
        closed = close_institution(operator, code, form.on.day, successor, now=clock.now())
    if tried.failed:
        return tried.reply(_page(form, alert=tried.alert))
    waiting = sum(count for _, count in unsigned_at(code))
    told = f" Неподписани записи за насочване: {waiting}." if waiting else ""
    flash(f"{closed.name} е закрита от {long_date(form.on.day)}.{told}")
    return redirect(url_for(".index", _anchor="closed"), 303)


@institutions.post("/<code:code>/reopen")
@allow(Operator)
def reopen(operator: Operator, code: str) -> ResponseReturnValue:
    with attempt() as tried:
        opened = reopen_institution(operator, code, now=clock.now())
    if tried.failed:
        return tried.reply(_page(ClosingForm(), alert=tried.alert))
    flash(f"Закриването на {opened.name} е отменено. Списъците ѝ са отново нейни.")
    return redirect(url_for(".index", _anchor="closed"), 303)


def _page(form: ClosingForm, alert: str = "") -> str:
    words = request.args.get("q", "")[:LONGEST_SEARCH].strip()
    return render_template(
        "campaigns/institutions.html",
        q=words,
        found=find_institutions(words),
        missing=Found.of(missing_institutions()),
        closed=closed_institutions(),
        form=form,
        alert=alert,
    )
