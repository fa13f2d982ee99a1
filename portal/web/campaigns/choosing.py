"""Choosing the institution for a record, or for all that wait in one place: by what is known of them, or by
name, number or place."""

from typing import Any

from flask import render_template, request

from portal.domain.month import Month
from portal.domain.times import today
from portal.storage.campaigns.waiting import directed_among, waiting_at
from portal.storage.institutions.finding import open_institutions
from portal.storage.lists.returned import enrolled_at
from portal.storage.tables.campaigns import Campaign, Record
from portal.web.campaigns.routing import told_of, why_not_routed
from portal.web.http import clock
from portal.web.institutions.searching import searched

Offers = list[tuple[str, str]]  # why, and the institution's code


def choosing_for(month: Month, record: Record, *, action: str, back: str, origin: str) -> str:
    """Where the child is enrolled first, then who has taken over, then who sent the record back."""
    enrolled, place = enrolled_at([record], day=today(clock.now())), record.institution
    heir = place.heir if place.closed_on is not None else None
    offers: Offers = [("по записванията", enrolled[record.id])] if record.id in enrolled else []
    if heir is not None:
        offers.append(("приемник на закритата институция", heir.code))
    if record.asp_institution != record.institution_id:
        offers.append(("АСП посочва нея", record.asp_institution))
    if record.returned_at is not None:
        offers.append(("върна записа: решава тя", record.institution_id))
    else:
        offers = [(why, code) for why, code in offers if code != record.institution_id]
    more = {"record": record, "origin": origin, **told_of([record], enrolled)}
    return _page(month, offers, action=action, back=back, **more)


def choosing_for_all(month: Month, institution: str, *, action: str, back: str) -> str:
    """The successor first."""
    group, records = waiting_at(Campaign.for_month(month), institution, now=clock.now())
    offers: Offers = [] if group.heir is None else [("приемник", group.heir.code)]
    more = {"record": None, "origin": "", "place": group.institution, "records": len(records)}
    return _page(month, offers, action=action, back=back, **more)


def _page(month: Month, offers: Offers, **more: Any) -> str:
    campaign, (q, found) = Campaign.for_month(month), searched()
    reasons: dict[str, list[str]] = {}
    for why, code in offers:
        reasons.setdefault(code, []).append(why)
    places = open_institutions(reasons, day=today(clock.now()))
    shown = {*places, *(place.code for place in found.shown)}
    return render_template(
        "campaigns/choose.html",
        month=month,
        why_not_routed=why_not_routed(campaign, now=clock.now()),
        offers=[("; ".join(why), places[code]) for code, why in reasons.items() if code in places],
        offered=set(places),
        undirected=shown - directed_among(shown),
        q=q,
        found=found,
        address=request.path,
        **more,
    )
