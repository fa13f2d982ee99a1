"""The demo's letters, which are shown instead of sent."""

from flask import Blueprint, current_app, render_template
from flask.typing import ResponseReturnValue

from portal.actions.letters.outbox import letters
from portal.domain.errors import NotFound
from portal.web.http import clock
from portal.web.http.guards import public
from portal.web.http.site import site

demo = Blueprint("demo", __name__, url_prefix="/demo")


@demo.get("/outbox")
@public
def outbox() -> ResponseReturnValue:
    """Only in the demo: anywhere else these letters open other people's accounts."""
    config = current_app.extensions["portal"].config
    if config.env != "demo":
        raise NotFound("Проверете адреса или се върнете към началната страница.")
    return render_template("demo/outbox.html", letters=letters(site=site(), now=clock.now()))
