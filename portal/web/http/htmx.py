"""Whether the browser wants a page, a part of it or an alert, and how each is sent."""

from typing import Any

from flask import Flask, Response, current_app, make_response, render_template, request
from htmx_flask import Htmx


def init_htmx(app: Flask) -> None:
    """Let every request say, in ``request.htmx``, what HTMX wrote in its headers."""
    Htmx(app)


def wants_fragment() -> bool:
    """Whether HTMX will swap the response into a page that is already there."""
    htmx = request.htmx  # type: ignore[attr-defined]
    return bool(htmx) and not htmx.history_restore_request


def wants_minimal() -> bool:
    """Whether the script has what a change leaves as it was, and needs only what is new (RFC 7240, 4.2)."""
    return request.headers.get("Prefer") == "return=minimal"


def page_or_fragment(page: str, fragment: str, **context: Any) -> str:
    """Render ``page``, or only ``fragment``, a part of it, when HTMX asks."""
    return render_template(fragment if wants_fragment() else page, **context)


def alert(sentence: str, status: int) -> Response:
    """Say ``sentence`` at the top of the page that HTMX asked from, which stays as it is. Who is there is not
    asked: the database may be what is away."""
    template = current_app.jinja_env.get_template("errors/_alert.html")
    response = make_response(template.render(sentence=sentence), status)
    response.headers["HX-Retarget"] = "#alert"
    response.headers["HX-Reswap"] = "innerHTML"
    return response


def redirect_whole_page(address: str, status: int = 200) -> Response:
    """Make HTMX go to ``address`` as a click on a link would; 401 when the login has ended."""
    response = make_response("", status)
    response.headers["HX-Redirect"] = address
    return response
