"""Where somebody is logged in, and ending it there."""

from flask import Blueprint, flash, redirect, request, url_for
from flask.typing import ResponseReturnValue

from portal.actions.people import logins
from portal.crypto.tokens import token_digest
from portal.domain.people import Delegate, Director, Operator, Person, Ruo
from portal.web.http import clock, cookies
from portal.web.http.guards import allow

own_logins = Blueprint("own_logins", __name__, url_prefix="/account")


@own_logins.post("/logins")
@allow(Director, Delegate, Ruo, Operator)
def end(person: Person) -> ResponseReturnValue:
    """One of them; somebody else's is none."""
    ended = logins.end_login(person, _digest(request.form.get("login", "")), now=clock.now())
    flash("Влизането е прекратено." if ended else "Това влизане вече е приключило.")
    return redirect(url_for("accounts.account", _anchor="logins"), 303)


@own_logins.post("/elsewhere")
@allow(Director, Delegate, Ruo, Operator)
def elsewhere(person: Person) -> ResponseReturnValue:
    """All but this one."""
    digest = token_digest(cookies.read(cookies.SESSION))
    ended = logins.log_out_elsewhere(person, digest, now=clock.now())
    flash("Излязохте навсякъде другаде." if ended else "Никъде другаде не сте влезли.")
    return redirect(url_for("accounts.account", _anchor="logins"), 303)


def _digest(text: str) -> bytes:
    """As the page names a login; nobody's where it is none."""
    try:
        return bytes.fromhex(text)
    except ValueError:
        return b""
