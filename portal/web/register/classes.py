"""A whole class in quarantine: its enrolled children, with the same dates for all."""

from dataclasses import dataclass

from flask import Blueprint, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue

from portal.actions.register import entering
from portal.actions.register.reading import read_all
from portal.domain.errors import NotFound
from portal.domain.identifiers import IdType, masked
from portal.domain.month import Month
from portal.domain.people import Delegate, Director, Staff
from portal.domain.placement import class_label
from portal.domain.register.days import Standing, standing, standing_sentence
from portal.storage.lists.enrolled import enrolled_in, names_of
from portal.storage.tables.institutions import Enrolment
from portal.web.http import clock
from portal.web.http.attempts import attempt
from portal.web.http.guards import REGISTER, allow
from portal.web.http.site import site
from portal.web.register.forms import ClassForm
from portal.web.register.unlocking import register_session

register_classes = Blueprint("register_classes", __name__, url_prefix="/quarantine")

Standings = dict[tuple[IdType | None, str], str]


@dataclass(frozen=True)
class Child:
    """``standing`` tells of a quarantine that is not over."""

    id: int
    names: str
    masked_number: str
    is_ticked: bool
    standing: str


@dataclass(frozen=True)
class ClassPage:
    """``alert`` says what happened meanwhile."""

    code: int
    month: Month
    children: list[Child]
    form: ClassForm
    alert: str = ""

    @property
    def label(self) -> str:
        return class_label(self.code)


@register_classes.post("/classes")
@allow(Director, Delegate, scopes=REGISTER)
def enter(person: Staff) -> ResponseReturnValue:
    """First the children, all ticked but those who are in the register already; with the days, the deed.
    By POST: which class it is stands in no address."""
    children = _children(person)
    in_register = _standings(person)
    if request.form.get("step") == "none":
        return _page(children, set(), in_register, ClassForm(request.form))
    if "placed_on" not in request.form:
        free = {child.id for child in children if _identity(child) not in in_register}
        form = ClassForm(class_name=class_label(children[0].class_code))
        return _page(children, free, in_register, form)
    return _enter(person, children, in_register)


def _enter(person: Staff, children: list[Enrolment], in_register: Standings) -> ResponseReturnValue:
    form = ClassForm(request.form)
    ticked = {int(text) for text in request.form.getlist("child") if text.isascii() and text.isdigit()}
    chosen = [child for child in children if child.id in ticked]
    with attempt(form) as tried:
        entering.enter(person, register_session(), form.drafts(chosen), site=site(), now=clock.now())
    if tried.failed:
        return tried.reply(_page(children, ticked, in_register, form, alert=tried.alert))
    flash("Класът е вписан.")
    return redirect(url_for("register.index"), 303)


def _children(person: Staff) -> list[Enrolment]:
    """The class that was chosen; NotFound where the institution has none such."""
    wanted = request.form.get("class", "")
    found = [child for child in enrolled_in(person.institution) if str(child.class_code) == wanted]
    if not found:
        raise NotFound(
            "В записванията на вашата институция няма такъв клас. Изберете го отново от регистъра."
        )
    return found


def _standings(person: Staff) -> Standings:
    """Who is in the register with a quarantine that is not over."""
    reading = read_all(person, register_session(), site=site(), now=clock.now())
    entries = [row.entry for year in reading.years for row in year.kept if row.entry is not None]
    return {
        (entry.id_type, entry.id_number): standing_sentence(entry, clock.today())
        for entry in entries
        if standing(entry, clock.today()) is not Standing.RELEASED
    }


def _identity(child: Enrolment) -> tuple[IdType | None, str]:
    return child.id_type, child.id_number


def _page(
    children: list[Enrolment], ticked: set[int], in_register: Standings, form: ClassForm, alert: str = ""
) -> str:
    drawn = [
        Child(
            child.id,
            names_of(child),
            f"{child.id_type.label} {masked(child.id_number)}",
            child.id in ticked,
            in_register.get(_identity(child), ""),
        )
        for child in children
    ]
    page = ClassPage(children[0].class_code, children[0].month, drawn, form, alert=alert)
    return render_template("register/class.html", shown=page)
