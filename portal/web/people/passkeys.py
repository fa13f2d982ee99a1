"""Passkeys: adding and removing one's own, and using one at the login instead of a code. It takes a script
(static/js/passkey.js); without it the code remains."""

from flask import Blueprint, Response, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from wtforms import HiddenField

from portal.actions.people import login_steps, passkeys
from portal.domain.errors import Conflict, TooOften
from portal.domain.people import Delegate, Director, Operator, Person, Ruo
from portal.web.http import clock, cookies
from portal.web.http.attempts import attempt
from portal.web.http.forms import PortalForm, Text
from portal.web.http.guards import allow, public
from portal.web.http.site import origin, site
from portal.web.people.own import begin, begin_again, code_page, local_path
from portal.web.people.own_forms import CodeForm
from portal.web.people.two_factor import KeyForm, factor_page, here

own_keys = Blueprint("own_keys", __name__, url_prefix="/account/two-factor/keys")
login_key = Blueprint("login_key", __name__, url_prefix="/login/key")


class MadeForm(PortalForm):
    """What the browser sends of a new key."""

    name = Text("Име на ключа")
    key = HiddenField()


class UsedForm(CodeForm):
    """What it sends at the login; what goes wrong is said beside the code, which remains."""

    key = HiddenField()


@own_keys.post("/start")
@allow(Director, Delegate, Ruo, Operator)
def start(person: Person) -> ResponseReturnValue:
    """After password and code, the page on which the browser asks the new key."""
    form = KeyForm(request.form)
    name = form.name.data or ""
    with attempt(form, beside={TooOften: ""}) as tried:
        options = passkeys.begin_key(person, form.proof(), name, here=here(), site=site(), now=clock.now())
    if tried.failed:
        return tried.reply(factor_page(person, alert=tried.alert, adding=form))
    return render_template("people/passkey_setup.html", name=name, options=options)


@own_keys.post("")
@allow(Director, Delegate, Ruo, Operator)
def add(person: Person) -> ResponseReturnValue:
    form = MadeForm(request.form)
    name, sent = form.name.data or "", form.key.data or ""
    with attempt(form) as tried:
        passkeys.add_key(person, name, sent, here=here(), site=site(), now=clock.now())
    if tried.failed:
        return tried.reply(factor_page(person, alert=str(tried.objection)))
    flash("Ключът е добавен. При следващия вход може да ползвате него вместо код.")
    return redirect(url_for("two_factor.page", _anchor="keys"), 303)


@own_keys.post("/<id:key_id>/remove")
@allow(Director, Delegate, Ruo, Operator)
def remove(person: Person, key_id: int) -> ResponseReturnValue:
    passkeys.remove_key(person, key_id, site=site(), now=clock.now())
    flash("Ключът е премахнат.")
    return redirect(url_for("two_factor.page", _anchor="keys"), 303)


@login_key.post("/options")
@public
def options() -> ResponseReturnValue:
    """For the script: what to ask the key, or a sentence why not."""
    try:
        asked = login_steps.ask_key(cookies.read(cookies.STEP), site=site(), now=clock.now())
    except Conflict as conflict:
        return {"sentence": str(conflict)}, 409
    return Response(asked, mimetype="application/json")


@login_key.post("")
@public
def give() -> ResponseReturnValue:
    form = UsedForm(request.form)
    token, now = cookies.read(cookies.STEP), clock.now()
    with attempt(form, beside={TooOften: "code"}) as tried:
        entered = login_steps.give_key(token, form.key.data or "", origin=origin(), site=site(), now=now)
    if tried.alert:
        is_over = not login_steps.is_asked(token, now=now)
        return tried.reply(begin_again(form, tried.alert) if is_over else code_page(form, tried.alert))
    if tried.failed:
        return tried.reply(code_page(form))
    return begin(entered, local_path(form.next.data or ""))
