"""What every response tells the browser it may load, keep and show."""

from flask import Flask, Response, request, session

from portal.web.http.htmx import wants_fragment

# The local signing service (BISS) listens on one of these; only the signing page may speak to it.
LOCAL_SIGNING = tuple(f"https://localhost:{port}" for port in range(53952, 53956))

_HEADERS = {"X-Content-Type-Options": "nosniff"}
# What HTMX swaps into a document is bound by that one's, and no other site can ask for it: browsers do not
# send HX-Request for one unasked. It would have more headers than words.
_OF_WHAT_OTHER_SITES_CAN_ASK_FOR = {"Cross-Origin-Resource-Policy": "same-origin"}
# Of a document alone: browsers heed them nowhere else, and a first visit has two files beside its page.
_OF_A_DOCUMENT = {
    "Referrer-Policy": "same-origin",
    "Cross-Origin-Opener-Policy": "same-origin",
    "X-Frame-Options": "DENY",  # for browsers that do not know frame-ancestors
    "Permissions-Policy": "camera=(), geolocation=(), microphone=(), payment=(), usb=()",
}
_PARTS_OF_DOCUMENTS = ("text/css", "text/javascript")
_HSTS = "max-age=31536000"


def content_security_policy(connect: tuple[str, ...] = ()) -> str:
    """Nothing inline, nothing evaluated, nothing from elsewhere; scripts may also speak to ``connect``."""
    return "; ".join(
        (
            "default-src 'none'",
            "script-src 'self'",
            "style-src 'self'",
            "img-src 'self' data:",
            " ".join(("connect-src 'self'", *connect)),
            "form-action 'self'",
            "base-uri 'none'",
            "frame-ancestors 'none'",
        )
    )


def allow_local_signing(response: Response) -> Response:
    """Let this one page's script reach the person's own signing service."""
    response.headers["Content-Security-Policy"] = content_security_policy(LOCAL_SIGNING)
    return response


def init_headers(app: Flask) -> None:
    """Add to every response what its view did not say itself."""
    app.after_request(add_headers)
    app.after_request_funcs.setdefault(None, []).insert(0, for_nobody_else)  # the first runs last


def for_nobody_else(response: Response) -> Response:
    """A part of a page that answers a POST is kept by no cache, so none has to be told for whom: sixty such
    answers go over a slow line for one list."""
    if request.method == "POST" and wants_fragment():
        response.headers.pop("Vary", None)
        session.accessed = False  # else Flask says that it varies by cookie
    return response


def add_headers(response: Response) -> Response:
    response.headers.setdefault("Cache-Control", "no-store")
    for name, value in _HEADERS.items():
        response.headers.setdefault(name, value)
    if not wants_fragment():
        own = _OF_WHAT_OTHER_SITES_CAN_ASK_FOR
        if response.mimetype not in _PARTS_OF_DOCUMENTS:
            own = own | _OF_A_DOCUMENT | {"Content-Security-Policy": content_security_policy()}
        for name, value in own.items():
            response.headers.setdefault(name, value)
        if request.is_secure:
            response.headers.setdefault("Strict-Transport-Security", _HSTS)
    if response.mimetype == "text/html":
        response.vary.add("HX-Request")  # one address has a page and a part of it
    return response
