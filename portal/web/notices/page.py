"""What the offices' pages of circulars show."""

from dataclasses import dataclass
from datetime import date
from typing import Any

from flask import render_template, request

from portal.actions.notices.publishing import Edition
from portal.domain.calendar import deadline_warnings
from portal.domain.errors import holds
from portal.domain.month import Month
from portal.domain.names import place_order
from portal.domain.notices.drafting import Facts, draft_subject, draft_text
from portal.domain.notices.recipients import Tally, may_be_written_to, unread_first
from portal.domain.notices.rules import NoticeState, Office, check_may_remind, check_own
from portal.domain.people import Operator, Ruo
from portal.domain.submissions import CampaignState
from portal.storage.campaigns.tallies import tallies as tallies_of
from portal.storage.home.next_steps import current_campaigns
from portal.storage.institutions.finding import open_institutions as open_by_code
from portal.storage.lists.school_days import month_holidays
from portal.storage.notices.files import files_of
from portal.storage.notices.recipients import (
    count_open,
    open_institutions,
    recipients_of,
    regions_of,
    tallies,
)
from portal.storage.notices.rounds import letters_under_way, rounds_of
from portal.storage.notices.shown import Shown, for_office, of_office
from portal.storage.tables.campaigns import Campaign
from portal.storage.tables.institutions import Institution
from portal.web.http import clock
from portal.web.http.converters import asked_region, number_in
from portal.web.institutions.searching import found_for
from portal.web.notices.forms import NoticeForm, ReminderForm, WithdrawForm

REMINDER = (
    "Още не сте отбелязали, че сте се запознали с това циркулярно писмо. Моля, прочетете го и направете "
    "каквото се иска в него."
)


@dataclass(frozen=True)
class Proof:
    """A circular as it would be published, for whoever looks before doing so."""

    edition: Edition
    recipients: int
    without_director: int


def list_page(
    person: Ruo | Operator, form: NoticeForm, *, alert: str = "", proof: Proof | None = None
) -> str:
    """What was published, and the form for the next one."""
    office, now = Office.of(person), clock.now()
    notices, older = of_office(office, _before())
    q, found = found_for(form.q.data or "")
    places = _places(office) if office.region is not None else [*_ticked(form), *found.shown]
    form.offer(places, is_whole=office.region is not None)
    return render_template(
        "notices/office.html",
        office=office,
        notices=notices,
        older=older,
        tallies=tallies([each.notice.id for each in notices], office.region, now=now),
        form=form,
        month=_month_of(form),
        replaced=None if form.replaced is None else for_office(office, form.replaced),
        is_whole=office.region is not None,
        q=q,
        found=found,
        count=count_open(office.region, now=now),
        warnings=_warnings(proof.edition.wording.deadline) if proof else [],
        proof=proof,
        alert=alert,
    )


def new_form(person: Ruo | Operator) -> NoticeForm:
    """A circular about the month that is worked on, or ``?month=``, proposed from what is known of it; or
    ``?replaces=``, with what stands in the one that it is to replace."""
    office, now = Office.of(person), clock.now()
    campaign = _campaign()
    data: dict[str, Any] = {"date": clock.today().isoformat()}
    data |= {name: request.args.get(name, "") for name in ("state", "module", "type")}
    data |= {"q": request.args.get("q", ""), "recipient": request.args.getlist("recipient")}
    if campaign is not None:
        totals = tallies_of([campaign], now=now, region=office.region)[campaign.id]
        facts = Facts(campaign.month, campaign.window, totals, office)
        data |= {
            "month": str(campaign.month),
            "subject": draft_subject(facts),
            "text": draft_text(facts, now=now),
            "deadline": _iso(None if campaign.window.is_past(now) else campaign.closes_on),
        }
    old = NoticeForm(request.args).replaced
    if old is not None:
        notice = for_office(office, old).notice
        data |= {
            "replaces": str(old),
            "subject": notice.subject,
            "text": notice.text,
            "deadline": _iso(notice.deadline),
        }
    return NoticeForm(data=data)


@dataclass(frozen=True)
class Sent:
    """The form that was sent and did not hold."""

    withdrawal: WithdrawForm | None = None
    reminder: ReminderForm | None = None


def notice_page(person: Ruo | Operator, notice_id: int, sent: Sent = Sent(), *, alert: str = "") -> str:
    """One circular with who has read it; of the whole country, region by region."""
    office, now = Office.of(person), clock.now()
    shown = for_office(office, notice_id)
    notice = shown.notice
    asked = office.region if office.region is not None else asked_region(request.args)
    by_region = regions_of(notice, now=now) if asked is None and notice.region is None else []
    every = [] if by_region else recipients_of(notice, asked, now=now)
    rounds = rounds_of(notice, office.region)
    return render_template(
        "notices/followed.html",
        shown=shown,
        files=files_of([notice.id])[notice.id],
        tally=sum((each.tally for each in by_region), Tally.of(every)),
        regions=by_region,
        region=None if office.region is not None else asked,
        recipients=unread_first(every),
        rounds=rounds,
        under_way=letters_under_way(rounds),
        is_own=holds(check_own, office, notice.region),
        may_remind=_may_remind(office, shown)
        and (may_be_written_to(by_region) or any(each.letter_to for each in every)),
        withdrawal=sent.withdrawal or WithdrawForm(),
        reminder=sent.reminder or ReminderForm(data={"text": REMINDER}),
        warnings=_warnings(notice.deadline) if shown.state is NoticeState.IN_FORCE else [],
        alert=alert,
    )


def _may_remind(office: Office, shown: Shown) -> bool:
    """Whether it is this office's to write to those who have not read it."""
    return shown.state is NoticeState.IN_FORCE and holds(check_may_remind, office, shown.notice.region)


def _before() -> int | None:
    """``?before=``: only circulars that are older than this one are shown."""
    return number_in(request.args.get("before", ""))


def _places(office: Office) -> list[Institution]:
    found = open_institutions(office.region, now=clock.now())
    return sorted(found, key=lambda place: (place.type.label, place_order(place.name)))


def _ticked(form: NoticeForm) -> list[Institution]:
    """What was found and ticked before stays there, whatever is looked for next."""
    ticked = open_by_code(form.recipient.data or (), day=clock.today())
    return sorted(ticked.values(), key=lambda place: (place_order(place.name), place.code))


def _campaign() -> Campaign | None:
    """The month that was asked for, or the one that is worked on: open, else not answered yet."""
    asked, now = request.args.get("month", ""), clock.now()
    current = current_campaigns()
    order = sorted(
        current,
        key=lambda each: (
            str(each.month) != asked,
            each.window.state(now) is not CampaignState.OPEN,
            each.answered_at is not None,
        ),
    )
    return order[0] if order else None


def _month_of(form: NoticeForm) -> Month | None:
    try:
        return Month.parse(str(form.month.data or ""))
    except ValueError:
        return None


def _warnings(deadline: date | None) -> list[str]:
    return [] if deadline is None else deadline_warnings(deadline, month_holidays(Month.of(deadline))[0])


def _iso(day: date | None) -> str:
    return "" if day is None else day.isoformat()
