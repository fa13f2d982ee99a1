"""One month of the register: each child's school days at distance, confirmed or „няма лица“."""

from collections.abc import Callable

from flask import Blueprint, flash, redirect, request, url_for
from flask.typing import ResponseReturnValue

from portal.actions.register import months as actions
from portal.actions.register.keys.session import Keeper
from portal.domain.errors import Conflict
from portal.domain.month import Month
from portal.domain.people import Delegate, Director, Scope
from portal.web.http import clock
from portal.web.http.guards import allow
from portal.web.http.htmx import page_or_fragment, wants_fragment
from portal.web.http.site import site
from portal.web.register.month_page import MonthPage, identifier, spans
from portal.web.register.unlocking import register_session

register_months = Blueprint("register_months", __name__, url_prefix="/quarantine/<month:month>")

QUARANTINE = (Scope.QUARANTINE,)
LONGEST_SEEN = 64  # letters of a fingerprint
CONFIRMED = "Месецът е потвърден."  # the same for both answers: a cookie carries it


@register_months.get("")
@allow(Director, Delegate, scopes=QUARANTINE)
def index(person: Keeper, month: Month) -> ResponseReturnValue:
    return _page(person, month)


@register_months.post("/confirm")
@allow(Director, Delegate, scopes=QUARANTINE)
def confirm(person: Keeper, month: Month) -> ResponseReturnValue:
    """The list as it was shown, where the form says which that was."""
    seen = request.form.get("seen", "")[:LONGEST_SEEN]

    def close() -> None:
        actions.confirm_month(person, register_session(), month, seen=seen, site=site(), now=clock.now())

    return _closed(close, person, month)


@register_months.post("/nothing")
@allow(Director, Delegate, scopes=QUARANTINE)
def nothing(person: Keeper, month: Month) -> ResponseReturnValue:
    def close() -> None:
        actions.say_nobody(person, register_session(), month, site=site(), now=clock.now())

    return _closed(close, person, month)


def _closed(close: Callable[[], None], person: Keeper, month: Month) -> ResponseReturnValue:
    try:
        close()
    except Conflict as conflict:
        return _page(person, month, alert=str(conflict)), 409
    if wants_fragment():
        return _page(person, month)
    flash(CONFIRMED)
    return redirect(url_for(".index", month=month), 303)


def _page(person: Keeper, month: Month, *, alert: str = "") -> str:
    shown = MonthPage.of(person, register_session(), month, site=site(), now=clock.now(), alert=alert)
    return page_or_fragment(
        "register/months/index.html",
        "register/months/_month.html",
        shown=shown,
        spans=spans,
        identifier=identifier,
    )
