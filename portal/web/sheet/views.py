"""The sheet of a list: taking it, sending it back, reading what would change, and storing it."""

from flask import Blueprint, Response, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from werkzeug.exceptions import RequestEntityTooLarge
from wtforms import FileField

from portal.actions.sheet import examining as actions
from portal.actions.sheet import storing
from portal.actions.sheet.kept import waiting
from portal.actions.sheet.making import SheetFile, SheetFormat, make_sheet
from portal.actions.sheet.storing import Stored
from portal.domain.errors import Refusal
from portal.domain.month import Month
from portal.domain.people import Delegate, Director, Scope, Staff
from portal.exchange.sheet.package import LARGEST, TOO_LARGE
from portal.storage.lists.current import list_of, records_of
from portal.storage.lists.reading import Filter, classes_of
from portal.web.http import clock
from portal.web.http.attempts import attempt
from portal.web.http.body import drain, sent_file
from portal.web.http.errors import http_error
from portal.web.http.forms import PortalForm
from portal.web.http.guards import allow, current_person
from portal.web.http.site import site
from portal.web.lists.summary import Summary

sheet = Blueprint("sheet", __name__, url_prefix="/confirmations/<month:month>")

MIMETYPES = {
    SheetFormat.XLSX: "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
    SheetFormat.CSV: "text/csv; charset=utf-8",
}
LARGEST_REQUEST = LARGEST + 64 * 1024  # bytes: the file, and the form around it
UNCHOSEN = "Изберете попълнената таблица."


class SheetForm(PortalForm):
    file = FileField("Попълнената таблица (.xlsx или .csv)")


@sheet.get("/sheet.xlsx")
@allow(Director, Delegate, scopes=(Scope.DECIDE,))
def xlsx(person: Staff, month: Month) -> ResponseReturnValue:
    return _made(person, month, SheetFormat.XLSX)


@sheet.get("/sheet.csv")
@allow(Director, Delegate, scopes=(Scope.DECIDE,))
def csv(person: Staff, month: Month) -> ResponseReturnValue:
    return _made(person, month, SheetFormat.CSV)


@sheet.get("/sheet")
@allow(Director, Delegate, scopes=(Scope.DECIDE,))
def page(person: Staff, month: Month) -> ResponseReturnValue:
    return _page(person, month, SheetForm())


@sheet.post("/sheet")
@allow(Director, Delegate, scopes=(Scope.DECIDE,), upload=LARGEST_REQUEST)
def bring(person: Staff, month: Month) -> ResponseReturnValue:
    """The file; what it would change has a page of its own, to be found again for a day."""
    form = SheetForm()
    with attempt(form) as tried:
        token = actions.bring(person, month, sent_file(LARGEST, UNCHOSEN), site=site(), now=clock.now())
    if tried.failed:
        return tried.reply(_page(person, month, form, tried.alert))
    return redirect(url_for(".examined", month=month, token=token), 303)


@sheet.get("/sheet/<token>")
@allow(Director, Delegate, scopes=(Scope.DECIDE,))
def examined(person: Staff, month: Month, token: str) -> ResponseReturnValue:
    with attempt() as tried:
        found = actions.look(person, month, token, site=site(), now=clock.now())
    if tried.failed:
        return tried.reply(_page(person, month, SheetForm(), tried.alert))
    summary = Summary(person, month, list_of(person.institution, month), clock.now())
    return render_template("sheet/examined.html", summary=summary, examined=found, token=token)


@sheet.post("/sheet/<token>")
@allow(Director, Delegate, scopes=(Scope.DECIDE,))
def store(person: Staff, month: Month, token: str) -> ResponseReturnValue:
    """What can be stored of it; the same page then shows what is left."""
    with attempt() as tried:
        found = actions.look(person, month, token, site=site(), now=clock.now())
        done = storing.store(person, month, found.changes, now=clock.now())
    if tried.failed:
        return tried.reply(_page(person, month, SheetForm(), tried.alert))
    flash(_said(done, left=len(found.left)))
    return redirect(url_for(".examined", month=month, token=token), 303)


def _said(done: Stored, *, left: int) -> str:
    not_stored = left + done.late
    return f"Записани решения: {done.stored}." + (f" Не са записани: {not_stored}." if not_stored else "")


@sheet.post("/sheet/<token>/drop")
@allow(Director, Delegate, scopes=(Scope.DECIDE,))
def drop(person: Staff, month: Month, token: str) -> ResponseReturnValue:
    actions.drop(person, month, token)
    flash("Прегледът е изтрит. Списъкът остана, както беше.")
    return redirect(url_for(".page", month=month), 303)


@sheet.get("/sheet/<token>/faults.xlsx")
@allow(Director, Delegate, scopes=(Scope.DECIDE,))
def faults(person: Staff, month: Month, token: str) -> ResponseReturnValue:
    """The rows that could not be taken, as a sheet with what is wrong in its last column."""
    with attempt() as tried:
        found = actions.look(person, month, token, site=site(), now=clock.now())
        made = storing.faulty_sheet(person, month, found.left, site=site(), now=clock.now())
    if tried.failed:
        return tried.reply(_page(person, month, SheetForm(), tried.alert))
    return _file(made, SheetFormat.XLSX)


@sheet.errorhandler(RequestEntityTooLarge)
def too_large(error: RequestEntityTooLarge) -> ResponseReturnValue:
    """Told beside the field, on the page that it came from."""
    person = current_person()
    if request.endpoint != f"{sheet.name}.bring" or not isinstance(person, Staff):
        return http_error(error)
    drain()
    month: Month = (request.view_args or {})["month"]
    form = SheetForm().with_error(Refusal(TOO_LARGE, field="file"))
    return _page(person, month, form), 413


def _page(person: Staff, month: Month, form: PortalForm, alert: str = "") -> str:
    submission = list_of(person.institution, month)
    return render_template(
        "sheet/index.html",
        summary=Summary(person, month, submission, clock.now()),
        classes=classes_of(records_of(submission).listed),
        waits=waiting(person, submission, now=clock.now()),
        form=form,
        alert=alert,
    )


def _made(person: Staff, month: Month, kind: SheetFormat) -> Response:
    """``?class=7`` is the sheet of one class."""
    within = Filter(class_code=request.args.get("class", "")[:8])
    return _file(make_sheet(person, month, within, kind, site=site(), now=clock.now()), kind)


def _file(made: SheetFile, kind: SheetFormat) -> Response:
    response = Response(made.content, content_type=MIMETYPES[kind])
    response.headers["Content-Disposition"] = f'attachment; filename="{made.name}"'
    return response
