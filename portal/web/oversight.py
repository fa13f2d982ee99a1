"""How far the institutions have come, for the regional offices and the operator. It names no child."""

from collections.abc import Mapping

from flask import Blueprint, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue

from portal.domain.deadlines import deadline_sentence
from portal.domain.errors import NotFound
from portal.domain.month import Month
from portal.domain.people import Operator, Ruo
from portal.domain.placement import InstitutionType
from portal.domain.progress import ORDERS, URGENCY, Module, Region, Standing, Totals, Wanted, by_region
from portal.domain.submissions import SubmissionState
from portal.storage.campaigns.progress import months, standings
from portal.storage.letters.reading import handed_over
from portal.storage.tables.campaigns import Campaign
from portal.web.http import clock
from portal.web.http.guards import allow
from portal.web.http.htmx import page_or_fragment

oversight = Blueprint("oversight", __name__, url_prefix="/oversight")

# Beside the states: whoever has something left to do, and where nobody of the institution has looked.
UNFINISHED, UNOPENED = "unfinished", "unopened"
STATES = {state.value: state for state in URGENCY}
TYPES = {kind.value: kind for kind in InstitutionType}
STATE_CHOICES = [
    (UNFINISHED, "не са приключили"),
    (UNOPENED, "никога неотварян"),
    *((state.value, state.label) for state in URGENCY),
]
LACKS_ONE = "one"
MODULES = {module.value: module for module in Module}
MODULE_CHOICES = {
    Module.LIST.value: "липсва списъкът",
    Module.REGISTER.value: "липсва карантината",
    LACKS_ONE: "липсва само едното",
}
SORTS = {
    "state": "първо за обаждане",
    "one": "първо с липсващо едно",
    "name": "по име",
    "share": "най-малко решени",
    "pending": "най-много необработени",
}
assert SORTS.keys() == ORDERS.keys()
LONGEST_SEARCH = 100  # characters


@oversight.get("/")
@allow(Ruo, Operator)
def latest(person: Ruo | Operator) -> ResponseReturnValue:
    every = months()
    if not every:
        return render_template("oversight/none.html")
    return redirect(url_for(".index", month=every[0]), 303)


@oversight.get("/<month:month>")
@allow(Ruo, Operator)
def index(person: Ruo | Operator, month: Month) -> ResponseReturnValue:
    campaign = Campaign.for_month(month)
    number = person.region if isinstance(person, Ruo) else _asked_region()
    found = standings(campaign, now=clock.now(), region=number)
    if number is None:
        return render_template(
            "oversight/country.html", **_head(campaign, Totals.of(found)), regions=by_region(found)
        )
    if not found:
        raise NotFound("В този регион няма институции. Върнете се към всички региони.")
    wanted = read_wanted(request.args)
    return page_or_fragment(
        "oversight/index.html",
        "oversight/_institutions.html",
        **_head(campaign, Totals.of(found)),
        region=Region(number, found[0].institution.region_name, Totals.of(found)),
        own=isinstance(person, Ruo),
        wanted=wanted,
        shown=(shown := wanted.of(found)),
        sum=Totals.of(shown),
        handed=handed_over(campaign, number),
        states=[choice for choice in STATE_CHOICES if _can_be(choice[0], found)],
        modules=MODULE_CHOICES,
        module=(wanted.module.value if wanted.module else LACKS_ONE if wanted.lacks_one else ""),
        types=TYPES.values(),
        sorts=SORTS,
    )


def _can_be(choice: str, found: list[Standing]) -> bool:
    """Whether to offer the choice: erased are only old months, and then all of it."""
    return choice != SubmissionState.ERASED.value or any(each.state.value == choice for each in found)


def _asked_region() -> int | None:
    text = request.args.get("region", "")
    return int(text) if text.isascii() and text.isdecimal() and len(text) < 4 else None


def read_wanted(sent: Mapping[str, str]) -> Wanted:
    """``?state=&module=&q=&type=&sort=``; what is not known filters nothing."""
    state, module, sort = sent.get("state", ""), sent.get("module", ""), sent.get("sort", "")
    return Wanted(
        state=STATES.get(state),
        unopened=state == UNOPENED,
        unfinished=state == UNFINISHED,
        module=MODULES.get(module),
        lacks_one=module == LACKS_ONE,
        type=TYPES.get(sent.get("type", "")),
        words=sent.get("q", "")[:LONGEST_SEARCH],
        sort=sort if sort in ORDERS else "state",
    )


def _head(campaign: Campaign, totals: Totals) -> dict[str, object]:
    now = clock.now()
    return {
        "campaign": campaign,
        "month": campaign.month,
        "state": campaign.window.state(now),
        "deadline": deadline_sentence(campaign.window, now=now),
        "totals": totals,
        "months": months(),
    }
