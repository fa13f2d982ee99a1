"""Slips for the class teachers, by class."""

from flask import Blueprint, request
from flask.typing import ResponseReturnValue

from portal.actions.parents.slips import make_slips
from portal.domain.month import Month
from portal.domain.people import Delegate, Director, Scope, Staff
from portal.web.http import clock
from portal.web.http.downloads import file_response
from portal.web.http.guards import allow

slips = Blueprint("slips", __name__, url_prefix="/confirmations/<month:month>")


@slips.get("/slips.pdf")
@allow(Director, Delegate, scopes=(Scope.DECIDE,))
def paper(person: Staff, month: Month) -> ResponseReturnValue:
    """``?class=7`` is the slip of one class."""
    within = request.args.get("class", "")[:8]
    content = make_slips(person, month, within, now=clock.now())
    return file_response(content, "application/pdf", f"slips-{month}{f'-{within}' if within else ''}.pdf")
