"""Many people at once, for the operator: a file of them, who did not activate, and who has no director."""

import io
from base64 import b64decode, b64encode
from binascii import Error
from collections import Counter
from datetime import timedelta

from flask import Blueprint, Response, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from wtforms import FileField

from portal.actions.people.importing import Examined, Outcome, bring_in, examine
from portal.actions.people.invitations import resend
from portal.documents.sheet_csv import sheet_csv
from portal.domain.errors import Objection, Refusal
from portal.domain.people import Operator, Role
from portal.storage.people.accounts import place_of, regions
from portal.storage.people.uninvited import not_activated, undirected
from portal.web.http import clock
from portal.web.http.attempts import attempt
from portal.web.http.body import sent_file
from portal.web.http.forms import PortalForm
from portal.web.http.guards import allow
from portal.web.http.site import site

importing = Blueprint("importing", __name__, url_prefix="/people")

# Some two thousand people; what was read comes back in a field of the form, which holds 256 KiB.
LONGEST = 160 * 1024  # bytes
TOO_LONG = "Файлът е по-голям от 160 KB, около две хиляди души. Разделете го на части."
UNCHOSEN = "Изберете файла с потребителите."
LOST = "Файлът не дойде цял. Изберете го отново."
TO_FILL_IN = ("code", "name", "email", "role", "institution", "region", "phone", "institution_email")
# Who was invited today has not read it yet. Our decision.
PATIENCE = timedelta(days=1)


class ImportForm(PortalForm):
    file = FileField("Файл с потребители")


@importing.get("/import")
@allow(Operator)
def choose(operator: Operator) -> ResponseReturnValue:
    return render_template("people/import.html", form=ImportForm())


@importing.post("/import")
@allow(Operator)
def bring(operator: Operator) -> ResponseReturnValue:
    """The file first: what would become of each line. Then the same with ``sure=yes``: it is done."""
    form = ImportForm()
    is_sure = request.form.get("sure") == "yes"
    with attempt(form) as tried:
        content = _kept() if is_sure else _sent()
        found = examine(io.BytesIO(content), now=clock.now())
    if tried.failed:
        return tried.reply(render_template("people/import.html", form=form))
    if is_sure:
        again = request.form.get("again") == "yes"
        done = bring_in(operator, found, again=again, site=site(), now=clock.now())
        return _page("people/imported.html", done, again=again)
    return _page("people/examined.html", found, content=b64encode(content).decode("ascii"))


@importing.get("/without-director")
@allow(Operator)
def without_director(operator: Operator) -> ResponseReturnValue:
    names = regions()
    region = _region(names)
    return render_template(
        "people/without_director.html",
        places=undirected(clock.today(), region),
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
        for place in (each.institution for each in undirected(clock.today(), _region(regions())))
    ]
    response = Response(sheet_csv(TO_FILL_IN, rows), mimetype="text/csv")
    response.headers["Content-Disposition"] = "attachment; filename=people.csv"
    return response


@importing.get("/not-activated")
@allow(Operator)
def waiting(operator: Operator) -> ResponseReturnValue:
    names = regions()
    found = not_activated(before=clock.now() - PATIENCE)
    people = [(user, place_of(user, names)) for user in found]
    return render_template("people/not_activated.html", people=people)


@importing.post("/not-activated")
@allow(Operator)
def remind(operator: Operator) -> ResponseReturnValue:
    """Pressed twice, the second time finds nobody: all of them were written to just now."""
    sent = 0
    for user in not_activated(before=clock.now() - PATIENCE):
        try:
            sent += resend(operator, user.id, site=site(), now=clock.now()) is not None
        except Objection:  # activated or stopped meanwhile
            continue
    flash(f"Изпратени отново покани: {sent}." if sent else "Няма на кого да се изпрати покана отново.")
    return redirect(url_for(".waiting"), 303)


def _region(names: dict[int, str]) -> int | None:
    asked = request.args.get("region", "")
    return int(asked) if asked in map(str, names) else None


def _page(template: str, lines: list[Examined], **more: object) -> str:
    return render_template(
        template, lines=lines, counts=Counter(each.outcome for each in lines), Outcome=Outcome, **more
    )


def _sent() -> bytes:
    content = sent_file(LONGEST, UNCHOSEN)
    if len(content) > LONGEST:
        raise Refusal(TOO_LONG, field="file")
    return content


def _kept() -> bytes:
    """What was examined, as the form brings it back: it is examined again, so nothing rests on it."""
    try:
        return b64decode(request.form.get("content", ""), validate=True)
    except (Error, ValueError):
        raise Refusal(LOST, field="file") from None
