"""One director after another, on one page of the institution: who directs it, what follows, doing it."""

from flask import Blueprint, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from wtforms import BooleanField, HiddenField

from portal.actions.people import succession as actions
from portal.actions.people.succession import Foreseen, Successor, foresee
from portal.domain.errors import Refusal
from portal.domain.people import Operator
from portal.storage.people.succession import directed
from portal.web.http import clock
from portal.web.http.attempts import attempt
from portal.web.http.days import DayField
from portal.web.http.forms import PortalForm, Text
from portal.web.http.guards import allow
from portal.web.http.site import site
from portal.web.institutions.searching import searched

succession = Blueprint("succession", __name__, url_prefix="/people/institutions")

DIRECTOR = "/<code:code>/director"


class SuccessorForm(PortalForm):
    name = Text("Име и фамилия")
    email = Text("Електронна поща")
    first_day = DayField("Директор от")
    ends_now = BooleanField("Спирам достъпа на досегашния директор веднага")
    seen = HiddenField()

    def successor(self) -> Successor:
        """What was sent; a date that is none is refused with whatever else is wrong."""
        try:
            first_day = self.first_day.day if (self.first_day.data or "").strip() else None
        except Refusal:
            first_day = None
        return Successor(self.email.data or "", self.name.data or "", first_day, bool(self.ends_now.data))


@succession.get("")
@allow(Operator)
def choose(operator: Operator) -> ResponseReturnValue:
    """``?q=`` finds the institution."""
    q, found = searched()
    return render_template("people/institutions.html", q=q, found=found)


@succession.get(DIRECTOR)
@allow(Operator)
def show(operator: Operator, code: str) -> ResponseReturnValue:
    return _page(code, SuccessorForm(data={"first_day": clock.today().isoformat()}))


@succession.post(DIRECTOR)
@allow(Operator)
def change(operator: Operator, code: str) -> ResponseReturnValue:
    """First what would follow, and who would be written to; with ``sure`` it is done."""
    form = SuccessorForm(request.form)
    is_sure = request.form.get("sure") == "yes"
    with attempt(form) as tried:
        wanted = form.successor()
        if not is_sure:
            return foreseen_page(foresee(code, wanted, now=clock.now()))
        seen = form.seen.data or ""
        actions.change_director(operator, code, wanted, seen=seen, site=site(), now=clock.now())
    if tried.failed:
        return tried.reply(_page(code, form, alert=tried.alert))
    flash("Новият директор е поканен. Писмата чакат изпращане.")  # the cookie it travels in names nobody
    return redirect(url_for(".show", code=code), 303)


@succession.post(f"{DIRECTOR}/<id:user_id>/withdraw")
@allow(Operator)
def withdraw(operator: Operator, code: str, user_id: int) -> ResponseReturnValue:
    with attempt() as tried:
        actions.call_off(operator, code, user_id, site=site(), now=clock.now())
    if tried.failed:
        return tried.reply(_page(code, SuccessorForm(), alert=tried.alert))
    flash("Поканата е отменена. Писмата за това чакат изпращане.")
    return redirect(url_for(".show", code=code), 303)


def foreseen_page(foreseen: Foreseen) -> str:
    """What a change would set off; nothing of it is done."""
    return render_template("people/director_sure.html", foreseen=foreseen, today=clock.today())


def _page(code: str, form: SuccessorForm, alert: str = "") -> str:
    return render_template(
        "people/director.html",
        found=directed(code, now=clock.now()),
        form=form,
        today=clock.today(),
        alert=alert,
    )
