"""The director's own days without school: from, to, order number."""

from flask import Blueprint, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue

from portal.actions.lists.closures import Changed, add_closure, delete_closure
from portal.domain.errors import Conflict, NotFound
from portal.domain.lists.closures import Days
from portal.domain.people import Director
from portal.storage.lists.closures import closures_of, locked_months
from portal.web.http import clock
from portal.web.http.attempts import attempt
from portal.web.http.days import DayField
from portal.web.http.forms import PortalForm, Text
from portal.web.http.guards import allow

closures = Blueprint("closures", __name__, url_prefix="/closures")


class ClosureForm(PortalForm):
    first = DayField("Първи ден")
    last = DayField("Последен ден")
    order_number = Text("Номер и дата на заповедта")

    def days(self) -> Days:
        return Days(self.first.day, self.last.day, self.order_number.data or "")


@closures.get("/")
@allow(Director)
def index(director: Director) -> ResponseReturnValue:
    return _page(director, ClosureForm())


@closures.post("/")
@allow(Director)
def add(director: Director) -> ResponseReturnValue:
    form = ClosureForm(request.form)
    with attempt(form) as tried:
        changed = add_closure(director, form.days(), now=clock.now())
    if tried.failed:
        return tried.reply(_page(director, form, alert=tried.alert))
    _say("Дните са записани.", changed)
    return redirect(url_for(".index"), 303)


@closures.post("/<id:closure_id>/delete")
@allow(Director)
def delete(director: Director, closure_id: int) -> ResponseReturnValue:
    with attempt(alerts=(NotFound, Conflict)) as tried:
        changed = delete_closure(director, closure_id, now=clock.now())
    if tried.failed:
        return tried.reply(_page(director, ClosureForm(), alert=tried.alert))
    _say("Дните са изтрити и отново са учебни.", changed)
    return redirect(url_for(".index"), 303)


def _say(done: str, changed: Changed) -> None:
    """What was done, and what it changed in the lists that are under way."""
    flash(done)
    if changed.months:
        names = ", ".join(month.label for month in changed.months)
        flash(f"Броят на учебните дни се промени в списъка за {names}")
    if changed.doubtful:
        flash(
            f"Решения за ОРЕС, които вече не са възможни с новия брой дни: {changed.doubtful}. "
            "Отворете списъка и ги решете отново, преди да подпишете."
        )


def _page(director: Director, form: ClosureForm, alert: str = "") -> str:
    signed = locked_months(director.institution)
    return render_template(
        "lists/closures.html",
        form=form,
        alert=alert,
        closures=[
            (closure, not signed.isdisjoint(Days(closure.first, closure.last, "").months))
            for closure in closures_of(director.institution)
        ],
    )
