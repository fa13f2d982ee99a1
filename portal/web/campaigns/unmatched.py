"""The records of a month whose children nobody can be sure of, as the operator sees them."""

from collections.abc import Iterable
from dataclasses import dataclass

from flask import render_template, request

from portal.domain.identifiers import masked
from portal.domain.month import Month
from portal.domain.placement import Doubt
from portal.storage.campaigns.overview import campaigns_under_way
from portal.storage.campaigns.placing import newest_enrolments
from portal.storage.lists.counted import MOST_KEPT, counted_doubts, some_doubtful
from portal.storage.lists.doubts import Doubtful, doubtful, records_of
from portal.storage.lists.returned import institution_names
from portal.storage.loading.tables import Load
from portal.storage.tables.campaigns import Campaign, Record
from portal.web.http import clock
from portal.web.http.converters import LARGEST_ID

SHOWN = 50  # records: what a page can hold at a slow link, and PostgreSQL finds by their index
WHICH = {doubt.value: doubt for doubt in Doubt}


@dataclass(frozen=True)
class Line:
    """One record, and what is to be said of it; ``asp_name`` is empty where it lies where АСП has it."""

    record: Record
    reasons: list[str]
    asp_name: str


def unmatched_page(month: Month, which: str) -> str:
    """Those of one doubt, or, where ``which`` names none, of any; ``?after=`` the last record of the page
    before. They are found by what is kept, and what is said of those that are shown is looked up now."""
    campaign, doubt = Campaign.for_month(month), WHICH.get(which)
    after, counts = min(request.args.get("after", 0, type=int), LARGEST_ID), counted_doubts(campaign)
    some = some_doubtful(campaign, doubt, after=after, count=SHOWN + 1)
    found = doubtful(campaign, some[:SHOWN])
    shown = records_of(each for each in found if doubt is None or doubt in each.doubts)
    names = institution_names(record.asp_institution for record, _ in shown)
    return render_template(
        "campaigns/unmatched.html",
        month=month,
        doubt=doubt,
        campaign=campaign,
        counts=counts,
        enrolments=newest_enrolments(),
        after=after,
        following=some[SHOWN - 1] if len(some) > SHOWN else None,
        most=MOST_KEPT if any(count > MOST_KEPT for count in counts.values()) else None,
        lines=[_line(record, about, names) for record, about in shown],
        masked=masked,
    )


def doubts_of(load: Load) -> dict[Doubt, int]:
    """What a load counted."""
    return {doubt: getattr(load, doubt.value) for doubt in Doubt}


def months_of(load: Load) -> Iterable[Month]:
    """The months in which it counted, as far as there is still something to do."""
    if load.kind == "enrolments":
        return [campaign.month for campaign in campaigns_under_way(now=clock.now())]
    return [load.month] if load.kind == "asp" and load.month is not None else []


def _line(record: Record, about: Doubtful, names: dict[str, str]) -> Line:
    is_elsewhere = record.asp_institution != record.institution_id
    return Line(
        record,
        [_reason(doubt, record, about) for doubt in Doubt if doubt in about.doubts],
        names.get(record.asp_institution, record.asp_institution) if is_elsewhere else "",
    )


def _reason(doubt: Doubt, record: Record, about: Doubtful) -> str:
    if doubt is Doubt.WITHOUT_ENROLMENT:
        return "Няма записване."
    if doubt is Doubt.BY_NUMBER and about.as_kind is not None:
        return f"Записано е с {about.as_kind.label}, а АСП го води с {record.id_type.label}."
    return f"Записано е в {', '.join(about.enrolled)}: няма такава институция в портала."
