"""Records on which nobody in their institution can decide: by institution, and one by one."""

from flask import Blueprint, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue

from portal.actions.loading.routing import route_all
from portal.domain.month import Month
from portal.domain.operating import NobodyThere
from portal.domain.people import Operator
from portal.domain.times import today
from portal.storage.campaigns.waiting import queue, waiting_at
from portal.storage.lists.returned import enrolled_at
from portal.storage.tables.campaigns import Campaign, Record
from portal.web.campaigns.choosing import choosing_for_all
from portal.web.campaigns.forms import RouteForm
from portal.web.campaigns.routing import sure_of, told_of, why_not_routed
from portal.web.http import clock
from portal.web.http.attempts import attempt
from portal.web.http.guards import allow
from portal.web.institutions.searching import called
from portal.web.oversight.filters import asked_page

ON_A_PAGE = 50  # institutions

waiting = Blueprint("waiting", __name__, url_prefix="/campaigns/<month:month>/waiting")


@waiting.get("/")
@allow(Operator)
def index(operator: Operator, month: Month) -> ResponseReturnValue:
    """``?page=``, from 1."""
    campaign, now, page = Campaign.for_month(month), clock.now(), asked_page(request.args)
    shown = queue(campaign, start=(page - 1) * ON_A_PAGE, most=ON_A_PAGE, now=now)
    return render_template(
        "campaigns/waiting.html",
        month=month,
        waiting=shown,
        page=min(page, -(-shown.institutions // ON_A_PAGE)),
        size=ON_A_PAGE,
        why_not_routed=why_not_routed(campaign, now=now),
    )


@waiting.get("/<code:institution>")
@allow(Operator)
def show(operator: Operator, month: Month, institution: str) -> ResponseReturnValue:
    return institution_page(month, institution, {})


@waiting.get("/<code:institution>/route")
@allow(Operator)
def choose(operator: Operator, month: Month, institution: str) -> ResponseReturnValue:
    """``?q=`` finds an institution for all that wait there."""
    back = url_for(".show", month=month, institution=institution)
    action = url_for(".route_together", month=month, institution=institution)
    return choosing_for_all(month, institution, action=action, back=back)


@waiting.post("/<code:institution>/route")
@allow(Operator)
def route_together(operator: Operator, month: Month, institution: str) -> ResponseReturnValue:
    form = RouteForm(request.form)
    code, sure = form.institution.data or "", request.form.get("sure") == "yes"
    with attempt(form) as tried:
        count = route_all(operator, month, institution, code, sure=sure, now=clock.now())
    if isinstance(tried.objection, NobodyThere):
        _, records = waiting_at(Campaign.for_month(month), institution, now=clock.now())
        asked = sure_of(
            month, str(tried.objection), code, len(records), action=request.path, origin=institution
        )
        return tried.reply(asked)
    if tried.failed:
        return tried.reply(institution_page(month, institution, {}, whole=form, alert=tried.alert))
    flash(f"Насочени записи: {count}. Те са в списъка на {called(code)}.")
    return redirect(url_for("campaigns.show", month=month, _anchor="waiting"), 303)


def institution_page(
    month: Month,
    institution: str,
    sent: dict[int, RouteForm],
    *,
    whole: RouteForm | None = None,
    alert: str = "",
) -> str:
    """What waits in one institution. ``sent`` are forms of single records that did not hold, ``whole`` the
    one for all."""
    campaign, now = Campaign.for_month(month), clock.now()
    group, records = waiting_at(campaign, institution, now=now)
    enrolled = enrolled_at(records, day=today(now))
    heir = "" if group.heir is None else group.heir.code

    def form(record: Record) -> RouteForm:
        elsewhere = enrolled.get(record.id, institution)
        return sent.get(record.id) or _offered(heir if elsewhere == institution else elsewhere)

    return render_template(
        "campaigns/waiting_at.html",
        month=month,
        why_not_routed=why_not_routed(campaign, now=now),
        group=group,
        records=[(record, form(record)) for record in records],
        whole=whole or _offered(heir),
        sent=sent,
        alert=alert,
        **told_of(records, enrolled),
    )


def _offered(code: str) -> RouteForm:
    return RouteForm(data={"institution": code})
