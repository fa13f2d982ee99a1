"""Single lists in a month, for the operator: children sent back, and exceptions after the deadline."""

from flask import Blueprint, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue

from portal.actions.campaigns.campaigns import end_exception, make_exception
from portal.actions.loading.routing import route
from portal.domain.errors import NotFound
from portal.domain.month import Month
from portal.domain.operating import NobodyThere
from portal.domain.people import Operator
from portal.storage.campaigns.placing import record_in
from portal.storage.campaigns.waiting import check_record, somebody_directs
from portal.storage.tables.campaigns import Campaign
from portal.web.campaigns.before_exception import said_of_letters
from portal.web.campaigns.choosing import choosing_for
from portal.web.campaigns.forms import ExceptionForm, RouteForm
from portal.web.campaigns.page import RETURNED, Forms, month_page, returned_page
from portal.web.campaigns.routing import sure_of
from portal.web.campaigns.waiting import institution_page
from portal.web.http import clock
from portal.web.http.attempts import attempt
from portal.web.http.converters import LARGEST_ID
from portal.web.http.guards import allow
from portal.web.institutions.searching import called, searched

single_lists = Blueprint("single_lists", __name__, url_prefix="/campaigns")

CODE_LENGTH = 7
RECORD = "/<month:month>/records/<id:record_id>"


@single_lists.get("/<month:month>/returned")
@allow(Operator)
def returned(operator: Operator, month: Month) -> ResponseReturnValue:
    """``?after=`` the last record of the page before."""
    after = request.args.get("after", 0, type=int)
    return returned_page(month, after=min(max(after, 0), LARGEST_ID))


@single_lists.get(f"{RECORD}/route")
@allow(Operator)
def choose(operator: Operator, month: Month, record_id: int) -> ResponseReturnValue:
    """``?q=`` finds an institution for the record; ``?from=``: the page of waiting records it is on."""
    record = record_in(Campaign.for_month(month), record_id)
    source = _source(request.args.get("from", ""))
    with attempt() as tried:
        has_director = somebody_directs(record.institution_id)
        check_record(record, record.institution, has_director=has_director, now=clock.now())
    if tried.failed:
        return tried.reply(month_page(month, alert=tried.alert))
    back = url_for("campaigns.show", month=month, _anchor="returned")
    if source:
        back = _page_of(source, month)
    action = url_for(".route_record", month=month, record_id=record_id)
    return choosing_for(month, record, action=action, back=back, origin=source)


@single_lists.post(f"{RECORD}/route")
@allow(Operator)
def route_record(operator: Operator, month: Month, record_id: int) -> ResponseReturnValue:
    form = RouteForm(request.form)
    code, sure = form.institution.data or "", request.form.get("sure") == "yes"
    source = _source(request.form.get("from", ""))
    with attempt(form) as tried:
        route(operator, month, record_id, code, sure=sure, now=clock.now())
    if isinstance(tried.objection, NobodyThere):
        return tried.reply(sure_of(month, str(tried.objection), code, 1, action=request.path, origin=source))
    if tried.failed and source == RETURNED:
        return tried.reply(returned_page(month, Forms(routes={record_id: form}), alert=tried.alert))
    if tried.failed and source:
        return tried.reply(institution_page(month, source, {record_id: form}, alert=tried.alert))
    if tried.failed:
        return tried.reply(month_page(month, Forms(routes={record_id: form}), alert=tried.alert))
    flash(f"Записът е в списъка на {called(code)}.")
    if source:
        return redirect(_page_of(source, month), 303)
    return redirect(url_for("campaigns.show", month=month, _anchor="returned"), 303)


def _source(text: str) -> str:
    """The institution on whose page of waiting records the form stood, or the page of what was sent back;
    empty if on none of them."""
    is_code = len(text) == CODE_LENGTH and text.isascii() and text.isdigit()
    return text if is_code or text == RETURNED else ""


def _page_of(source: str, month: Month) -> str:
    if source == RETURNED:
        return url_for(".returned", month=month)
    return url_for("waiting.show", month=month, institution=source)


@single_lists.get("/<month:month>/exceptions")
@allow(Operator)
def exceptions(operator: Operator, month: Month) -> ResponseReturnValue:
    """``?q=`` finds the institution whose list is opened again."""
    campaign, (q, found) = Campaign.for_month(month), searched()
    if not campaign.window.is_past(clock.now()) or campaign.answered_at is not None:
        return redirect(url_for("campaigns.show", month=month), 303)
    return render_template("campaigns/exception.html", month=month, q=q, found=found, form=ExceptionForm())


@single_lists.post("/<month:month>/exceptions")
@allow(Operator)
def add_exception(operator: Operator, month: Month) -> ResponseReturnValue:
    form = ExceptionForm(request.form)
    code, reason = form.institution.data or "", form.reason.data or ""
    with attempt(form, beside={NotFound: "institution"}) as tried:
        make_exception(operator, month, code, form.until.day, reason, now=clock.now())
    if tried.failed:
        return tried.reply(month_page(month, Forms(exception=form), alert=tried.alert))
    flash(f"Списъкът на {called(code)} е отворен отново. {said_of_letters(code, now=clock.now())}")
    return redirect(url_for("campaigns.show", month=month, _anchor="exceptions"), 303)


@single_lists.post("/<month:month>/exceptions/<code:institution>/end")
@allow(Operator)
def close_exception(operator: Operator, month: Month, institution: str) -> ResponseReturnValue:
    with attempt() as tried:
        end_exception(operator, month, institution, now=clock.now())
    if tried.failed:
        return tried.reply(month_page(month, alert=tried.alert))
    flash(f"Изключението за {called(institution)} е прекратено.")
    return redirect(url_for("campaigns.show", month=month, _anchor="exceptions"), 303)
