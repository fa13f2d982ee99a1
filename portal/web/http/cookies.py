"""The portal's cookies: their names and how they are kept."""

from flask import Response, current_app, request

SESSION = "session"  # the login's id; lives until the browser closes or the login ends
STEP = "step"  # the password was right, and the code is asked for; only for some minutes
VISIT = "visit"  # a visitor without a login: what the login form's token hangs on
DEVICE = "device"  # a browser that has logged in before
OWNER = "owner"  # whose login it is, for the script of a page that is still open (web.http.owner)
WAIT = "wait"  # for the login form's script: in how many seconds to try again
STEP_AGE = 5 * 60  # seconds, as domain.keys.second_factor.STEP_LASTS
DEVICE_AGE = 400 * 24 * 3600  # seconds; browsers keep no cookie longer


def name(cookie: str) -> str:
    """``__Host-`` ties the cookie to this host and to TLS; plain only where there is no TLS."""
    return f"__Host-{cookie}" if _is_secure() else cookie


def read(cookie: str) -> str:
    return request.cookies.get(name(cookie), "")


def write(response: Response, cookie: str, value: str, *, age: int | None = None) -> None:
    response.set_cookie(
        name(cookie), value, max_age=age, secure=_is_secure(), httponly=True, samesite="Lax", path="/"
    )


def tell_script(response: Response, cookie: str, value: str, *, age: int | None = None) -> None:
    """No secret: the page's own script reads it."""
    response.set_cookie(name(cookie), value, max_age=age, secure=_is_secure(), samesite="Strict", path="/")


def forget(response: Response, cookie: str) -> None:
    response.delete_cookie(name(cookie), secure=_is_secure(), httponly=True, samesite="Lax", path="/")


def _is_secure() -> bool:
    return not current_app.extensions["portal"].config.may_use_plain_cookies
