"""What is kept of a month: its history, its answers with manifests, and whether a file is one of them."""

import io

from flask import Blueprint, render_template
from flask.typing import ResponseReturnValue

from portal.actions.verifying.comparing import Compared, compare
from portal.domain.month import Month
from portal.domain.people import Operator
from portal.storage.campaigns.answers import answers_of, manifest_of
from portal.storage.history.entries import campaign_history
from portal.storage.retention.erasing import is_erased
from portal.storage.tables.campaigns import Campaign
from portal.web.campaigns.forms import LARGEST_ANSWER, FileForm
from portal.web.http.attempts import attempt
from portal.web.http.downloads import download
from portal.web.http.guards import allow

kept = Blueprint("kept", __name__, url_prefix="/campaigns/<month:month>")

SHOWN = 200  # answers: a preview for each hour of a window


@kept.get("/answers")
@allow(Operator)
def answers(operator: Operator, month: Month) -> ResponseReturnValue:
    return _answers(month, FileForm())


@kept.get("/answers/<id:answer_id>/manifest")
@allow(Operator)
def manifest(operator: Operator, month: Month, answer_id: int) -> ResponseReturnValue:
    """As it was made with the file."""
    name, content = manifest_of(Campaign.for_month(month), answer_id)
    return download(io.BytesIO(content), "application/json", f"{name}.manifest.json")


@kept.post("/answers/check")
@allow(Operator, upload=LARGEST_ANSWER)
def check(operator: Operator, month: Month) -> ResponseReturnValue:
    """Whether the chosen file is an answer that was made here. Nothing of it is kept."""
    form = FileForm()
    with attempt(form) as tried:
        compared = compare(month, form.source())
    if tried.failed:
        return tried.reply(_answers(month, form))
    return _answers(month, FileForm(), compared)


@kept.get("/history")
@allow(Operator)
def history(operator: Operator, month: Month) -> ResponseReturnValue:
    entries = campaign_history(Campaign.for_month(month))
    return render_template("campaigns/history.html", month=month, entries=entries)


def _answers(month: Month, form: FileForm, compared: Compared | None = None) -> str:
    campaign = Campaign.for_month(month)
    return render_template(
        "campaigns/answers.html",
        month=month,
        campaign=campaign,
        answers=answers_of(campaign, SHOWN),
        is_erased=is_erased(campaign),
        form=form,
        compared=compared,
    )
