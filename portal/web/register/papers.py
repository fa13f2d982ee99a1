"""The register's papers: requested by a form, sent at once, and never kept."""

from dataclasses import dataclass

from flask import Blueprint, Response, render_template, request
from flask.typing import ResponseReturnValue
from wtforms import StringField

from portal.actions.register.keys.opened import NoKey
from portal.actions.register.keys.session import Locked
from portal.actions.register.papers import Paper, make_paper
from portal.actions.register.reading import read_all
from portal.actions.register.uses import asks_reason
from portal.domain.month import Month
from portal.domain.people import Delegate, Director, Staff
from portal.domain.register.papers import Asked, PaperFormat, PaperKind
from portal.storage.register.due import erasures_of
from portal.web.http import clock
from portal.web.http.attempts import attempt
from portal.web.http.forms import Text
from portal.web.http.guards import REGISTER, allow
from portal.web.http.site import site
from portal.web.register.enrolled import class_names
from portal.web.register.forms import DaysForm, OptionalDay
from portal.web.register.unlocking import register_session

papers = Blueprint("papers", __name__, url_prefix="/quarantine/papers")

MIMETYPES = {
    PaperFormat.PDF: "application/pdf",
    PaperFormat.XLSX: "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
}


class PaperForm(DaysForm):
    """``day`` is for the list and the numbers, ``first`` and ``last`` for the order; ``reason`` is asked
    of delegates."""

    kind = StringField("Документ")
    format = StringField("Вид на файла")
    class_name = Text("Клас, група")
    day = OptionalDay("На кой ден")
    first = OptionalDay("От")
    last = OptionalDay("До")
    reason = Text("Защо ви е нужен документът")

    def asked(self) -> Asked:
        """Refusal with every day that is none."""
        self.check_days()
        return Asked(
            kind={kind.value: kind for kind in PaperKind}.get(self.kind.data or ""),
            format={one.value: one for one in PaperFormat}.get(self.format.data or PaperFormat.PDF.value),
            class_name=self.class_name.data or "",
            day=self.day.given,
            first=self.first.given,
            last=self.last.given,
        )


@dataclass(frozen=True)
class PapersPage:
    """One form for each kind of paper; ``sent`` is the one that was sent and did not hold.
    ``has_entries``: a register was begun, this school year or the one before. ``classes`` are those of the
    register, while it is open."""

    asks_reason: bool
    has_entries: bool
    classes: list[str]
    sent: PaperForm
    alert: str = ""

    def form(self, kind: str) -> PaperForm:
        return self.sent if self.sent.kind.data == kind else PaperForm()

    @property
    def ids(self) -> dict[str, str]:
        """Of the fields of the form that was sent."""
        return {field.name: f"{self.sent.kind.data}-{field.name}" for field in self.sent}


@papers.get("")
@allow(Director, Delegate, scopes=REGISTER)
def index(person: Staff) -> ResponseReturnValue:
    return _page(person, PaperForm())


@papers.post("")
@allow(Director, Delegate, scopes=REGISTER)
def make(person: Staff) -> ResponseReturnValue:
    form = PaperForm(request.form)
    with attempt(form) as tried:
        asked = form.asked()
        paper = make_paper(
            person, register_session(), asked, reason=form.reason.data or "", site=site(), now=clock.now()
        )
    if tried.failed:
        return tried.reply(_page(person, form, tried.alert))
    assert asked.format is not None
    return _file(paper, MIMETYPES[asked.format])


def _page(person: Staff, sent: PaperForm, alert: str = "") -> str:
    year = Month.of(clock.today()).school_year
    begun = any(each.school_year in (year - 1, year) for each in erasures_of(person.institution))
    page = PapersPage(asks_reason(person), begun, _classes(person), sent, alert)
    return render_template("register/papers.html", page=page)


def _classes(person: Staff) -> list[str]:
    """None while it is locked: the page asks for no password, the paper does."""
    try:
        reading = read_all(person, register_session(), site=site(), now=clock.now())
    except (Locked, NoKey):
        return []
    return class_names((row.entry for year in reading.years for row in year.kept), [])


def _file(paper: Paper, mimetype: str) -> Response:
    response = Response(paper.content, mimetype=mimetype)
    response.headers["Content-Disposition"] = f'attachment; filename="{paper.name}"'
    return response
