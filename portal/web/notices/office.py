"""Circulars as РУО and the operator publish, follow and take them back."""

from flask import Blueprint, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from werkzeug.exceptions import RequestEntityTooLarge

from portal.actions.notices import publishing, reminding
from portal.domain.errors import Refusal
from portal.domain.notices.attachments import LARGEST_FILE, MOST_FILES
from portal.domain.people import Operator, Ruo
from portal.storage.notices.recipients import without_director
from portal.web.http import clock
from portal.web.http.attempts import attempt
from portal.web.http.body import drain
from portal.web.http.errors import http_error
from portal.web.http.guards import allow, current_person
from portal.web.http.site import site
from portal.web.notices.forms import NoticeForm, ReminderForm, WithdrawForm
from portal.web.notices.page import Proof, Sent, list_page, new_form, notice_page

office_notices = Blueprint("office_notices", __name__, url_prefix="/oversight/notices")

# Above the files themselves there is room to say which of them is too large, with what was typed still there.
LARGEST_REQUEST = 20 * 1024 * 1024  # bytes (contract.md, Addresses)
assert LARGEST_REQUEST > MOST_FILES * LARGEST_FILE
MOST_PARTS = 1000  # a box for each institution of a region, and the rest
TOO_LARGE = (
    f"Файловете са твърде големи: до {MOST_FILES}, всеки до 5 MB. Нищо не е публикувано. Върнете се с бутона "
    "„Назад“ на браузъра: написаното е там."
)
NOTICE = "/<id:notice_id>"


@office_notices.get("")
@allow(Ruo, Operator)
def index(person: Ruo | Operator) -> ResponseReturnValue:
    return list_page(person, new_form(person))


@office_notices.post("")
@allow(Ruo, Operator, upload=LARGEST_REQUEST, parts=MOST_PARTS, many=("file",))
def publish(person: Ruo | Operator) -> ResponseReturnValue:
    """Publish it; with ``preview`` show first how it would look and to how many it would go, and with
    ``find`` only the institutions that were looked for."""
    form = NoticeForm(request.form)
    if request.form.get("find") == "yes":
        return list_page(person, form)
    with attempt(form) as tried:
        edition = form.edition()
        if request.form.get("preview") == "yes":
            return list_page(person, form, proof=_proof(person, edition))
        notice = publishing.publish(person, edition, now=clock.now())
    if tried.failed:
        return tried.reply(list_page(person, form, alert=tried.alert))
    flash(
        "Писмото е публикувано. Директорите го виждат на началната си страница, докато се запознаят с него."
    )
    return redirect(url_for(".show", notice_id=notice.id), 303)


@office_notices.errorhandler(RequestEntityTooLarge)
def too_large(error: RequestEntityTooLarge) -> ResponseReturnValue:
    """Told beside the field. What was typed could not be read; the browser still has it."""
    person = current_person()
    if not isinstance(person, Ruo | Operator):
        return http_error(error)
    drain()
    form = new_form(person)
    form.with_error(Refusal(TOO_LARGE, field="file"))
    return list_page(person, form), 413


@office_notices.get(NOTICE)
@allow(Ruo, Operator)
def show(person: Ruo | Operator, notice_id: int) -> ResponseReturnValue:
    return notice_page(person, notice_id)


@office_notices.post(f"{NOTICE}/withdraw")
@allow(Ruo, Operator)
def withdraw(person: Ruo | Operator, notice_id: int) -> ResponseReturnValue:
    form = WithdrawForm(request.form)
    with attempt(form) as tried:
        publishing.withdraw(person, notice_id, form.reason.data or "", now=clock.now())
    if tried.failed:
        sent = Sent(withdrawal=form if tried.wrong_form else None)
        return tried.reply(notice_page(person, notice_id, sent, alert=tried.alert))
    flash("Писмото е оттеглено. Който се е запознал с него, ще прочете и защо.")
    return redirect(url_for(".show", notice_id=notice_id), 303)


@office_notices.post(f"{NOTICE}/write")
@allow(Ruo, Operator)
def write(person: Ruo | Operator, notice_id: int) -> ResponseReturnValue:
    """First what would be sent, and to how many; with ``sure`` it is sent."""
    form = ReminderForm(request.form)
    text = form.text.data or ""
    is_sure = request.form.get("sure") == "yes" and form.seen.data is not None
    with attempt(form) as tried:
        if not is_sure:
            preview = reminding.preview(person, notice_id, text, site=site(), now=clock.now())
            return render_template(
                "notices/write.html", notice_id=notice_id, preview=preview, text=text, form=form
            )
        seen = form.seen.data
        letters = reminding.remind(person, notice_id, text, seen=seen, now=clock.now())
    if tried.failed:
        sent = Sent(reminder=form)
        return tried.reply(notice_page(person, notice_id, sent, alert=tried.alert))
    flash(f"Писмата чакат изпращане: {letters}. Който се запознае дотогава, няма да получи.")
    return redirect(url_for(".show", notice_id=notice_id), 303)


def _proof(person: Ruo | Operator, edition: publishing.Edition) -> Proof:
    publishing.check_edition(edition, now=clock.now())
    codes = publishing.recipients(person, edition, now=clock.now())
    return Proof(edition, len(codes), without_director(codes))
