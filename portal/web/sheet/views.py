"""The sheet of a list: taking it, sending it back, reading what would change, and storing it."""

from flask import Blueprint, Response, render_template, request
from flask.typing import ResponseReturnValue
from werkzeug.exceptions import RequestEntityTooLarge
from wtforms import FileField

from portal.actions.sheet.carried import (
    carried_left,
    carried_wanted,
    carry_left,
    carry_wanted,
    left_of,
)
from portal.actions.sheet.examined import Examined, Outcome
from portal.actions.sheet.examining import examine
from portal.actions.sheet.making import SheetFile, SheetFormat, make_sheet
from portal.actions.sheet.storing import Stored, faulty_sheet, store
from portal.domain.errors import Refusal
from portal.domain.month import Month
from portal.domain.people import Delegate, Director, Scope, Staff
from portal.exchange.sheet.package import LARGEST, TOO_LARGE
from portal.storage.lists.current import list_of, records_of
from portal.storage.lists.reading import Filter, classes_of
from portal.web.http import clock
from portal.web.http.attempts import attempt
from portal.web.http.body import drain
from portal.web.http.errors import http_error
from portal.web.http.forms import PortalForm
from portal.web.http.guards import allow, current_person
from portal.web.http.site import site
from portal.web.lists.page import Summary

sheet = Blueprint("sheet", __name__, url_prefix="/confirmations/<month:month>")

MIMETYPES = {
    SheetFormat.XLSX: "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
    SheetFormat.CSV: "text/csv; charset=utf-8",
}
# What was read rides in fields. Three hundred notes of 2000 letters are 1.2 MB before they are packed, and
# those that cannot be taken come a second time.
LONGEST_TEXT = 3 * 1024 * 1024  # bytes
LARGEST_REQUEST = LARGEST + LONGEST_TEXT
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
@allow(Director, Delegate, scopes=(Scope.DECIDE,), upload=LARGEST_REQUEST, text=LONGEST_TEXT)
def bring(person: Staff, month: Month) -> ResponseReturnValue:
    """The file first: what would become of each row. Then, with ``sure=yes``, the rows that it showed."""
    form = SheetForm()
    is_sure = request.form.get("sure") == "yes"
    with attempt(form) as tried:
        if is_sure:
            wanted = carried_wanted(request.form.get("rows", ""), person, month, site=site())
            left = carried_left(request.form.get("left", ""), person, month, site=site())
            done = store(person, month, wanted, now=clock.now())
        else:
            examined = examine(person, month, _sent(), site=site(), now=clock.now())
    if tried.failed:
        return tried.reply(_page(person, month, form, tried.alert))
    if not is_sure:
        return _examined(person, month, examined)
    return _stored(
        person, month, done, carry_left([*left, *done.left], person, month, site=site()), len(left)
    )


@sheet.post("/sheet/faults")
@allow(Director, Delegate, scopes=(Scope.DECIDE,), upload=LARGEST_REQUEST, text=LONGEST_TEXT)
def faults(person: Staff, month: Month) -> ResponseReturnValue:
    """The rows that could not be taken, as a sheet with what is wrong in its last column."""
    form = SheetForm()
    with attempt(form) as tried:
        rows = carried_left(request.form.get("left", ""), person, month, site=site())
        made = faulty_sheet(person, month, rows, site=site(), now=clock.now())
    return (
        tried.reply(_page(person, month, form, tried.alert))
        if tried.failed
        else _file(made, SheetFormat.XLSX)
    )


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


def _sent() -> bytes:
    upload = request.files.get("file")
    if upload is None or not upload.filename:
        raise Refusal(UNCHOSEN, field="file")
    content: bytes = upload.stream.read(LARGEST + 1)
    return content


def _page(person: Staff, month: Month, form: PortalForm, alert: str = "") -> str:
    submission = list_of(person.institution, month)
    return render_template(
        "sheet/index.html",
        summary=Summary(person, month, submission, clock.now()),
        classes=classes_of(records_of(submission).listed),
        form=form,
        alert=alert,
    )


def _examined(person: Staff, month: Month, examined: Examined) -> str:
    return render_template(
        "sheet/examined.html",
        month=month,
        examined=examined,
        Outcome=Outcome,
        rows=carry_wanted(examined.changes, person, month, site=site()),
        left=carry_left([left_of(row) for row in examined.left], person, month, site=site()),
    )


def _stored(person: Staff, month: Month, done: Stored, left: str, known: int) -> str:
    """``known`` rows were shown as such that cannot be taken."""
    return render_template(
        "sheet/stored.html",
        summary=Summary(person, month, list_of(person.institution, month), clock.now()),
        done=done,
        left=left,
        left_count=known + len(done.left),
    )


def _made(person: Staff, month: Month, kind: SheetFormat) -> Response:
    """``?class=7`` is the sheet of one class."""
    within = Filter(class_code=request.args.get("class", "")[:8])
    return _file(make_sheet(person, month, within, kind, site=site(), now=clock.now()), kind)


def _file(made: SheetFile, kind: SheetFormat) -> Response:
    response = Response(made.content, content_type=MIMETYPES[kind])
    response.headers["Content-Disposition"] = f'attachment; filename="{made.name}"'
    return response
