"""The answer to АСП in the browser: previews at any time, the final one after the deadline."""

import io
from tempfile import TemporaryFile
from typing import IO
from zipfile import ZIP_DEFLATED, ZipFile

from flask import Blueprint, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue

from portal.actions.campaigns.answers import Made, make_answer
from portal.actions.campaigns.correcting import make_correction
from portal.actions.campaigns.sending import say_sent
from portal.actions.loading.ended import load_ended
from portal.domain.month import Month
from portal.domain.people import Operator
from portal.storage.campaigns.answers import answer_fault, expected_decisions
from portal.storage.campaigns.tallies import tallies
from portal.storage.campaigns.waiting import count_waits
from portal.storage.lists.returned import count_returned
from portal.storage.tables.campaigns import Campaign
from portal.web.campaigns.forms import LARGEST_FILE, FileForm, SentForm
from portal.web.campaigns.page import Forms, month_page
from portal.web.campaigns.views import said_of
from portal.web.http import clock
from portal.web.http.attempts import attempt
from portal.web.http.downloads import PIECE
from portal.web.http.downloads import download as download_of
from portal.web.http.guards import allow

answer = Blueprint("answer", __name__, url_prefix="/campaigns/<month:month>")

TEXT = "text/plain; charset=windows-1251"


@answer.post("/preview")
@allow(Operator)
def preview(operator: Operator, month: Month) -> ResponseReturnValue:
    """The file and the manifest together: directors go on signing, and the two have to agree."""
    made, content = _made(operator, month, final=False)
    return _zipped(made, content)


@answer.get("/answer")
@allow(Operator)
def expected(operator: Operator, month: Month) -> ResponseReturnValue:
    """What the final answer will say, before it is made."""
    campaign, now = Campaign.for_month(month), clock.now()
    if campaign.answered_at is not None:
        return redirect(url_for("campaigns.show", month=month, _anchor="answer"), 303)
    with attempt() as tried:
        if why := answer_fault(campaign, now=now):
            raise why
    if tried.failed:
        return tried.reply(month_page(month, alert=tried.alert))
    return render_template(
        "campaigns/answer.html",
        month=month,
        expected=expected_decisions(campaign),
        totals=tallies([campaign], now=now)[campaign.id],
        returned=count_returned([campaign]).get(campaign.id, 0),
        waiting=sum(count_waits([campaign], now=now)[campaign.id]),
    )


@answer.post("/answer")
@allow(Operator)
def end(operator: Operator, month: Month) -> ResponseReturnValue:
    if request.form.get("sure") != "yes" or Campaign.for_month(month).answered_at is not None:
        return redirect(url_for(".expected", month=month), 303)
    with attempt() as tried:
        made, content = _made(operator, month, final=True)
    if tried.failed:
        return tried.reply(month_page(month, alert=tried.alert))
    content.close()
    flash(
        f"Окончателният отговор е готов. Записи в него: {made.records}. Свалете двата файла, изпратете ги на "
        "АСП и отбележете кога."
    )
    return redirect(url_for("campaigns.show", month=month, _anchor="answer"), 303)


@answer.post("/answer/download")
@allow(Operator)
def download(operator: Operator, month: Month) -> ResponseReturnValue:
    """The final answer once more, with the same bytes, or the manifest beside it."""
    if Campaign.for_month(month).answered_at is None:
        return month_page(month, alert="Окончателният отговор още не е направен."), 409
    with attempt() as tried:
        made, content = _made(operator, month, final=True)
    if tried.failed:
        return tried.reply(month_page(month, alert=tried.alert))
    if request.form.get("part") != "manifest":
        return download_of(content, TEXT, made.name)
    content.close()
    return download_of(io.BytesIO(made.manifest), "application/json", f"{made.name}.manifest.json")


@answer.post("/sent")
@allow(Operator)
def sent(operator: Operator, month: Month) -> ResponseReturnValue:
    """„Изпратих го на АСП на …“"""
    form = SentForm(request.form)
    with attempt(form) as tried:
        say_sent(operator, month, form.on.day, now=clock.now())
    if tried.failed:
        forms = Forms(sent=tried.wrong_form or SentForm())
        return tried.reply(month_page(month, forms, alert=tried.alert))
    flash("Отбелязано е. Институциите виждат кога и с кой файл е изпратен отговорът.")
    return redirect(url_for("campaigns.show", month=month, _anchor="answer"), 303)


@answer.post("/ended")
@allow(Operator, upload=LARGEST_FILE)
def ended(operator: Operator, month: Month) -> ResponseReturnValue:
    """What АСП did, as it says itself."""
    form = FileForm(request.form)
    with attempt(form) as tried:
        done = load_ended(operator, form.source(), month=month, now=clock.now())
    if tried.failed:
        forms = Forms(ended=tried.wrong_form or FileForm())
        return tried.reply(month_page(month, forms, alert=tried.alert))
    if done.distributed:
        flash(said_of(done))
    return redirect(url_for("campaigns.show_load", load_id=done.id), 303)


@answer.post("/correction")
@allow(Operator)
def correction(operator: Operator, month: Month) -> ResponseReturnValue:
    """The file with what was signed anew after the answer, and its manifest."""
    content = TemporaryFile()  # noqa: SIM115 (closed when it was sent)
    with attempt() as tried:
        made = make_correction(operator, month, content, now=clock.now())
    if tried.failed:
        content.close()
        return tried.reply(month_page(month, alert=tried.alert))
    content.seek(0)
    return _zipped(made, content)


def _zipped(made: Made, content: IO[bytes]) -> ResponseReturnValue:
    both = TemporaryFile()  # noqa: SIM115 (closed when it was sent)
    with content, ZipFile(both, "w", ZIP_DEFLATED) as archive:
        archive.writestr(f"{made.name}.manifest.json", made.manifest)
        with archive.open(made.name, "w") as inside:
            while chunk := content.read(PIECE):
                inside.write(chunk)
    return download_of(both, "application/zip", f"{made.name}.zip")


def _made(operator: Operator, month: Month, *, final: bool) -> tuple[Made, IO[bytes]]:
    """The answer in a file without a name, at its beginning."""
    content = TemporaryFile()  # noqa: SIM115 (closed when it was sent)
    try:
        made = make_answer(operator, month, content, now=clock.now(), final=final)
    except BaseException:
        content.close()
        raise
    content.seek(0)
    return made, content
