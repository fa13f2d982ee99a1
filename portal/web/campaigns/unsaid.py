"""What would go out as „няма информация“ if the final answer were made now, for the operator."""

from collections import Counter

from flask import Blueprint, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue

from portal.domain.campaigns.unsaid import Cause
from portal.domain.errors import holds
from portal.domain.month import Month
from portal.domain.operating import check_routing
from portal.domain.people import Operator
from portal.domain.submissions import CampaignState
from portal.storage.campaigns.answers import open_exceptions
from portal.storage.campaigns.unsaid import MOST, unsaid_by_region, unsaid_in
from portal.storage.tables.campaigns import Campaign
from portal.web.http import clock
from portal.web.http.guards import allow

unsaid = Blueprint("unsaid", __name__, url_prefix="/campaigns/<month:month>")


@unsaid.get("/no-information")
@allow(Operator)
def index(operator: Operator, month: Month) -> ResponseReturnValue:
    """``?region=`` has every institution of one; without it, or with what is not known, the country."""
    campaign, now = Campaign.for_month(month), clock.now()
    if campaign.answered_at is not None:
        return redirect(url_for("campaigns.show", month=month, _anchor="answer"), 303)
    every = unsaid_by_region(campaign, now=now)
    region = next((each for each in every if str(each.number) == request.args.get("region")), None)
    excepted = open_exceptions(campaign, now=now)
    causes = sum((each.records for each in ([region] if region else every)), Counter[Cause]())
    return render_template(
        "campaigns/unsaid.html",
        month=month,
        now=now,
        regions=every,
        region=region,
        causes={cause: causes[cause] for cause in Cause},
        total=causes.total(),
        institutions=unsaid_in(campaign, None if region is None else region.number, now=now),
        most=MOST,
        Cause=Cause,
        state=(state := campaign.window.state(now)),
        is_past=campaign.window.is_past(now),
        may_call=state is CampaignState.OPEN or (state is CampaignState.CLOSED and excepted > 0),
        may_route=holds(check_routing, campaign.window, excepted, now=now),
    )
