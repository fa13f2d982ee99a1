"""Who did what and when: in an institution, in one list, and, without names, in the whole portal."""

from flask import Blueprint, render_template, request
from flask.typing import ResponseReturnValue

from portal.actions.confirmations import Staff
from portal.domain.month import Month
from portal.domain.people import Delegate, Director, Operator
from portal.storage.audit import NATIONAL
from portal.storage.campaigns import Submission
from portal.storage.declared import signatures_of
from portal.storage.history import institution_history, list_history, national_history
from portal.web.guards import allow
from portal.web.page import LISTS

history = Blueprint("history", __name__)

LAST_NUMBER = 2**31 - 1


@history.get("/audit")
@allow(Director, Operator)
def audit(person: Director | Operator) -> ResponseReturnValue:
    """The director reads the institution's own; the operator everything, but no name of anybody."""
    if isinstance(person, Director):
        entries = institution_history(person.institution, _before())
        return render_template("history/audit.html", page=entries)
    chain = request.args.get("chain", "").strip()[:8]
    return render_template(
        "history/national.html", page=national_history(chain, _before()), chain=chain, national=NATIONAL
    )


@history.get("/confirmations/<month:month>/history")
@allow(Director, Delegate, scopes=LISTS)
def confirmations(person: Staff, month: Month) -> ResponseReturnValue:
    """What became of one list, with the children's names: for the institution's own people alone."""
    submission = Submission.of(person.institution, month)
    return render_template(
        "history/confirmations.html",
        month=month,
        signatures=list(signatures_of(submission)),
        page=list_history(submission, _before()),
    )


def _before() -> int | None:
    """``?before=``: entries older than this one; what is no number asks for the newest."""
    text = request.args.get("before", "")
    return min(int(text), LAST_NUMBER) if text.isascii() and text.isdecimal() and len(text) < 12 else None
