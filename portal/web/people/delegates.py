"""The director's delegates: naming, changing and revoking who may do what, and until when."""

from dataclasses import dataclass
from datetime import date

from flask import Blueprint, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue

from portal.actions.people import delegations as actions
from portal.actions.people.delegations import Appointment
from portal.actions.register.keys.collection import collections_of
from portal.actions.register.keys.holders import warnings_of
from portal.actions.register.keys.overdue import due_years
from portal.domain.accounts import password_hints
from portal.domain.delegations import KeyState, a_year_after
from portal.domain.errors import Conflict, Refusal, TooOften
from portal.domain.people import Director
from portal.storage.history.entries import Entry, Wanted, institution_history
from portal.storage.people.delegations import Given, find_given, given_by
from portal.storage.register.holders import key_state
from portal.web.http import clock
from portal.web.http.attempts import attempt
from portal.web.http.guards import allow
from portal.web.http.site import site
from portal.web.people.delegate_forms import DelegateForm, RevokeForm, TermsForm
from portal.web.register.unlocking import is_open, register_session, session_with

delegates = Blueprint("delegates", __name__, url_prefix="/delegates")

DELEGATION = "/<id:delegation_id>"
REVOKED = "Упълномощаването е оттеглено и влизанията са прекратени."
REVOKED_AND_DUE = (
    "Упълномощаването е оттеглено и влизанията са прекратени. Регистърът ще получи нов ключ, щом го "
    "отворите: направете го днес."
)
NOT_YOURS = (
    "Паролата не е вярна и упълномощаването още не е оттеглено. Напишете я отново или оставете полето "
    "празно: оттеглянето не зависи от нея."
)
LATELY = 5  # deeds of each delegate


@dataclass(frozen=True)
class Shown:
    """A delegate as the director sees one: what was given, the register's key, and the last deeds."""

    given: Given
    key: KeyState
    lately: list[Entry]


@delegates.get("/")
@allow(Director)
def index(director: Director) -> ResponseReturnValue:
    return _list(director, DelegateForm())


@delegates.post("/")
@allow(Director)
def add(director: Director) -> ResponseReturnValue:
    form = DelegateForm(request.form)
    with attempt(form) as tried:
        wanted = Appointment(form.email.data or "", form.name.data or "", form.terms())
        actions.name_delegate(director, wanted, session=register_session(), site=site(), now=clock.now())
    if tried.failed:
        return tried.reply(_list(director, form, alert=tried.alert))
    flash("Упълномощаването е записано, а на упълномощения е изпратено писмо.")
    return redirect(url_for(".index"), 303)


@delegates.get(DELEGATION)
@allow(Director)
def show(director: Director, delegation_id: int) -> ResponseReturnValue:
    return _page(director, delegation_id)


@delegates.post(DELEGATION)
@allow(Director)
def change(director: Director, delegation_id: int) -> ResponseReturnValue:
    form = TermsForm(request.form)
    with attempt(form) as tried:
        session = register_session()
        actions.change(director, delegation_id, form.terms(), session=session, site=site(), now=clock.now())
    if tried.failed:
        return tried.reply(_page(director, delegation_id, form, alert=tried.alert))
    flash("Промяната е записана, а на упълномощения е изпратено писмо.")
    return redirect(url_for(".index"), 303)


@delegates.post(f"{DELEGATION}/revoke")
@allow(Director)
def revoke(director: Director, delegation_id: int) -> ResponseReturnValue:
    """Never fails for lack of the password: without it the register gets its new key a little later."""
    form = RevokeForm(request.form)
    typed = form.password.data or ""
    try:
        session = session_with(director, typed)
    except Refusal:
        return _page(director, delegation_id, alert=" ".join((NOT_YOURS, *password_hints(typed)))), 422
    except (Conflict, TooOften):
        session = register_session()
    renewed = actions.revoke(director, delegation_id, session=session, site=site(), now=clock.now())
    flash(REVOKED if renewed else REVOKED_AND_DUE)
    return redirect(url_for(".index"), 303)


def _list(director: Director, form: DelegateForm, alert: str = "") -> str:
    today = clock.today()
    every = given_by(director, today)
    return render_template(
        "people/delegates.html",
        form=form,
        alert=alert,
        current=[_shown(given, director, today) for given in every if given.is_in_force],
        ended=[given for given in every if not given.is_in_force],
        today=today,
        latest=a_year_after(today),
        revoke=RevokeForm(),
        needs_password=_needs_password(director),
        warnings=warnings_of(director.institution, today, site=site()),
        due=due_years(director.institution, today),
    )


def _page(director: Director, delegation_id: int, form: TermsForm | None = None, alert: str = "") -> str:
    today = clock.today()
    given = find_given(director, delegation_id, today)
    row = given.row
    as_given = TermsForm(
        scopes=[scope.value for scope in given.scopes],
        order_number=row.order_number,
        until=row.until.isoformat(),
    )
    return render_template(
        "people/delegate.html",
        shown=_shown(given, director, today),
        form=form or as_given,
        alert=alert,
        today=today,
        latest=a_year_after(today),
        revoke=RevokeForm(),
        needs_password=_needs_password(director),
    )


def _shown(given: Given, director: Director, today: date) -> Shown:
    who = given.row.user
    lately = institution_history(director.institution, None, Wanted(who=who.id)).entries[:LATELY]
    return Shown(given, key_state(who, today), lately)


def _needs_password(director: Director) -> bool:
    """Whether revoking has to ask for it: there is a register, and it is locked in this login."""
    return bool(collections_of(director.institution)) and not is_open()
