"""Letters to parents: choosing the children, and one PDF with a page for each."""

from flask import Blueprint, render_template, request
from flask.typing import ResponseReturnValue
from wtforms import SelectMultipleField

from portal.actions.parents.letters import UNKNOWN, make_letters, signed_list
from portal.domain.errors import Conflict, NotFound, Refusal
from portal.domain.month import Month
from portal.domain.people import Delegate, Director, Scope, Staff
from portal.web.http import clock
from portal.web.http.attempts import attempt
from portal.web.http.converters import number_in
from portal.web.http.downloads import file_response
from portal.web.http.forms import PortalForm
from portal.web.http.guards import allow

parent_letters = Blueprint("parent_letters", __name__, url_prefix="/confirmations/<month:month>")

NOBODY = "Отбележете поне едно дете или натиснете „За всички деца“."


class LettersForm(PortalForm):
    records = SelectMultipleField("За кои деца", validate_choice=False)

    def chosen(self) -> set[int] | None:
        """The records; none where everybody is meant. Refusal for a choice of nobody."""
        if request.form.get("all") == "yes":
            return None
        chosen = {_record_id(text) for text in self.records.data or ()}
        if not chosen:
            raise Refusal(NOBODY, field="records")
        return chosen


@parent_letters.get("/parent-letters")
@allow(Director, Delegate, scopes=(Scope.SIGN,))
def choose(person: Staff, month: Month) -> ResponseReturnValue:
    return _page(person, month, LettersForm())


@parent_letters.post("/parent-letters")
@allow(Director, Delegate, scopes=(Scope.SIGN,))
def make(person: Staff, month: Month) -> ResponseReturnValue:
    """What is chosen on the page: three hundred numbers would be too long an address."""
    form = LettersForm(request.form)
    with attempt(form, alerts=(Conflict, NotFound)) as tried:
        content = make_letters(person, month, form.chosen(), now=clock.now())
    if tried.failed:
        return tried.reply(_page(person, month, form, tried.alert))
    return _sent(content, month)


@parent_letters.get("/parent-letters.pdf")
@allow(Director, Delegate, scopes=(Scope.SIGN,))
def paper(person: Staff, month: Month) -> ResponseReturnValue:
    """``?records=17&records=21`` or ``?records=17,21``; without any, of every child."""
    sent = ",".join(request.args.getlist("records"))
    chosen = {_record_id(text) for text in sent.split(",")} if sent else None
    return _sent(make_letters(person, month, chosen, now=clock.now()), month)


def _record_id(text: str) -> int:
    """NotFound for what no record can have."""
    number = number_in(text)
    if number is None:
        raise NotFound(UNKNOWN)
    return number


def _sent(content: bytes, month: Month) -> ResponseReturnValue:
    return file_response(content, "application/pdf", f"parent-letters-{month}.pdf")


def _page(person: Staff, month: Month, form: LettersForm, alert: str = "") -> str:
    return render_template(
        "parents/letters.html", month=month, signed=signed_list(person, month), form=form, alert=alert
    )
