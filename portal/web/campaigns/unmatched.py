"""The records of a month whose children nobody can be sure of, as the operator sees them."""

from collections.abc import Iterable
from dataclasses import dataclass

from flask import render_template

from portal.domain.identifiers import masked
from portal.domain.month import Month
from portal.domain.placement import Doubt
from portal.storage.campaigns.overview import campaigns_under_way
from portal.storage.campaigns.placing import newest_enrolments
from portal.storage.lists.doubts import Doubtful, count_doubts, doubtful, records_of
from portal.storage.lists.returned import institution_names
from portal.storage.tables.campaigns import Campaign, Load, Record
from portal.web.http import clock

SHOWN = 200  # records: what a page can hold at a slow link, and a person can go through
WHICH = {doubt.value: doubt for doubt in Doubt}


@dataclass(frozen=True)
class Line:
    """One record, and what is to be said of it; ``asp_name`` is empty where it lies where АСП has it."""

    record: Record
    reasons: list[str]
    asp_name: str


def unmatched_page(month: Month, which: str) -> str:
    """Those of one doubt, or, where ``which`` names none, of any."""
    campaign, doubt = Campaign.for_month(month), WHICH.get(which)
    every = list(doubtful(campaign))
    found = [each for each in every if doubt is None or doubt in each.doubts]
    shown = records_of(found[:SHOWN])
    names = institution_names(record.asp_institution for record, _ in shown)
    return render_template(
        "campaigns/unmatched.html",
        month=month,
        doubt=doubt,
        counts=count_doubts(every),
        enrolments=newest_enrolments(),
        total=len(found),
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
