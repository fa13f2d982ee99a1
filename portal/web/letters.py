"""Letters: each person's own, an institution's for who runs or oversees it, and addresses that take none."""

from flask import Blueprint, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue

from portal.actions.letters.choices import OPTIONAL, choose_letters
from portal.domain.errors import NotFound
from portal.domain.month import Month
from portal.domain.people import Delegate, Director, Operator, Person, Ruo, Staff
from portal.storage.letters.reading import letter_to, letters_about, letters_to, refused_addresses
from portal.storage.lists.current import list_of
from portal.web.http import clock
from portal.web.http.converters import LARGEST_ID
from portal.web.http.guards import allow

letters = Blueprint("letters", __name__, url_prefix="/letters")

NOT_THERE = "Няма такава институция в региона ви за този месец."


@letters.get("/")
@allow(Director, Delegate, Ruo, Operator)
def index(person: Person) -> ResponseReturnValue:
    before = request.args.get("before", type=int)
    page = letters_to(person, None if before is None else min(before, LARGEST_ID))
    return render_template("letters/index.html", page=page, is_director=isinstance(person, Director))


@letters.get("/<id:number>")
@allow(Director, Delegate, Ruo, Operator)
def show(person: Person, number: int) -> ResponseReturnValue:
    return render_template("letters/show.html", line=letter_to(person, number))


@letters.get("/refused")
@allow(Operator)
def refused(person: Operator) -> ResponseReturnValue:
    return render_template("letters/refused.html", lines=refused_addresses(clock.now()))


@letters.get("/<month:month>/<code:code>")
@allow(Ruo, Operator)
def of_institution(person: Ruo | Operator, month: Month, code: str) -> ResponseReturnValue:
    """What it was written about the month; of no child, as no letter names one."""
    submission = list_of(code, month)
    if isinstance(person, Ruo) and submission.institution.region != person.region:
        raise NotFound(NOT_THERE)
    return render_template(
        "letters/institution.html",
        submission=submission,
        month=month,
        lines=letters_about(submission.campaign, code),
    )


@letters.post("/choices")
@allow(Director, Delegate)
def choose(person: Staff) -> ResponseReturnValue:
    choose_letters(person, [occasion.value for occasion in OPTIONAL if request.form.get(occasion.value)])
    flash("Изборът ви за писмата е записан.")
    return redirect(url_for("accounts.account", _anchor="letters"), 303)
