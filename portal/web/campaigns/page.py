"""The page of one month, as the operator sees it."""

from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from flask import render_template

from portal.actions.campaigns.correcting import may_correct
from portal.actions.loading.faults import grouped
from portal.domain.deadlines import deadline_sentence
from portal.domain.errors import holds
from portal.domain.month import Month
from portal.domain.operating import check_may_load
from portal.domain.oversight.stages import Stage
from portal.domain.times import today
from portal.exchange.answer import decisions_in
from portal.storage.campaigns.answers import answer_fault, answers_of, final_answer
from portal.storage.campaigns.ended import returned_in
from portal.storage.campaigns.loads import loads_of, results_loaded, unfinished_loads
from portal.storage.campaigns.overview import records_in
from portal.storage.campaigns.rejects import some_rejects
from portal.storage.campaigns.requests import requests_in
from portal.storage.campaigns.tallies import country
from portal.storage.campaigns.waiting import queue
from portal.storage.lists.counted import counted_doubts, counted_under_limit
from portal.storage.lists.returned import enrolled_at, excepted_lists, returned_records
from portal.storage.lists.school_days import bands_without_calendar
from portal.storage.retention.erasing import is_erased
from portal.storage.tables.campaigns import Campaign, Record
from portal.web.campaigns.forms import ExceptionForm, FileForm, RouteForm, SentForm, SuspendForm, WindowForm
from portal.web.campaigns.routing import told_of, why_not_routed
from portal.web.http import clock

REJECTS_SHOWN = 200
ANSWERS_SHOWN = 5
RETURNED = "returned"  # the page of all that were sent back, in a form that stands on it
WAITING_SHOWN = 20  # institutions whose records wait; the others are a page further


@dataclass
class Forms:
    """The forms of the page as they were sent, or empty. ``routes`` are by record."""

    window: WindowForm | None = None
    file: FileForm = field(default_factory=FileForm)
    suspend: SuspendForm = field(default_factory=SuspendForm)
    exception: ExceptionForm = field(default_factory=ExceptionForm)
    sent: SentForm = field(default_factory=SentForm)
    ended: FileForm = field(default_factory=FileForm)
    routes: dict[int, RouteForm] = field(default_factory=dict)

    def route(self, record_id: int) -> RouteForm:
        return self.routes.setdefault(record_id, RouteForm())

    def offer(self, record: Record, code: str) -> None:
        """Where the child is enrolled stands in the form beforehand, unless that institution sent it back."""
        if code and code != record.institution_id:
            self.routes.setdefault(record.id, RouteForm(data={"institution": code}))


def returned_page(month: Month, forms: Forms | None = None, *, after: int = 0, alert: str = "") -> str:
    """What was sent back, beyond what the month's page shows of it."""
    campaign, now, forms = Campaign.for_month(month), clock.now(), forms or Forms()
    sent_back = returned_records(campaign, after=after, besides=forms.routes)
    return render_template(
        "campaigns/returned.html",
        month=month,
        after=after,
        sent_back=sent_back,
        origin=RETURNED,
        why_not_routed=why_not_routed(campaign, now=now),
        forms=forms,
        alert=alert,
        **_told(sent_back.records, forms, now=now),
    )


def _told(returned: list[Record], forms: Forms, *, now: datetime) -> dict[str, Any]:
    """The records, and what is known of each; where a child is enrolled stands in its form beforehand."""
    enrolled = enrolled_at(returned, day=today(now))
    for record in returned:
        forms.offer(record, enrolled.get(record.id, ""))
    return {"returned": returned, **told_of(returned, enrolled)}


def month_page(month: Month, forms: Forms | None = None, *, alert: str = "", **more: Any) -> str:
    """All that is known of the month. ``more`` is ``warnings`` about a window that was not set yet."""
    campaign, now = Campaign.for_month(month), clock.now()
    forms = forms or Forms()
    forms.window = forms.window or WindowForm.of(campaign)
    loads, sent_back = loads_of(campaign), returned_records(campaign, besides=forms.routes)
    last = next((load for load in loads if load.is_finished), None)
    window = campaign.window
    totals, regions = country(campaign, now=now)
    final = final_answer(campaign)
    said = decisions_in(final.manifest) if final and final.manifest else None
    counts = totals.counts
    records, pending = (counts.total, counts.pending) if said else records_in(campaign)
    return render_template(
        "campaigns/show.html",
        month=month,
        campaign=campaign,
        state=window.state(now),
        deadline=deadline_sentence(window, now=now),
        totals=totals,
        uncounted=(records - counts.total, pending - counts.pending),
        said=said,
        regions=regions,
        stages=list(Stage),
        loads=loads,
        unfinished=[] if campaign.answered_at else unfinished_loads(campaign),
        last=last,
        under_limit=counted_under_limit(campaign),
        rejects=some_rejects(last, REJECTS_SHOWN) if last else [],
        faults=grouped(last) if last else [],
        sent_back=sent_back,
        doubts={} if campaign.answered_at else counted_doubts(campaign),
        waiting=queue(campaign, most=WAITING_SHOWN, now=now),
        excepted=excepted_lists(campaign, now=now),
        requests=requests_in(campaign) if window.is_past(now) else [],
        answers=answers_of(campaign, ANSWERS_SHOWN),
        results=results_loaded(campaign) if campaign.answered_at else [],
        came_back=returned_in(campaign) if campaign.answered_at else None,
        why_not_routed=why_not_routed(campaign, now=now),
        without_calendar=[] if campaign.answered_at else bands_without_calendar([month]).get(month, []),
        is_erased=is_erased(campaign),
        is_past=window.is_past(now),
        may_load=holds(check_may_load, window, now=now),
        may_correct=may_correct(campaign, now=now),
        may_end=answer_fault(campaign, now=now) is None,
        forms=forms,
        alert=alert,
        **_told(sent_back.records, forms, now=now),
        **{"warnings": [], **more},
    )
