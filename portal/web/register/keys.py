"""Who can open the register, and how somebody who cannot may get access."""

from flask import Blueprint, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue

from portal.actions.register.keys import giving, handover, openings
from portal.actions.register.keys.holders import envelope_of, warnings_of
from portal.actions.register.keys.overdue import due_years
from portal.domain.delegations import KeyState
from portal.domain.people import Delegate, Director, Staff
from portal.domain.register.envelopes import OpeningState
from portal.storage.register.holders import keyholders, own_key_state
from portal.storage.register.openings import announced, opening_for, openings_of
from portal.web.http import clock
from portal.web.http.attempts import attempt
from portal.web.http.guards import REGISTER, allow
from portal.web.http.site import site
from portal.web.register.code import CodeForm
from portal.web.register.unlocking import register_session

keys = Blueprint("keys", __name__, url_prefix="/quarantine")

GIVEN = "Ключът е даден. Който го получи, отваря регистъра със своята парола."
OPENED = "Регистърът се отваря отново с вашата парола. Върнете плика запечатан в сейфа или направете нов."
ASKED = "Кодът е верен и отварянето е обявено. Досегашният директор и упълномощените лица получиха писмо."
STOPPED = "Отварянето е спряно. Който го поиска, получи писмо."
HANDED = "Регистърът е предаден. Дайте на новия директор и плика от сейфа: отваря се с кода в него."


@keys.get("/keys")
@allow(Director, Delegate, scopes=REGISTER)
def page(person: Staff) -> ResponseReturnValue:
    return _page(person)


@keys.post("/open")
@allow(Director)
def open_by_code(director: Director) -> ResponseReturnValue:
    form = CodeForm(request.form)
    with attempt(form) as tried:
        waiting = openings.open_by_code(director, form.typed, site=site(), now=clock.now())
    if tried.failed:
        return tried.reply(_page(director, form=tried.wrong_form, alert=tried.alert))
    if waiting is not None:
        flash(ASKED)
        return redirect(url_for(".page"), 303)
    flash(OPENED)
    return redirect(url_for("register.index"), 303)


@keys.post("/openings/<id:opening_id>/stop")
@allow(Director, Delegate, scopes=REGISTER)
def stop(person: Staff, opening_id: int) -> ResponseReturnValue:
    with attempt() as tried:
        openings.stop(person, opening_id, site=site(), now=clock.now())
    if tried.failed:
        return tried.reply(_page(person, alert=tried.alert))
    flash(STOPPED)
    return redirect(url_for(".page"), 303)


@keys.post("/holders/<id:user_id>")
@allow(Director, Delegate, scopes=REGISTER)
def give(person: Staff, user_id: int) -> ResponseReturnValue:
    with attempt() as tried:
        giving.give_key(person, register_session(), user_id, site=site(), now=clock.now())
    if tried.failed:
        return tried.reply(_page(person, alert=tried.alert))
    flash(GIVEN)
    back = "delegates.index" if request.form.get("back") == "delegates" else ".page"
    return redirect(url_for(back), 303)


@keys.post("/handover/<id:user_id>")
@allow(Director)
def hand_over(director: Director, user_id: int) -> ResponseReturnValue:
    with attempt() as tried:
        handover.hand_over(director, register_session(), user_id, site=site(), now=clock.now())
    if tried.failed:
        return tried.reply(_page(director, alert=tried.alert))
    flash(HANDED)
    return redirect(url_for(".page"), 303)


def _page(person: Staff, *, form: CodeForm | None = None, alert: str = "") -> str:
    now, today = clock.now(), clock.today()
    state = own_key_state(person.user_id, today)
    holders = keyholders(person.institution, today)
    own = opening_for(person.institution, person.user_id, now=now)
    return render_template(
        "register/keys/index.html",
        form=form or CodeForm(),
        alert=alert,
        is_director=isinstance(person, Director),
        state=state,
        may_give=state is KeyState.HELD,
        holders=holders,
        givers=[holder.name for holder in holders if holder.state is KeyState.HELD],
        envelope=envelope_of(person.institution),
        own=own,
        own_is_ready=own is not None and announced(own).state(now) is OpeningState.READY,
        openings=[row for row in openings_of(person.institution, now=now) if row.user.id != person.user_id],
        incoming=handover.incoming_directors(person) if isinstance(person, Director) else [],
        warnings=warnings_of(person.institution, today, site=site()),
        due=due_years(person.institution, today),
    )
