"""What АСП was answered about an institution's own records, as a page and as lines of the file, and what it
did."""

from collections import Counter

from flask import Blueprint, Response, render_template
from flask.typing import ResponseReturnValue

from portal.actions.campaigns.answers import copy_of
from portal.domain.campaigns.ended import Agreement
from portal.domain.errors import NotFound
from portal.domain.figures import plain
from portal.domain.month import Month
from portal.domain.people import Delegate, Director, Staff
from portal.exchange.answer import answer_name
from portal.storage.campaigns.answers import final_answer
from portal.storage.campaigns.ended import results_of
from portal.storage.campaigns.loads import results_loaded
from portal.storage.tables.campaigns import Campaign
from portal.web.http import clock
from portal.web.http.guards import LISTS, allow
from portal.web.lists.summary import summary_of

answered = Blueprint("answered", __name__, url_prefix="/confirmations/<month:month>/answer")


@answered.get("")
@allow(Director, Delegate, scopes=LISTS)
def index(person: Staff, month: Month) -> ResponseReturnValue:
    campaign = _answered(month)
    results = results_of(campaign, person.institution)
    loads = [load for load in results_loaded(campaign) if load.distributed]
    return render_template(
        "lists/answered.html",
        summary=summary_of(person, month, now=clock.now()),
        month=month,
        campaign=campaign,
        answer=final_answer(campaign),
        file_name=answer_name(month),
        results=results,
        counts=Counter(result.agreement for result in results),
        Agreement=Agreement,
        loaded=loads[0] if loads else None,
        plain=plain,
    )


@answered.get("/copy.txt")
@allow(Director, Delegate, scopes=LISTS)
def copy(person: Staff, month: Month) -> ResponseReturnValue:
    """The header and the institution's lines, byte for byte as they stand in the file."""
    content = copy_of(_answered(month), person.institution)
    response = Response(content, mimetype="text/plain", content_type="text/plain; charset=windows-1251")
    name = f"{answer_name(month).removesuffix('.txt')}-{person.institution}.txt"
    response.headers["Content-Disposition"] = f'attachment; filename="{name}"'
    return response


def _answered(month: Month) -> Campaign:
    campaign = Campaign.for_month(month)
    if campaign.answered_at is None:
        raise NotFound("Отговорът до АСП още не е изготвен.")
    return campaign
