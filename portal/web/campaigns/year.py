"""The calendar of a school year at a glance, for the operator: the school days that it gives each class band
month by month, what is missing, and the days without school that directors entered."""

from dataclasses import dataclass
from datetime import date

from flask import Blueprint, render_template, request
from flask.typing import ResponseReturnValue

from portal.domain.calendar import Band
from portal.domain.month import Month
from portal.domain.people import Operator
from portal.storage.campaigns.overview import months_with_campaign
from portal.storage.lists.closures import closed_in, closures_in
from portal.storage.lists.school_days import SchoolDays, bands_without_calendar, free_days, school_days_in
from portal.web.http import clock
from portal.web.http.guards import allow

year = Blueprint("year", __name__, url_prefix="/calendar/year")

FIRST, LAST = 2000, 2098  # the school years whose months the exchange files can carry
MONTHS = 12
CLOSURES_SHOWN = 100


@dataclass(frozen=True)
class MonthRow:
    """``free`` are days on which nobody has school, ``closed`` institutions with days of their own."""

    month: Month
    has_campaign: bool
    school_days: SchoolDays
    free: dict[date, str]
    closed: int


@year.get("")
@allow(Operator)
def show(operator: Operator) -> ResponseReturnValue:
    """``?year=``: the first calendar year of the school year; without it, or with no such year, the present
    one. ``?closed=2020-12`` names the institutions with days of their own in that month."""
    begins = _year(request.args.get("year", ""))
    months = [Month(begins, 9).plus(count) for count in range(MONTHS)]
    closed = _month(request.args.get("closed", ""))
    return render_template(
        "campaigns/year.html",
        begins=begins,
        before=begins - 1 if begins > FIRST else None,
        after=begins + 1 if begins < LAST else None,
        rows=_rows(months),
        bands=list(Band),
        missing=bands_without_calendar(months[:1]).get(months[0], []),
        closed=closed if closed in months else None,
        closures=closures_in(closed, CLOSURES_SHOWN) if closed in months else [],
        closures_shown=CLOSURES_SHOWN,
    )


def _rows(months: list[Month]) -> list[MonthRow]:
    days, free, closed = school_days_in(months), free_days(months), closed_in(months)
    campaigns = months_with_campaign(months)
    return [
        MonthRow(
            month,
            month in campaigns,
            days[month],
            {day: name for day, name in free.items() if Month.of(day) == month},
            closed[month],
        )
        for month in months
    ]


def _year(text: str) -> int:
    is_year = len(text) == len(str(FIRST)) and text.isascii() and text.isdigit()
    if is_year and FIRST <= int(text) <= LAST:
        return int(text)
    return Month.of(clock.today()).school_year


def _month(text: str) -> Month | None:
    try:
        return Month.parse(text)
    except ValueError:
        return None
