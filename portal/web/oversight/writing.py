"""A letter of РУО to exactly the institutions that the address shows: written, looked at, sent."""

import json
from datetime import UTC, datetime
from typing import Any

from flask import Blueprint, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from wtforms import HiddenField

from portal.actions.oversight.writing import Preview, Seen, preview, write
from portal.domain.month import Month
from portal.domain.oversight.wanted import in_words, query_of, read_wanted
from portal.domain.oversight.writing import Words
from portal.domain.people import Ruo
from portal.storage.letters.office import addressed
from portal.storage.letters.office import office_letters as letters_of
from portal.storage.tables.campaigns import Campaign
from portal.web.http import clock
from portal.web.http.attempts import attempt
from portal.web.http.forms import Notes, PortalForm, Text
from portal.web.http.guards import allow
from portal.web.http.site import site

office_letters = Blueprint("office_letters", __name__, url_prefix="/oversight/<month:month>/write")


class LetterForm(PortalForm):
    """``codes`` and ``prepared`` are of the preview; without them nothing was looked at yet."""

    subject = Text("Относно")
    text = Notes("Текст")
    codes = HiddenField()
    prepared = HiddenField()

    def words(self) -> Words:
        return Words(self.subject.data or "", self.text.data or "")

    def seen(self) -> Seen | None:
        try:
            prepared = datetime.fromisoformat(str(self.prepared.data or ""))
        except ValueError:
            return None
        if prepared.tzinfo is None:
            return None
        return Seen(frozenset(str(self.codes.data or "").split()), prepared.astimezone(UTC))


@office_letters.get("")
@allow(Ruo)
def index(ruo: Ruo, month: Month) -> ResponseReturnValue:
    return _page(ruo, month, LetterForm(data={"subject": f"Потвърждения за {month.label}"}))


@office_letters.post("")
@allow(Ruo)
def send(ruo: Ruo, month: Month) -> ResponseReturnValue:
    """``step=preview`` shows what would be sent and to whom, ``step=send`` sends it; else one writes on."""
    form, shown, now = LetterForm(request.form), query_of(request.args), clock.now()
    step, seen = request.form.get("step"), form.seen()
    if step not in ("preview", "send"):
        return _page(ruo, month, form)
    with attempt(form) as tried:
        if step == "preview" or seen is None:
            return _preview(month, form, preview(ruo, month, shown, form.words(), site=site(), now=now))
        done = write(ruo, month, shown, form.words(), seen, now=now)
    if tried.failed:
        return tried.reply(_page(ruo, month, form, alert=tried.alert))
    flash(f"Писмата чакат изпращане: {done.letters}.")
    if done.gone:
        flash(f"Междувременно вече не са сред показаните, и на тях не се пише: {done.gone}.")
    back: dict[str, Any] = {"month": month, "_anchor": "sent", **shown}
    return redirect(url_for(".index", **back), 303)


def _preview(month: Month, form: LetterForm, made: Preview) -> str:
    form.codes.data = " ".join(sorted(made.to.codes))
    form.prepared.data = clock.now().isoformat()
    return render_template("oversight/write_preview.html", month=month, form=form, preview=made, **_filter())


def _page(ruo: Ruo, month: Month, form: LetterForm, *, alert: str = "") -> str:
    campaign = Campaign.for_month(month)
    return render_template(
        "oversight/write.html",
        month=month,
        form=form,
        to=addressed(campaign, ruo.region, read_wanted(request.args), now=clock.now()),
        sent=[(row, in_words(json.loads(row.shown))) for row in letters_of(campaign, ruo.region)],
        alert=alert,
        **_filter(),
    )


def _filter() -> dict[str, object]:
    shown = query_of(request.args)
    return {"query": shown, "said": in_words(shown)}
