"""Institutions one by one, for the operator: finding, who is missing from the file, closing, reopening."""

from flask import Blueprint, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue

from portal.actions.campaigns.closing import close_institution, reopen_institution
from portal.domain.calendar import long_date
from portal.domain.errors import NotFound
from portal.domain.people import Operator
from portal.storage.campaigns.loaded import closed_institutions, missing_institutions
from portal.storage.campaigns.waiting import unsigned_at
from portal.storage.institutions.finding import LONGEST_SEARCH, Found, find_institutions
from portal.storage.lists.returned import institution_names
from portal.web.campaigns.forms import ClosingForm
from portal.web.http import clock
from portal.web.http.attempts import attempt
from portal.web.http.guards import allow

institutions = Blueprint("institutions", __name__, url_prefix="/calendar/institutions")


@institutions.get("")
@allow(Operator)
def index(operator: Operator) -> ResponseReturnValue:
    """``?q=`` finds; ``?code=`` and ``?successor=`` are written into the form beforehand."""
    asked = {name: request.args.get(name, "")[:LONGEST_SEARCH] for name in ("code", "successor")}
    return _page(ClosingForm(data={"institution": asked["code"], "successor": asked["successor"]}))


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
        names=institution_names([form.institution.data or "", form.successor.data or ""]),
        alert=alert,
    )
