"""What no address of the portal may contain, whoever wrote it, and what it need not."""

from urllib.parse import urlencode

from flask import Flask, abort, redirect, request
from werkzeug.wrappers import Response

from portal.web.http.htmx import wants_fragment

# Pages that a form without a script filters: people keep their addresses, and send them to others.
FILTERED = frozenset({"oversight.index", "history.audit", "importing.without_director"})


def init_addresses(app: Flask) -> None:
    """After ``init_htmx``, which says whether a page or a part of one is asked for."""
    app.before_request(refuse_nul)
    app.before_request(leave_out_empty)


def refuse_nul() -> None:
    """PostgreSQL takes no text with a NUL in it, and raises; no person writes one into an address."""
    if "\0" in request.path or b"%00" in request.query_string or b"\0" in request.query_string:
        abort(400)


def leave_out_empty() -> Response | None:
    """A form sends each of its fields, the empty ones too; the address says only what it filters by."""
    if request.endpoint not in FILTERED or wants_fragment() or all(value for _, value in _sent()):
        return None
    return redirect(without_empty())


def without_empty() -> str:
    """The address that was asked for, less the parameters that say nothing."""
    query = urlencode([(name, value) for name, value in _sent() if value])
    return request.path + (f"?{query}" if query else "")


def _sent() -> list[tuple[str, str]]:
    return list(request.args.items(multi=True))
