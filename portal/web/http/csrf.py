"""Proving that a form was ours: a token bound to the login, masked afresh in each response; and whose the
page is that sends it, which two people who share a browser do not see."""

from flask import Flask, Response, g, request
from flask.typing import ResponseReturnValue
from markupsafe import Markup
from werkzeug.exceptions import BadRequest

from portal.crypto.errors import MalformedToken
from portal.crypto.tokens import csrf_secret, is_masked, mask, new_token, session_tag
from portal.domain.people import Person
from portal.web.http import cookies
from portal.web.http.body import drain
from portal.web.http.guards import current_person, guard_of
from portal.web.http.htmx import wants_fragment

FIELD = "csrf_token"
HEADER = "X-Form-Token"  # the same from a script: HTTP/2 sends a header that it has sent before as one byte
OWNER = "X-Page-Of"  # the header in which a page's script says whose page it is
SAFE = ("GET", "HEAD", "OPTIONS")


class ForeignForm(BadRequest):
    """The form was not made for this login, or not by the portal at all."""


class OtherPerson(ForeignForm):
    """The page is one person's, and in the same browser another is logged in by now."""

    def __init__(self, person: Person) -> None:
        super().__init__()
        self.person = person


def init_csrf(app: Flask) -> None:
    app.before_request(check_form)
    app.after_request(_keep_visit)
    app.after_request(_keep_owner)
    app.jinja_env.globals.update(csrf_field=csrf_field, page_owner=page_owner)


def check_form() -> ResponseReturnValue | None:
    """Refuse what a page of somebody else asks for, and a change that no page of ours asked for. Who is not
    logged in is sent to the login by the guard instead: a form left open over night is an everyday thing."""
    guard = guard_of(request.endpoint)
    if guard is None:
        return None
    person = current_person()
    if person is not None:
        _check_owner(person, request.headers.get(OWNER, "").partition("-")[0])
    if request.method in SAFE:
        return None
    if guard.kinds and person is None:
        drain()
        return None
    if request.headers.get("Sec-Fetch-Site", "same-origin") not in ("same-origin", "none"):
        raise ForeignForm
    sent = request.headers.get(HEADER) or request.form.get(FIELD, "")
    token, _, owner = sent.partition(".")
    if person is not None:
        _check_owner(person, owner)
    try:
        secret = csrf_secret(_holder())
    except MalformedToken:
        raise ForeignForm from None
    if not is_masked(secret, token):
        raise ForeignForm
    return None


def _check_owner(person: Person, owner: str) -> None:
    """``owner`` is the account that the page was made for, as the page says it; nothing if it does not."""
    if owner and owner != str(person.user_id):
        raise OtherPerson(person)


def csrf_field() -> Markup:
    """The hidden field of every form. All forms of one response share one mask, so that the response
    compresses; the next has another."""
    if "csrf_field" not in g:
        g.csrf_field = Markup('<input type="hidden" name="{}" value="{}">').format(FIELD, csrf_token())
    field: Markup = g.csrf_field
    return field


def csrf_token() -> str:
    """The token and, of a login, whose it is."""
    holder = _holder()
    if not holder:
        holder = g.new_visit = new_token()
    token = mask(csrf_secret(holder))
    person = current_person()
    return token if person is None else f"{token}.{person.user_id}"


def page_owner() -> str:
    """Whose page this is, of which login; nothing where nobody is logged in. A page's script compares it with
    the cookie of the same content before it sends anything, which costs no question over a slow line."""
    person = current_person()
    return "" if person is None else f"{person.user_id}-{session_tag(cookies.read(cookies.SESSION))}"


def _holder() -> str:
    """The cookie that the token hangs on: the login's, else the visit's."""
    return cookies.read(cookies.SESSION if current_person() is not None else cookies.VISIT)


def _keep_visit(response: Response) -> Response:
    if "new_visit" in g:
        cookies.write(response, cookies.VISIT, g.new_visit)
    return response


def _keep_owner(response: Response) -> Response:
    """Tell the scripts of pages that are still open who is logged in now."""
    if response.mimetype != "text/html" or response.status_code >= 300 or wants_fragment():
        return response
    owner = page_owner()
    if cookies.read(cookies.OWNER) != owner:
        cookies.tell_script(response, cookies.OWNER, owner)
    return response
