"""The page of one month, as the operator sees it."""

from dataclasses import dataclass, field
from typing import Any

from flask import render_template

from portal.actions.campaigns.correcting import may_correct
from portal.actions.loading.faults import grouped
from portal.domain.deadlines import deadline_sentence
from portal.domain.errors import holds
from portal.domain.month import Month
from portal.domain.operating import check_may_load
from portal.domain.progress import Totals
from portal.domain.times import today
from portal.storage.campaigns.answers import answer_fault, answers_of, final_answer
from portal.storage.campaigns.loads import loads_of, some_rejects, unfinished_loads
from portal.storage.campaigns.overview import under_limit_in
from portal.storage.campaigns.progress import standings
from portal.storage.campaigns.requests import requests_in
from portal.storage.campaigns.waiting import waiting_in
from portal.storage.lists.doubts import count_doubts, doubtful
from portal.storage.lists.returned import enrolled_at, excepted_lists, returned_records
from portal.storage.retention.erasing import is_erased
from portal.storage.tables.campaigns import Campaign
from portal.web.campaigns.forms import ExceptionForm, FileForm, RouteForm, SentForm, SuspendForm, WindowForm
from portal.web.campaigns.waiting import told_of, why_not_routed
from portal.web.http import clock

REJECTS_SHOWN = 200
WAITING_SHOWN = 20  # institutions whose records wait; the others are a page further


@dataclass
class Forms:
    """The forms of the page as they were sent, or empty. ``routes`` are by record."""

    window: WindowForm | None = None
    file: FileForm = field(default_factory=FileForm)
    suspend: SuspendForm = field(default_factory=SuspendForm)
    exception: ExceptionForm = field(default_factory=ExceptionForm)
    sent: SentForm = field(default_factory=SentForm)
    routes: dict[int, RouteForm] = field(default_factory=dict)

    def route(self, record_id: int) -> RouteForm:
        return self.routes.setdefault(record_id, RouteForm())


def month_page(month: Month, forms: Forms | None = None, *, alert: str = "", **more: Any) -> str:
    """All that is known of the month. ``more`` is ``warnings`` about a window that was not set yet."""
    campaign, now = Campaign.for_month(month), clock.now()
    forms = forms or Forms()
    forms.window = forms.window or WindowForm.of(campaign)
    loads, returned = loads_of(campaign), returned_records(campaign)
    last = next((load for load in loads if load.is_finished), None)
    enrolled, window = enrolled_at(returned, day=today(now)), campaign.window
    return render_template(
        "campaigns/show.html",
        month=month,
        campaign=campaign,
        state=window.state(now),
        deadline=deadline_sentence(window, now=now),
        totals=Totals.of(standings(campaign, now=now)),
        loads=loads,
        unfinished=[] if campaign.answered_at else unfinished_loads(campaign),
        last=last,
        under_limit=under_limit_in(campaign),
        rejects=some_rejects(last, REJECTS_SHOWN) if last else [],
        faults=grouped(last) if last else [],
        returned=returned,
        doubts={} if campaign.answered_at else count_doubts(doubtful(campaign)),
        waiting=waiting_in(campaign, now=now),
        waiting_shown=WAITING_SHOWN,
        excepted=excepted_lists(campaign, now=now),
        requests=requests_in(campaign) if window.is_past(now) else [],
        final=final_answer(campaign),
        answers=answers_of(campaign)[:5],
        why_not_routed=why_not_routed(campaign, now=now),
        is_erased=is_erased(campaign),
        is_past=window.is_past(now),
        may_load=holds(check_may_load, window, now=now),
        may_correct=may_correct(campaign, now=now),
        may_end=answer_fault(campaign, now=now) is None,
        forms=forms,
        alert=alert,
        **told_of(returned, enrolled),
        **{"warnings": [], **more},
    )
