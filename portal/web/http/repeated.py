"""A field that a form has once comes once: of two values of one name, no two readers take the same."""

from flask import Flask, request
from flask.typing import ResponseReturnValue

from portal.web.http.csrf import SAFE
from portal.web.http.errors import show
from portal.web.http.guards import current_person, guard_of

# Boxes that are ticked one beside the other, by one name: what a delegate may do, children of a class,
# whom a circular is for, whose parents are written to; and a certificate with those of its issuers, as BISS's
# script sends them.
LISTS = frozenset({"scopes", "child", "chain", "recipient", "records"})
SENTENCE = (
    "Едно поле от формуляра е изпратено повече от веднъж и порталът не гадае коя стойност важи. Нищо не е "
    "записано. Върнете се, презаредете страницата и опитайте отново."
)


def init_repeated(app: Flask) -> None:
    """After the token was checked: only a page of ours is answered about its fields."""
    app.before_request(check_once)


def check_once() -> ResponseReturnValue | None:
    guard = guard_of(request.endpoint)
    if request.method in SAFE or guard is None or (guard.kinds and current_person() is None):
        return None  # whoever is not logged in is sent to the login, whatever the form says
    twice = {name for sent in (request.form, request.files) for name in sent if len(sent.getlist(name)) > 1}
    return show(400, SENTENCE) if twice - LISTS - {*guard.many} else None
