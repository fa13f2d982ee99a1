"""Proving that a form was ours: a token bound to the login, masked afresh in each response."""

from flask import Flask, g, request
from flask.typing import ResponseReturnValue
from markupsafe import Markup
from werkzeug.exceptions import BadRequest

from portal.crypto.errors import MalformedToken
from portal.crypto.tokens import csrf_secret, is_masked, mask, new_token
from portal.web.http import cookies
from portal.web.http.body import drain
from portal.web.http.guards import current_person, guard_of

FIELD = "csrf_token"
SAFE = ("GET", "HEAD", "OPTIONS")


class ForeignForm(BadRequest):
    """The form was not made for this login, or not by the portal at all."""


def init_csrf(app: Flask) -> None:
    app.before_request(check_form)
    app.after_request(_keep_visit)
    app.jinja_env.globals["csrf_field"] = csrf_field


def check_form() -> ResponseReturnValue | None:
    """Refuse a change that no page of ours asked for. Who is not logged in is sent to the login by
    the guard instead: a form left open over night is an everyday thing."""
    guard = guard_of(request.endpoint)
    if request.method in SAFE or guard is None:
        return None
    if guard.kinds and current_person() is None:
        drain()
        return None
    if request.headers.get("Sec-Fetch-Site", "same-origin") not in ("same-origin", "none"):
        raise ForeignForm
    try:
        secret = csrf_secret(_holder())
    except MalformedToken:
        raise ForeignForm from None
    if not is_masked(secret, request.form.get(FIELD, "")):
        raise ForeignForm
    return None


def csrf_field() -> Markup:
    """The hidden field of every form. All forms of one response share one mask, so that the response
    compresses; the next has another."""
    if "csrf_field" not in g:
        holder = _holder()
        if not holder:
            holder = g.new_visit = new_token()
        g.csrf_field = Markup('<input type="hidden" name="{}" value="{}">').format(
            FIELD, mask(csrf_secret(holder))
        )
    field: Markup = g.csrf_field
    return field


def _holder() -> str:
    """The cookie that the token hangs on: the login's, else the visit's."""
    return cookies.read(cookies.SESSION if current_person() is not None else cookies.VISIT)


def _keep_visit(response):  # type: ignore[no-untyped-def]
    if "new_visit" in g:
        cookies.write(response, cookies.VISIT, g.new_visit)
    return response
