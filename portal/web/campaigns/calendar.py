"""The data behind the lists, for the operator: institutions, enrolments, the calendar, moved days."""

from collections.abc import Callable

from flask import Blueprint, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue

from portal.actions.loading.calendars import load_calendar, load_holidays_override
from portal.actions.loading.enrolments import picture_of, take_enrolments
from portal.actions.loading.institutions import load_institutions
from portal.domain.errors import Refusal, Unsure
from portal.domain.month import Month
from portal.domain.operating import TakesAway
from portal.domain.people import Operator
from portal.storage.campaigns.loaded import (
    band_years,
    enrolment_months,
    institution_counts,
    missing_institutions,
    moved_days,
)
from portal.storage.campaigns.loads import ENROLMENTS, latest_loads, load_by_id, unfinished_of
from portal.storage.loading.tables import Load
from portal.web.campaigns.forms import LARGEST_FILE, EnrolmentsForm, FileForm
from portal.web.campaigns.sure import sure_page
from portal.web.campaigns.views import said_of
from portal.web.http import clock
from portal.web.http.attempts import attempt
from portal.web.http.guards import allow

calendar = Blueprint("calendar", __name__, url_prefix="/calendar")

KINDS = ("institutions", "enrolments", "calendar", "holidays")


@calendar.get("/")
@allow(Operator)
def index(operator: Operator) -> ResponseReturnValue:
    return _page({})


@calendar.post("/institutions")
@allow(Operator, upload=LARGEST_FILE)
def institutions(operator: Operator) -> ResponseReturnValue:
    form = FileForm(request.form)
    return _loaded("institutions", form, lambda: load_institutions(operator, form.source(), now=clock.now()))


@calendar.post("/enrolments")
@allow(Operator, upload=LARGEST_FILE)
def enrolments(operator: Operator) -> ResponseReturnValue:
    form = EnrolmentsForm(request.form)

    def load() -> Load:
        source = form.source()
        correction = bool(form.correction.data)
        picture = picture_of(source, _month(form), correction=correction, sure=form.is_sure())
        return load_by_id(take_enrolments(operator, source, picture=picture, now=clock.now()))

    return _loaded("enrolments", form, load)


@calendar.post("/school-days")
@allow(Operator, upload=LARGEST_FILE)
def school_days(operator: Operator) -> ResponseReturnValue:
    form = FileForm(request.form)
    return _loaded("calendar", form, lambda: load_calendar(operator, form.source(), now=clock.now()))


@calendar.post("/holidays")
@allow(Operator, upload=LARGEST_FILE)
def holidays(operator: Operator) -> ResponseReturnValue:
    form = FileForm(request.form)
    return _loaded("holidays", form, lambda: load_holidays_override(operator, form.source(), now=clock.now()))


def _month(form: EnrolmentsForm) -> Month | None:
    """The month that was typed, if one was."""
    if not form.month.data:
        return None
    try:
        return Month.parse(form.month.data)
    except ValueError:
        raise Refusal("Напишете месеца като 2020-12.", field="month") from None


def _loaded(kind: str, form: FileForm, load: Callable[[], Load]) -> ResponseReturnValue:
    with attempt(form) as tried:
        done = load()
    if isinstance(tried.objection, Unsure) and isinstance(form, EnrolmentsForm):
        loss = tried.objection.loss if isinstance(tried.objection, TakesAway) else None
        return tried.reply(sure_page(form, str(tried.objection), loss, form.source().sha256()))
    if tried.failed:
        return tried.reply(_page({kind: form}, alert=tried.alert))
    if not done.is_finished:  # it goes on beside this answer
        return redirect(url_for("campaigns.show_load", load_id=done.id), 303)
    if done.distributed:
        flash(said_of(done))
    if done.rejected or (kind == "institutions" and done.missing):
        return redirect(url_for("campaigns.show_load", load_id=done.id), 303)
    return redirect(url_for(".index", _anchor=kind), 303)


def _page(sent: dict[str, FileForm], alert: str = "") -> str:
    """All that is loaded; ``sent`` holds the form that did not hold."""
    forms = {kind: EnrolmentsForm() if kind == "enrolments" else FileForm() for kind in KINDS} | sent
    return render_template(
        "campaigns/calendar.html",
        forms=forms,
        alert=alert,
        institutions=institution_counts(),
        missing=len(missing_institutions()),
        months=enrolment_months(),
        years=band_years(),
        days=moved_days(),
        loads=latest_loads(*KINDS),
        unfinished=unfinished_of(ENROLMENTS),
    )
