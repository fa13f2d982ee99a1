"""The list of АСП's records, and the decision on each."""

from dataclasses import replace
from typing import Any

from flask import Blueprint, flash, make_response, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from werkzeug.datastructures import MultiDict

from portal.actions.lists import confirmations as actions
from portal.actions.lists.confirm_rest import confirm_rest as confirm_all
from portal.actions.lists.confirm_rest import rest_of
from portal.actions.lists.confirmations import Change
from portal.actions.lists.ready import say_ready
from portal.domain.decisions import clean_note
from portal.domain.month import Month
from portal.domain.people import Delegate, Director, Scope, Staff
from portal.storage.history.months import pasts_of
from portal.storage.lists.reading import Filter, returned_from
from portal.web.http import clock
from portal.web.http.attempts import Attempt, attempt
from portal.web.http.converters import LARGEST_VERSION, number_in
from portal.web.http.forms import PortalForm
from portal.web.http.guards import LISTS, allow
from portal.web.http.htmx import page_or_fragment, wants_fragment, wants_minimal
from portal.web.lists.filters import filter_query, inside, read_filter
from portal.web.lists.forms import DecisionForm, ReturnForm
from portal.web.lists.page import Listing, row_of
from portal.web.lists.row import Editor, Row
from portal.web.lists.summary import Summary, months_of
from portal.web.register.beside import days_of, is_locked_beside, told_days_of

lists = Blueprint("lists", __name__, url_prefix="/confirmations")

NO_VERSION = -1
RECORD = "/<month:month>/records/<id:record_id>"
TOLD = "За списъка, какъвто е сега, вече писахме на директора."


@lists.get("/")
@allow(Director, Delegate, scopes=LISTS)
def months(person: Staff) -> ResponseReturnValue:
    summaries = months_of(person, now=clock.now())
    pasts = pasts_of(summary.submission for summary in summaries)
    return render_template(
        "lists/months.html",
        months=list(zip(summaries, pasts, strict=True)),
        may_decide=person.may(Scope.DECIDE),
    )


@lists.get("/<month:month>")
@allow(Director, Delegate, scopes=LISTS)
def index(person: Staff, month: Month) -> ResponseReturnValue:
    wanted, editor = request.args.get("open", type=_record_id), _editor(request.args.get("what", ""))
    if wanted is not None and wants_fragment():
        return _opened(person, month, wanted, editor)
    listing = _listing(person, month, read_filter(request.args))
    actions.note_first_opening(person, listing.summary.submission, now=clock.now())
    if wanted is not None:
        listing = listing.opening(wanted, editor)
    return page_or_fragment("lists/index.html", "lists/_filtered.html", **_context(listing))


def _record_id(text: str) -> int:
    """Raises ValueError for what no record can have."""
    number = number_in(text)
    if number is None:
        raise ValueError(text)
    return number


def _editor(what: str) -> Editor:
    return Editor.NOT_OURS if what == Editor.NOT_OURS.value else Editor.REFUSAL


def _opened(person: Staff, month: Month, record_id: int, editor: Editor) -> str:
    """One row, with what may be written about it open below."""
    change = actions.unchanged(person, month, record_id)
    summary = Summary(person, month, change.submission, clock.now())
    row = row_of(summary, change.record, change.case, register=days_of(person, month))
    query = filter_query(read_filter(request.args))
    return render_template(
        "lists/_opened.html", row=replace(row, opened=editor), summary=summary, query=query
    )


@lists.post("/<month:month>/search")
@allow(Director, Delegate, scopes=LISTS)
def search(person: Staff, month: Month) -> ResponseReturnValue:
    """By POST: a child's name never stands in an address. A filter alone may, and gets one of its own."""
    wanted = replace(read_filter(request.form), words=clean_note(request.form.get("q", ""))[:100])
    if not wanted.words.strip():
        return redirect(url_for(".index", month=month, **filter_query(wanted)), 303)  # type: ignore[arg-type]
    context = _context(_listing(person, month, wanted))
    response = make_response(page_or_fragment("lists/index.html", "lists/_filtered.html", **context))
    response.headers["HX-Push-Url"] = url_for(".index", month=month, **filter_query(wanted))  # type: ignore[arg-type]
    return response


@lists.post(RECORD)
@allow(Director, Delegate, scopes=(Scope.DECIDE,))
def decide(person: Staff, month: Month, record_id: int) -> ResponseReturnValue:
    form, change = DecisionForm(_sent()), None
    with attempt(form) as tried:
        change = actions.decide(
            person,
            month,
            record_id,
            form.decided(),
            seen=form.seen(),
            differs=bool(form.differs.data),
            now=clock.now(),
        )
    return _changed(tried, change or actions.unchanged(person, month, record_id), person, form)


@lists.post(f"{RECORD}/not-ours")
@allow(Director, Delegate, scopes=(Scope.DECIDE,))
def send_back(person: Staff, month: Month, record_id: int) -> ResponseReturnValue:
    form, change = ReturnForm(request.form), None
    with attempt(form) as tried:
        change = actions.send_back(person, month, record_id, form.note.data or "", now=clock.now())
    return _changed(tried, change or actions.unchanged(person, month, record_id), person, form)


@lists.post(f"{RECORD}/take-back")
@allow(Director, Delegate, scopes=(Scope.DECIDE,))
def take_back(person: Staff, month: Month, record_id: int) -> ResponseReturnValue:
    form, change = DecisionForm(), None
    with attempt(form) as tried:
        change = actions.take_back(person, month, record_id, now=clock.now())
    return _changed(tried, change or actions.unchanged(person, month, record_id), person, form)


@lists.route("/<month:month>/confirm-rest", methods=["GET", "POST"])
@allow(Director, Delegate, scopes=(Scope.DECIDE,))
def confirm_rest(person: Staff, month: Month) -> ResponseReturnValue:
    """First the names and the consequences; a POST with ``sure`` does the deed, for the same filter."""
    tried = attempt()
    within = read_filter(request.form if request.method == "POST" else request.args)
    query = filter_query(within)
    if request.form.get("sure") == "yes":
        with tried:
            seen = _version(request.form.get("seen", ""))
            count = confirm_all(person, month, within, seen=seen, now=clock.now())
        if not tried.failed:
            flash(f"Потвърдени записи: {count}.")
            return redirect(url_for(".index", month=month, **query), 303)  # type: ignore[arg-type]
    rest = rest_of(person, month, within, now=clock.now())
    where = inside(within, rest.classes)
    page = render_template(
        "lists/confirm_rest.html", rest=rest, month=month, query=query, where=where, alert=tried.alert
    )
    return tried.reply(page)


@lists.post("/<month:month>/ready")
@allow(Director, Delegate, scopes=(Scope.DECIDE,))
def ready(person: Staff, month: Month) -> ResponseReturnValue:
    is_news = say_ready(person, month, now=clock.now())
    flash("Директорът ще получи писмо, че списъкът е готов за подпис." if is_news else TOLD)
    return redirect(url_for(".index", month=month), 303)


@lists.post("/<month:month>/nothing")
@allow(Director, Delegate, scopes=(Scope.SIGN,))
def nothing(person: Staff, month: Month) -> ResponseReturnValue:
    actions.say_nothing_to_confirm(person, month, now=clock.now())
    flash("Отбелязано е: проверено, няма записи за потвърждаване.")
    return redirect(url_for(".index", month=month), 303)


def _sent() -> MultiDict[str, str]:
    """What was sent; of a button of the list the address says which version of the record it stood beside."""
    sent = MultiDict(request.form)
    if "version" not in sent and "version" in request.args:
        sent["version"] = request.args["version"]
    return sent


def _version(text: str) -> int | None:
    """The version of the list that was shown. What cannot be one is no list's: it is shown again first."""
    if not text:
        return None
    version = number_in(text, LARGEST_VERSION)
    return NO_VERSION if version is None else version


def _listing(person: Staff, month: Month, wanted: Filter) -> Listing:
    """The list, with the register's days beside АСП's for whoever has the register open."""
    return Listing.of(person, month, wanted, now=clock.now(), register=told_days_of(person, month))


def _context(listing: Listing) -> dict[str, Any]:
    is_locked = is_locked_beside(listing.summary.person)
    return {"listing": listing, "summary": listing.summary, "register_is_locked": is_locked}


def _changed(tried: Attempt, change: Change, person: Staff, form: PortalForm) -> ResponseReturnValue:
    """The row as it is now, with the counts beside it where HTMX asked."""
    month = change.submission.campaign.month
    summary = Summary(person, month, change.submission, clock.now())
    row = row_of(
        summary,
        change.record,
        change.case,
        form=tried.wrong_form,
        alert=_with_lost_note(tried.alert, form),
        register=days_of(person, month),
    )
    query = filter_query(read_filter(request.form))
    # In the middle of a list a decision changes numbers alone: sixty answers are a fifth shorter for it.
    only_numbers = (tried.failed or row.state in ("confirmed", "refused")) and change.submission.pending
    returned = None if tried.wrong_form or only_numbers else len(returned_from(change.submission))
    anchor = f"record-{change.record.id}"
    return tried.show(
        lambda: render_template("lists/index.html", **_context(_with_problem(person, month, row))),
        part=lambda: render_template(
            "lists/_wrong.html" if row.editor and not row.says else "lists/_changed.html",
            row=row,
            summary=summary,
            query=query,
            returned=returned,
            facts=tried.failed or not wants_minimal() or row.has_more_than_facts,
        ),
        said="Решението е записано." if row.state != "pending" else "Редът е върнат за преглед.",
        back=url_for(".index", month=month, _anchor=anchor, **query),  # type: ignore[arg-type]
    )


def _with_problem(person: Staff, month: Month, row: Row) -> Listing:
    """The list under the filter that the row was sent from, or all of it where that hides the row by now."""
    listing = _listing(person, month, read_filter(request.form))
    shown = listing if listing.has(row) else _listing(person, month, Filter())
    return shown.with_problem(row)


def _with_lost_note(sentence: str, form: PortalForm) -> str:
    """What was typed beside a decision that came too late is shown once more, to be copied."""
    note = form.data.get("note")
    return f"{sentence} Бележката ви не е записана: „{note}“" if sentence and note else sentence
