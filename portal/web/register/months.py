"""One month of the register: each child's days of distance learning, confirmed, or „няма лица“."""

from flask import Blueprint, request, url_for
from flask.typing import ResponseReturnValue

from portal.actions.register import months as actions
from portal.domain.month import Month
from portal.domain.people import Delegate, Director, Staff
from portal.web.http import clock
from portal.web.http.attempts import Attempt, attempt
from portal.web.http.guards import REGISTER, allow
from portal.web.http.htmx import page_or_fragment
from portal.web.http.site import site
from portal.web.register.month_page import MonthPage, identifier, spans
from portal.web.register.unlocking import register_session

register_months = Blueprint("register_months", __name__, url_prefix="/quarantine/<month:month>")

LONGEST_SEEN = 64  # letters of a fingerprint
CONFIRMED = "Месецът е потвърден."  # a list or nobody: a cookie carries it, and does not tell


@register_months.get("")
@allow(Director, Delegate, scopes=REGISTER)
def index(person: Staff, month: Month) -> ResponseReturnValue:
    return _page(person, month)


@register_months.post("/confirm")
@allow(Director, Delegate, scopes=REGISTER)
def confirm(person: Staff, month: Month) -> ResponseReturnValue:
    """The list as it was shown, where the form says which that was."""
    seen = request.form.get("seen", "")[:LONGEST_SEEN]
    with attempt() as tried:
        actions.confirm_month(person, register_session(), month, seen=seen, site=site(), now=clock.now())
    return _closed(tried, person, month)


@register_months.post("/nothing")
@allow(Director, Delegate, scopes=REGISTER)
def nothing(person: Staff, month: Month) -> ResponseReturnValue:
    with attempt() as tried:
        actions.say_nobody(person, register_session(), month, site=site(), now=clock.now())
    return _closed(tried, person, month)


def _closed(tried: Attempt, person: Staff, month: Month) -> ResponseReturnValue:
    return tried.show(
        lambda: _page(person, month, alert=tried.alert), said=CONFIRMED, back=url_for(".index", month=month)
    )


def _page(person: Staff, month: Month, *, alert: str = "") -> str:
    shown = MonthPage.of(person, register_session(), month, alert=alert, site=site(), now=clock.now())
    return page_or_fragment(
        "register/months/index.html",
        "register/months/_month.html",
        shown=shown,
        spans=spans,
        identifier=identifier,
    )
