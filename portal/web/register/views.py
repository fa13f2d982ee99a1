"""The quarantine register: who is in quarantine today, entering people, releasing and correcting them."""

from dataclasses import replace

from flask import Blueprint, Response, flash, make_response, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue

from portal.actions.register import entering, entries
from portal.actions.register.keys import session
from portal.domain.decisions import clean_note
from portal.domain.errors import Refusal
from portal.domain.people import Delegate, Director, Staff
from portal.storage.home.months import current_months
from portal.web.http import clock
from portal.web.http.attempts import Attempt, attempt
from portal.web.http.guards import REGISTER, allow
from portal.web.http.htmx import page_or_fragment, wants_fragment
from portal.web.http.site import site
from portal.web.register.cards import Step, register_cards
from portal.web.register.enrolled import filled, with_class
from portal.web.register.forms import EntryForm, UnlockForm
from portal.web.register.lock import back_to, unlock_or_ask
from portal.web.register.page import EVERYBODY, RegisterPage, is_before_envelope
from portal.web.register.row import Group, Wanted
from portal.web.register.unlocking import register_session

register = Blueprint("register", __name__, url_prefix="/quarantine")

ENTRY = "/entries/<string(maxlength=22):entry_id>"
STORED = "Записано е."
LOOK = "find"


@register.get("/")
@allow(Director, Delegate, scopes=REGISTER)
def index(person: Staff) -> ResponseReturnValue:
    if is_before_envelope(person.institution):
        cards = register_cards(person, current_months(person.institution), now=clock.now())
        return render_template(
            "register/first.html",
            is_director=isinstance(person, Director),
            cards=[card for card in cards if card.step is Step.CONFIRM],
        )
    return _page(page_of(person))


@register.post("/search")
@allow(Director, Delegate, scopes=REGISTER)
def search(person: Staff) -> ResponseReturnValue:
    """By POST: no name, class or standing of anybody stands in an address."""
    return page_or_fragment(
        "register/index.html", "register/_list.html", shown=page_of(person, wanted=_wanted())
    )


@register.post("/entries")
@allow(Director, Delegate, scopes=REGISTER)
def enter(person: Staff) -> ResponseReturnValue:
    """Or look for the person among the enrolled children, and fill in the form: one form, so that nothing
    that was typed is lost on the way. The key Enter, which presses its first button, enters as well."""
    form = EntryForm(request.form)
    if "child" in request.form:
        return _entering(
            replace(page_of(person, form=filled(person, form, request.form["child"])), is_filled=True)
        )
    looks = request.form.get("step") == LOOK
    if looks and form.look.data:
        return _entering(page_of(person, form=form).finding(form.look.data[:100]))
    with attempt(form) as tried:
        if looks and form.names_nobody:
            raise Refusal("Напишете име или последните четири цифри от идентификатора.", field="look")
        draft = with_class(person, form.draft())
        (entry_id,) = entering.enter(person, register_session(), [draft], site=site(), now=clock.now())
    if tried.failed:
        return tried.reply(_page(replace(page_of(person, form=form), alert=tried.alert)))
    if wants_fragment():
        return _page(replace(page_of(person), entered=entry_id))
    flash(STORED)
    return redirect(url_for(".index", _anchor=f"entry-{entry_id}"), 303)


@register.get(ENTRY)
@allow(Director, Delegate, scopes=REGISTER)
def show(person: Staff, entry_id: str) -> ResponseReturnValue:
    """The entry with everything that can be corrected, and its history."""
    page = page_of(person)
    row = page.row(entry_id)
    if "closed" not in request.args:
        row = row.opened()
    if wants_fragment():
        return render_template("register/_changed.html", row=row, shown=page)
    return render_template("register/index.html", shown=page.with_row(row))


@register.post(ENTRY)
@allow(Director, Delegate, scopes=REGISTER)
def change(person: Staff, entry_id: str) -> ResponseReturnValue:
    """What was sent is changed; what was not stays as it is."""
    form = EntryForm(request.form)
    with attempt(form) as tried:
        entries.change(
            person,
            register_session(),
            entry_id,
            lambda entry: form.over(entry, set(request.form)),
            seen=form.seen(),
            site=site(),
            now=clock.now(),
        )
    return _changed(tried, person, entry_id, form)


@register.post(f"{ENTRY}/release")
@allow(Director, Delegate, scopes=REGISTER)
def release(person: Staff, entry_id: str) -> ResponseReturnValue:
    """Today, or the day in ``released_on``, is the last one."""
    form = EntryForm(request.form)
    with attempt(form) as tried:
        form.check_days()
        entries.release(
            person,
            register_session(),
            entry_id,
            form.released_on.given,
            seen=form.seen(),
            site=site(),
            now=clock.now(),
        )
    return _changed(tried, person, entry_id, form)


@register.post("/unlock")
@allow(Director, Delegate, scopes=REGISTER)
def unlock(person: Staff) -> ResponseReturnValue:
    back = back_to(request.form.get("next", ""))
    asked = unlock_or_ask(person, UnlockForm(request.form), url_for(".unlock"), [("next", back)])
    return redirect(back, 303) if asked is None else asked


@register.post("/lock")
@allow(Director, Delegate, scopes=REGISTER)
def lock(person: Staff) -> ResponseReturnValue:
    session.lock(register_session())
    return redirect(url_for(".index"), 303)


def page_of(person: Staff, *, wanted: Wanted = EVERYBODY, form: EntryForm | None = None) -> RegisterPage:
    return RegisterPage.of(person, register_session(), wanted=wanted, form=form, site=site(), now=clock.now())


def _entering(page: RegisterPage) -> Response:
    """The page with whom a search found, or with the form filled in: for HTMX that part alone."""
    response = make_response(page_or_fragment("register/index.html", "register/_enter.html", shown=page))
    if wants_fragment():
        response.headers["HX-Retarget"] = "#enter"
    return response


def _page(page: RegisterPage) -> str:
    return page_or_fragment("register/index.html", "register/_register.html", shown=page)


def _wanted() -> Wanted:
    groups = {group.value: group for group in Group}
    return Wanted(
        clean_note(request.form.get("q", ""))[:100],
        groups.get(request.form.get("standing", "")),
        clean_note(request.form.get("class", ""))[:30],
    )


def _changed(tried: Attempt, person: Staff, entry_id: str, form: EntryForm) -> ResponseReturnValue:
    """The row as it is now, with the counts beside it where HTMX asked."""
    page = page_of(person)
    row = page.row(entry_id)
    is_open = "first_name" in request.form
    if tried.wrong_form is not None:
        row = row.wrong(form, is_open=is_open)
    elif tried.failed:
        row = row.conflicting(tried.alert, is_open=is_open)
    return tried.show(
        lambda: render_template("register/index.html", shown=page.with_row(row, problem=True)),
        part=lambda: render_template("register/_changed.html", row=row, shown=page),
        said=STORED,
        back=url_for(".index", _anchor=f"entry-{entry_id}"),
    )
