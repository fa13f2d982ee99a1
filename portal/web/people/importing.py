"""Many people at once, for the operator: a file of them, who did not activate, and who has no director."""

import io
from base64 import b64decode, b64encode
from binascii import Error
from collections import Counter

from flask import Blueprint, Response, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from wtforms import FileField

from portal.actions.loading.files import Source
from portal.actions.people.importing import Outcome, examine, take_people
from portal.actions.people.invitations import resend
from portal.documents.sheet_csv import sheet_csv
from portal.domain.errors import Objection, Refusal
from portal.domain.people import Operator, Role
from portal.storage.campaigns.loads import PEOPLE, latest_loads, unfinished_of
from portal.storage.people.accounts import place_of, regions
from portal.storage.people.uninvited import not_activated, to_remind, undirected, with_invited
from portal.web.http import clock
from portal.web.http.attempts import attempt
from portal.web.http.body import sent_file
from portal.web.http.forms import PortalForm
from portal.web.http.guards import allow
from portal.web.http.site import site
from portal.web.oversight.filters import asked_page

importing = Blueprint("importing", __name__, url_prefix="/people")

ON_A_PAGE = 50  # institutions without a director
SHOWN = 100  # of those who did not activate: a country's directors can be invited in one day
# Some two thousand people; what was read comes back in a field of the form, which holds 256 KiB.
LONGEST = 160 * 1024  # bytes
TOO_LONG = "Файлът е по-голям от 160 KB, около две хиляди души. Разделете го на части."
UNCHOSEN = "Изберете файла с потребителите."
LOST = "Файлът не дойде цял. Изберете го отново."
TO_FILL_IN = ("code", "name", "email", "role", "institution", "region", "phone", "institution_email")


class ImportForm(PortalForm):
    file = FileField("Файл с потребители")


@importing.get("/import")
@allow(Operator)
def choose(operator: Operator) -> ResponseReturnValue:
    return _chosen(ImportForm())


@importing.post("/import")
@allow(Operator)
def bring(operator: Operator) -> ResponseReturnValue:
    """The file first: what would become of each line. Then the same with ``sure=yes``: it is done, and the
    page of its load says what became of it."""
    form = ImportForm()
    is_sure = request.form.get("sure") == "yes"
    with attempt(form) as tried:
        if is_sure:
            source, again = _kept(), request.form.get("again") == "yes"
            load_id = take_people(operator, source, again=again, site=site(), now=clock.now())
        else:
            source = _sent()
            found = examine(source.stream, now=clock.now())
    if tried.failed:
        return tried.reply(_chosen(form, alert=tried.alert))
    if is_sure:
        return redirect(url_for("campaigns.show_load", load_id=load_id), 303)
    source.stream.seek(0)
    return render_template(
        "people/examined.html",
        lines=found,
        counts=Counter(each.outcome for each in found),
        Outcome=Outcome,
        content=b64encode(source.stream.read()).decode("ascii"),
        name=source.kept_name,
    )


@importing.get("/without-director")
@allow(Operator)
def without_director(operator: Operator) -> ResponseReturnValue:
    names = regions()
    region, found = _region(names), undirected(clock.today(), _region(names))
    page = min(asked_page(request.args), max(1, -(-len(found) // ON_A_PAGE)))
    return render_template(
        "people/without_director.html",
        total=len(found),
        page=page,
        size=ON_A_PAGE,
        places=with_invited(found[(page - 1) * ON_A_PAGE : page * ON_A_PAGE]),
        regions=names,
        region=region,
        today=clock.today(),
    )


@importing.get("/without-director.csv")
@allow(Operator)
def to_fill_in(operator: Operator) -> ResponseReturnValue:
    """The same as a table for the file of invitations: the directors' names and addresses are to be written
    into it, and the columns behind them are for who does so."""
    rows = [
        (place.code, "", "", Role.DIRECTOR.value, place.name, place.region_name, place.phone, place.email)
        for place in undirected(clock.today(), _region(regions()))
    ]
    response = Response(sheet_csv(TO_FILL_IN, rows), mimetype="text/csv")
    response.headers["Content-Disposition"] = "attachment; filename=people.csv"
    return response


@importing.get("/not-activated")
@allow(Operator)
def waiting(operator: Operator) -> ResponseReturnValue:
    names, every = regions(), not_activated()
    return render_template(
        "people/not_activated.html",
        people=[(user, place_of(user, names)) for user in every[:SHOWN]],
        many=len(every),
        due=len(to_remind(every, now=clock.now())),
        today=clock.today(),
    )


@importing.post("/not-activated")
@allow(Operator)
def remind(operator: Operator) -> ResponseReturnValue:
    """Whoever was not written to within a day: pressed twice, the second time finds nobody."""
    sent = 0
    for user in to_remind(not_activated(), now=clock.now()):
        try:
            sent += resend(operator, user.id, site=site(), now=clock.now()) is not None
        except Objection:  # activated or stopped meanwhile
            continue
    flash(f"Изпратени отново покани: {sent}." if sent else "Няма на кого да се изпрати покана отново.")
    return redirect(url_for(".waiting"), 303)


def _region(names: dict[int, str]) -> int | None:
    asked = request.args.get("region", "")
    return int(asked) if asked in map(str, names) else None


def _chosen(form: ImportForm, alert: str = "") -> str:
    """With the files so far, and one that goes on or was broken off."""
    return render_template(
        "people/import.html",
        form=form,
        alert=alert,
        unfinished=unfinished_of(PEOPLE),
        loads=latest_loads(PEOPLE, count=5),
    )


def _sent() -> Source:
    content = sent_file(LONGEST, UNCHOSEN)
    if len(content) > LONGEST:
        raise Refusal(TOO_LONG, field="file")
    return Source(io.BytesIO(content), request.files["file"].filename or "")


def _kept() -> Source:
    """What was examined, as the form brings it back: it is examined again, so nothing rests on it."""
    try:
        content = b64decode(request.form.get("content", ""), validate=True)
        return Source(io.BytesIO(content), request.form.get("name", ""))
    except (Error, ValueError):
        raise Refusal(LOST, field="file") from None
