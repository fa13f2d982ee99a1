"""A whole class in quarantine: its enrolled children, with the same dates for all."""

from dataclasses import dataclass

from flask import Blueprint, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue

from portal.actions.register import entering
from portal.actions.register.reading import read_all
from portal.domain.errors import NotFound
from portal.domain.month import Month
from portal.domain.people import Delegate, Director, Staff
from portal.domain.placement import class_label
from portal.domain.register.entry import Entry
from portal.domain.register.striking import counted
from portal.storage.lists.enrolled import enrolled_in
from portal.storage.tables.institutions import Enrolment
from portal.web.http import clock
from portal.web.http.attempts import attempt
from portal.web.http.converters import number_in
from portal.web.http.guards import REGISTER, allow
from portal.web.http.site import site
from portal.web.register.enrolled import Child, class_names, identity, shown, standings
from portal.web.register.forms import ClassForm
from portal.web.register.unlocking import register_session

register_classes = Blueprint("register_classes", __name__, url_prefix="/quarantine")


@dataclass(frozen=True)
class ClassPage:
    """``classes`` are names to choose from; ``alert`` says what happened meanwhile."""

    code: int
    month: Month
    children: list[Child]
    classes: list[str]
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
    entries = _entries(person)
    if request.form.get("step") == "none":
        return _page(children, set(), entries, ClassForm(request.form))
    if "placed_on" not in request.form:
        in_register = standings(entries, clock.today())
        free = {child.id for child in children if identity(child) not in in_register}
        form = ClassForm(class_name=class_label(children[0].class_code))
        return _page(children, free, entries, form)
    return _enter(person, children, entries)


def _enter(person: Staff, children: list[Enrolment], entries: list[Entry]) -> ResponseReturnValue:
    form = ClassForm(request.form)
    ids = {number_in(text) for text in request.form.getlist("child")}
    chosen = [child for child in children if child.id in ids]
    ticked = {child.id for child in chosen}
    with attempt(form) as tried:
        entering.enter(person, register_session(), form.drafts(chosen), site=site(), now=clock.now())
    if tried.failed:
        return tried.reply(_page(children, ticked, entries, form, alert=tried.alert))
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


def _entries(person: Staff) -> list[Entry]:
    reading = read_all(person, register_session(), site=site(), now=clock.now())
    return counted(row.entry for year in reading.years for row in year.kept)


def _page(
    children: list[Enrolment], ticked: set[int], entries: list[Entry], form: ClassForm, alert: str = ""
) -> str:
    in_register = standings(entries, clock.today())
    drawn = [shown(child, in_register, is_ticked=child.id in ticked) for child in children]
    page = ClassPage(
        children[0].class_code,
        children[0].month,
        drawn,
        class_names(entries, children),
        form,
        alert=alert,
    )
    return render_template("register/class.html", shown=page)
