"""The first page of a month's oversight: one region, or the country by region."""

from datetime import datetime
from typing import Any

from flask import Blueprint, make_response, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue

from portal.domain.deadlines import deadline_sentence, first_looked_at
from portal.domain.errors import NotFound
from portal.domain.month import Month
from portal.domain.oversight.progress import Region, Standing, Totals
from portal.domain.oversight.wanted import in_words, query_of, read_wanted
from portal.domain.people import Operator, Ruo
from portal.storage.calls.claims import claims_in
from portal.storage.calls.reading import Which
from portal.storage.campaigns.ended import returned_in
from portal.storage.campaigns.pace import years
from portal.storage.campaigns.progress import campaigns, standings
from portal.storage.campaigns.tallies import country
from portal.storage.letters.reading import handed_over
from portal.storage.tables.campaigns import Campaign
from portal.web.calls.page import count_to_call
from portal.web.http import clock
from portal.web.http.addresses import without_empty
from portal.web.http.converters import asked_region
from portal.web.http.guards import allow
from portal.web.http.htmx import wants_fragment
from portal.web.oversight.export import as_csv, as_xlsx
from portal.web.oversight.filters import asked_page, choices
from portal.web.oversight.glance import glance, parts_of

oversight = Blueprint("oversight", __name__, url_prefix="/oversight")

PAGE = 50  # institutions: the call list has all that are late, and 70 are 31,000 pixels on a telephone


@oversight.get("/")
@allow(Ruo, Operator)
def latest(person: Ruo | Operator) -> ResponseReturnValue:
    every = campaigns()
    if not every:
        return render_template("oversight/none.html", is_empty=False)
    return redirect(url_for(".index", month=first_looked_at(every, now=clock.now()).month), 303)


@oversight.get("/<month:month>")
@allow(Ruo, Operator)
def index(person: Ruo | Operator, month: Month) -> ResponseReturnValue:
    every = campaigns()
    campaign = next((each for each in every if each.month == month), None)
    if campaign is None:
        raise NotFound(f"За {month.label} няма заредена кампания.")
    number = person.region if isinstance(person, Ruo) else asked_region(request.args)
    if number is None:
        return _country(campaign, every)
    return _region(campaign, every, number, own=isinstance(person, Ruo))


@oversight.get("/<month:month>/export.<any(xlsx, csv):kind>")
@allow(Ruo, Operator)
def export(person: Ruo | Operator, month: Month, kind: str) -> ResponseReturnValue:
    """The institutions that the address shows, every page of them; the operator's without a region are those
    of the country."""
    region = person.region if isinstance(person, Ruo) else asked_region(request.args)
    found = standings(Campaign.for_month(month), now=clock.now(), region=region)
    wanted = read_wanted(request.args)
    shown = wanted.of(found)
    if kind == "csv":
        return as_csv(month, shown)
    said = in_words(query_of(request.args))
    notes = [
        f"Показани институции: {len(shown)} от {len(found)} – {said}."
        if wanted.is_filter
        else "Всички институции."
    ]
    if region is not None and found:
        notes.insert(0, f"Регион {found[0].institution.region_name}.")
    return as_xlsx(month, shown, notes, now=clock.now())


def _country(campaign: Campaign, every: list[Campaign]) -> str:
    totals, regions = country(campaign, now=clock.now())
    return render_template(
        "oversight/country.html", **_head(campaign, every, totals, region=None), regions=regions
    )


def _region(campaign: Campaign, every: list[Campaign], number: int, *, own: bool) -> ResponseReturnValue:
    now = clock.now()
    found = standings(campaign, now=now, region=number)
    if not found and own:
        return render_template("oversight/none.html", is_empty=True)
    if not found:
        raise NotFound("В този регион няма институции. Върнете се към всички региони.")
    table = _table(campaign, every, found, own=own, now=now)
    if wants_fragment():
        response = make_response(render_template("oversight/_institutions.html", **table))
        response.headers["HX-Push-Url"] = without_empty()
        return response
    types, places = parts_of(found)
    return render_template(
        "oversight/index.html",
        **_head(campaign, every, table["region"].totals, region=number) | table,
        to_call=count_to_call(campaign, found, now=now),
        by_type=types,
        by_place=places,
        **choices(found),
    )


def _table(
    campaign: Campaign, every: list[Campaign], found: list[Standing], *, own: bool, now: datetime
) -> dict[str, Any]:
    """The institutions that the address shows, one page of them, of those ``found`` in a region."""
    place = found[0].institution
    wanted = read_wanted(request.args)
    shown = wanted.of(found)
    page = min(asked_page(request.args), max(1, -(-len(shown) // PAGE)))
    rows = shown[(page - 1) * PAGE : page * PAGE]
    codes = [each.institution.code for each in rows]
    return {
        "month": campaign.month,
        "region": Region(place.region, place.region_name, Totals.of(found)),
        "own": own,
        "wanted": wanted,
        "said": in_words(query_of(request.args)),
        "shown": shown,
        "rows": rows,
        "page": page,
        "pages": -(-len(shown) // PAGE),
        "query": query_of(request.args) | ({} if own else {"region": str(place.region)}),
        "sum": Totals.of(shown),
        "handed": handed_over(campaign, place.region),
        "years": years(every, campaign.month, codes, now=now),
        "calling": claims_in(Which(codes=tuple(codes)), now=now),
        "asked": request.args,
    }


def _head(
    campaign: Campaign, every: list[Campaign], totals: Totals, *, region: int | None
) -> dict[str, object]:
    now = clock.now()
    return {
        "campaign": campaign,
        "month": campaign.month,
        "state": campaign.window.state(now),
        "deadline": deadline_sentence(campaign.window, now=now),
        "totals": totals,
        "months": [each.month for each in every],
        "came_back": returned_in(campaign, region) if campaign.answered_at else None,
        "glance": glance(campaign, totals, every, now=now, region=region),
    }
