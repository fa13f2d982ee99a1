"""The director's delegates: named, changed, revoked."""

from datetime import date

from flask import Blueprint, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from wtforms import SelectMultipleField, StringField

from portal.actions import delegations as actions
from portal.actions.delegations import Appointment
from portal.domain.delegations import OFFERED, Terms, a_year_after
from portal.domain.errors import Conflict, Refusal
from portal.domain.people import Director, Scope
from portal.storage.delegations import Given, find_given, given_by
from portal.web import clock
from portal.web.forms import PortalForm, Text
from portal.web.guards import allow
from portal.web.site import site

delegates = Blueprint("delegates", __name__, url_prefix="/delegates")

LARGEST_ID = 2**31 - 1
DELEGATION = f"/<int(max={LARGEST_ID}):delegation_id>"


class WhoForm(PortalForm):
    name = Text("Име и фамилия")
    email = Text("Електронна поща")


class TermsForm(PortalForm):
    scopes = SelectMultipleField(
        "Какво може да прави",
        choices={
            Scope.DECIDE.value: "Подготвя решенията: потвърждава и отказва дете по дете",
            Scope.SIGN.value: "Подписва списъка вместо директора",
        },
    )
    order_number = Text("Номер и дата на заповедта")
    until = StringField("Последен ден")

    def terms(self) -> Terms:
        """What was ordered; no last day where the text is no date."""
        chosen = frozenset(scope for scope in OFFERED if scope.value in (self.scopes.data or ()))
        return Terms(chosen, self.order_number.data or "", _read_date(self.until.data or ""))


class DelegateForm(WhoForm, TermsForm):
    """Fields stand in the order in which they were written: first who, then what."""


@delegates.get("/")
@allow(Director)
def index(director: Director) -> ResponseReturnValue:
    return _list(director, DelegateForm())


@delegates.post("/")
@allow(Director)
def add(director: Director) -> ResponseReturnValue:
    form = DelegateForm(request.form)
    try:
        wanted = Appointment(form.email.data or "", form.name.data or "", form.terms())
        actions.name_delegate(director, wanted, site=site(), now=clock.now())
    except Refusal as refusal:
        return _list(director, form.with_error(refusal)), 422
    flash("Упълномощаването е записано, а на упълномощения е изпратено писмо.")
    return redirect(url_for(".index"), 303)


@delegates.get(DELEGATION)
@allow(Director)
def show(director: Director, delegation_id: int) -> ResponseReturnValue:
    given = find_given(director, delegation_id, clock.today())
    row = given.row
    form = TermsForm(
        scopes=[scope.value for scope in given.scopes],
        order_number=row.order_number,
        until=row.until.isoformat(),
    )
    return _page(given, form)


@delegates.post(DELEGATION)
@allow(Director)
def change(director: Director, delegation_id: int) -> ResponseReturnValue:
    form = TermsForm(request.form)
    try:
        actions.change(director, delegation_id, form.terms(), site=site(), now=clock.now())
    except Refusal as refusal:
        given = find_given(director, delegation_id, clock.today())
        return _page(given, form.with_error(refusal)), 422
    except Conflict as conflict:
        return _page(find_given(director, delegation_id, clock.today()), form, alert=str(conflict)), 409
    flash("Промяната е записана, а на упълномощения е изпратено писмо.")
    return redirect(url_for(".index"), 303)


@delegates.post(f"{DELEGATION}/revoke")
@allow(Director)
def revoke(director: Director, delegation_id: int) -> ResponseReturnValue:
    actions.revoke(director, delegation_id, site=site(), now=clock.now())
    flash("Упълномощаването е оттеглено и влизанията са прекратени.")
    return redirect(url_for(".index"), 303)


def _read_date(text: str) -> date | None:
    """A date as the browser's field sends it, or as people type it where there is no such field."""
    text = text.strip().removesuffix("г.").strip()
    try:
        if "." in text:
            day, month, year = text.split(".")
            return date(int(year), int(month), int(day))
        return date.fromisoformat(text)
    except (ValueError, OverflowError):  # a year of twenty digits is no year either
        return None


def _list(director: Director, form: DelegateForm) -> str:
    every = given_by(director, clock.today())
    return render_template(
        "delegates/index.html",
        form=form,
        current=[given for given in every if given.is_in_force],
        ended=[given for given in every if not given.is_in_force],
        today=clock.today(),
        latest=a_year_after(clock.today()),
    )


def _page(given: Given, form: TermsForm, alert: str = "") -> str:
    return render_template(
        "delegates/show.html",
        given=given,
        form=form,
        alert=alert,
        today=clock.today(),
        latest=a_year_after(clock.today()),
    )
