"""Logging in and out, activating an account, and what one can do with one's own."""

from urllib.parse import urlsplit

from flask import Blueprint, flash, make_response, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from wtforms import HiddenField, PasswordField

from portal.actions import logins
from portal.actions.logins import Entered
from portal.crypto.tokens import token_digest
from portal.domain.errors import Refusal, TooOften
from portal.web import clock, cookies
from portal.web.forms import PortalForm, Text
from portal.web.guards import current_person, public
from portal.web.site import network, site

accounts = Blueprint("accounts", __name__)

HOME = "/"


class LoginForm(PortalForm):
    email = Text("Електронна поща")
    password = PasswordField("Парола")
    next = HiddenField()


@accounts.get("/login")
@public
def login() -> ResponseReturnValue:
    if current_person() is not None:
        return redirect(HOME, 303)
    return render_template("accounts/login.html", form=LoginForm(next=request.args.get("next", "")))


@accounts.post("/login")
@public
def log_in() -> ResponseReturnValue:
    form = LoginForm(request.form)
    try:
        entered = logins.log_in(
            form.email.data or "",
            form.password.data or "",
            device=cookies.read(cookies.DEVICE),
            network=network(),
            site=site(),
            now=clock.now(),
        )
    except Refusal as refusal:
        return render_template("accounts/login.html", form=form.with_error(refusal)), 422
    except TooOften as answer:
        page = render_template("accounts/login.html", form=form.with_error(Refusal(str(answer))))
        return page, 429, {"Retry-After": str(answer.retry_after)}
    return begin(entered, local_path(form.next.data or ""))


@accounts.post("/logout")
@public
def logout() -> ResponseReturnValue:
    if current_person() is not None:
        logins.log_out(token_digest(cookies.read(cookies.SESSION)))
    flash("Излязохте от портала.")
    response = make_response(redirect(url_for(".login"), 303))
    cookies.forget(response, cookies.SESSION)
    return response


def begin(entered: Entered, address: str) -> ResponseReturnValue:
    """Give the browser its new login, and forget what it had as a visitor."""
    response = make_response(redirect(address, 303))
    cookies.write(response, cookies.SESSION, entered.token)
    cookies.write(response, cookies.DEVICE, entered.device, age=cookies.DEVICE_AGE)
    cookies.forget(response, cookies.VISIT)
    return response


def local_path(address: str) -> str:
    """``address`` if it is a path of the portal, else the first page: nobody's link leads elsewhere."""
    parts = urlsplit(address) if address.isprintable() else urlsplit("")
    is_ours = address.startswith("/") and not address.startswith("//") and "\\" not in address
    return address if is_ours and not parts.scheme and not parts.netloc else HOME
