"""Circulars as the people read them whom they are for."""

from urllib.parse import quote

from flask import Blueprint, Response, flash, redirect, render_template, url_for
from flask.typing import ResponseReturnValue

from portal.actions.notices.acquainting import acquaint
from portal.domain.notices.rules import NoticeState, Office
from portal.domain.people import Delegate, Director, Operator, Ruo, Scope, Staff
from portal.storage.notices.files import file_of, files_of
from portal.storage.notices.shown import Shown, for_office, for_staff, of_institution
from portal.web.http import clock
from portal.web.http.attempts import attempt
from portal.web.http.guards import allow

notices = Blueprint("notices", __name__, url_prefix="/notices")

ANY = tuple(Scope)  # whose authorisation is over reads no more
NOTICE = "/<id:notice_id>"
Reader = Staff | Ruo | Operator


@notices.get("/")
@allow(Director, Delegate, Ruo, Operator, scopes=ANY)
def index(person: Reader) -> ResponseReturnValue:
    if not isinstance(person, Staff):
        return redirect(url_for("office_notices.index"), 303)
    return render_template("notices/index.html", notices=of_institution(person))


@notices.get(NOTICE)
@allow(Director, Delegate, Ruo, Operator, scopes=ANY)
def show(person: Reader, notice_id: int) -> ResponseReturnValue:
    return _page(person, _found(person, notice_id))


@notices.post(f"{NOTICE}/read")
@allow(Director, Delegate, scopes=ANY)
def read(person: Staff, notice_id: int) -> ResponseReturnValue:
    """„Запознах се“. Pressed twice, it is said once."""
    with attempt() as tried:
        shown = acquaint(person, notice_id, now=clock.now())
    if tried.failed:
        return tried.reply(_page(person, _found(person, notice_id), alert=tried.alert))
    what = "оттеглянето на писмо" if shown.state is NoticeState.WITHDRAWN else "писмо"
    flash(f"Отбелязано е, че сте се запознали с {what} {shown.name}")
    return redirect("/", 303)


@notices.get(f"{NOTICE}/files/<int:position>")
@allow(Director, Delegate, Ruo, Operator, scopes=ANY)
def file(person: Reader, notice_id: int, position: int) -> ResponseReturnValue:
    """Always saved, never opened in the portal's own window."""
    kept = file_of(_found(person, notice_id).notice, min(position, 100))
    response = Response(bytes(kept.content), mimetype="application/pdf")
    plain, full = f"notice-{notice_id}-{kept.position}.pdf", quote(kept.name, safe="")
    response.headers["Content-Disposition"] = f"attachment; filename=\"{plain}\"; filename*=UTF-8''{full}"
    return response


def _found(person: Reader, notice_id: int) -> Shown:
    return (
        for_staff(person, notice_id)
        if isinstance(person, Staff)
        else for_office(Office.of(person), notice_id)
    )


def _page(person: Reader, shown: Shown, alert: str = "") -> str:
    is_staff = isinstance(person, Staff)
    is_news = shown.read_at is None or shown.state is NoticeState.WITHDRAWN
    return render_template(
        "notices/show.html",
        shown=shown,
        files=files_of([shown.notice.id])[shown.notice.id],
        is_staff=is_staff,
        may_read=is_staff and is_news and (shown.state is NoticeState.IN_FORCE),
        alert=alert,
    )
