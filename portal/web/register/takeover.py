"""Taking over a register that is not whole, once its director has read what is lost."""

from flask import Blueprint, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from wtforms import BooleanField, HiddenField

from portal.actions.register import takeover as actions
from portal.actions.register.losses import Loss, losses, seen
from portal.domain.errors import Conflict, Refusal, TooOften
from portal.domain.people import Director
from portal.web.http import clock
from portal.web.http.attempts import attempt
from portal.web.http.guards import allow
from portal.web.http.site import origin, site
from portal.web.register.forms import UnlockForm
from portal.web.register.lock import PREFIX
from portal.web.register.unlocking import register_session

takeover = Blueprint("takeover", __name__, url_prefix="/quarantine/takeover")

TAKEN_OVER = "Регистърът е поет и вече е цял. Впишете наново онези, които липсват."


class TakeoverForm(UnlockForm):
    """Its fields are named as those that open a locked register, so that the password typed here is never
    kept in the page that asks for one."""

    read = BooleanField("Прочетох какво е изгубено и няма кой да го върне")
    seen = HiddenField()


@takeover.get("")
@allow(Director)
def page(director: Director) -> ResponseReturnValue:
    found = _losses(director)
    return _page(found, TakeoverForm(prefix=PREFIX)) if found else _whole()


@takeover.post("")
@allow(Director)
def take_over(director: Director) -> ResponseReturnValue:
    form = TakeoverForm(request.form, prefix=PREFIX)
    with attempt(form, alerts=(Conflict, TooOften)) as tried:
        if not form.read.data:
            raise Refusal("Отбележете, че сте прочели какво е изгубено.", field="read")
        actions.take_over(
            director,
            register_session(),
            form.password.data or "",
            form.seen.data or "",
            origin=origin(),
            site=site(),
            now=clock.now(),
        )
    if tried.failed:
        found = _losses(director)
        return tried.reply(_page(found, form, alert=tried.alert)) if found else _whole()
    flash(TAKEN_OVER)
    return _whole()


def _losses(director: Director) -> list[Loss]:
    return losses(director, register_session(), site=site(), now=clock.now())


def _whole() -> ResponseReturnValue:
    """Where nothing is lost, the register itself."""
    return redirect(url_for("register.index"), 303)


def _page(found: list[Loss], form: TakeoverForm, *, alert: str = "") -> str:
    form.seen.data = seen(found)
    return render_template("register/takeover.html", losses=found, form=form, alert=alert)
