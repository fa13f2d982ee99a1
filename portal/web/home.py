"""The first page: a person's own next steps, the most pressing first."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from flask import Blueprint, current_app, redirect, render_template, request
from flask.typing import ResponseReturnValue

from portal.actions.letters.access_news import mark_read
from portal.actions.trust.notes import Note
from portal.actions.trust.report import report
from portal.domain.deadlines import deadline_sentence, most_pressing
from portal.domain.notices.rules import Office
from portal.domain.oversight.progress import Totals
from portal.domain.people import Delegate, Director, Operator, Person, Ruo, Scope, Staff
from portal.domain.signing.qualified import QUALIFIED
from portal.domain.submissions import CampaignState
from portal.storage.campaigns.loads import unfinished_loads
from portal.storage.campaigns.requests import unanswered_requests
from portal.storage.campaigns.tallies import tallies
from portal.storage.home.access_news import Unread, unread
from portal.storage.home.duties import duties
from portal.storage.home.months import current_months
from portal.storage.home.next_steps import (
    closing_of,
    current_campaigns,
    last_authorisation,
    unsent_mail,
)
from portal.storage.notices.files import files_of
from portal.storage.notices.following import followed
from portal.storage.notices.shown import unread as unread_notices
from portal.storage.people.egn_requests import OwnEgn, count_egn_requests, own_egn
from portal.storage.tables.campaigns import Campaign
from portal.storage.tables.qualified import count_waiting_signatures
from portal.web.calls.page import Row as CallRow
from portal.web.calls.page import call_list
from portal.web.http import clock
from portal.web.http.converters import LARGEST_ID
from portal.web.http.guards import LISTS, allow, current_login
from portal.web.http.site import is_behind_unknown_proxy, site
from portal.web.lists.card import ListCard, list_cards
from portal.web.lists.together import together
from portal.web.register.cards import near_erasures, register_cards
from portal.web.register.key_notices import key_notices

home = Blueprint("home", __name__)

CALLS = 5  # institutions to call that are named here; the rest stand behind the link


@home.get("/")
@allow(Director, Delegate, Ruo, Operator)
def index(person: Staff | Ruo | Operator) -> ResponseReturnValue:
    match person:
        case Staff():
            return _institution(person)
        case Ruo():
            return _region(person)
    return _country(person)


@home.post("/news")
@allow(Director, Delegate, Ruo, Operator)
def read_news(person: Person) -> ResponseReturnValue:
    """The lines about the person's own access were read, up to the one whose number the form carries."""
    upto = request.form.get("upto", 0, type=int)
    mark_read(person, min(upto, LARGEST_ID), _login())
    return redirect("/", 303)


def _news(person: Person) -> Unread:
    return unread(person.user_id, _login(), now=clock.now())


def _login() -> bytes:
    """The digest of the login that asks."""
    login = current_login()
    assert login is not None
    return bytes(login.digest)


def _institution(person: Staff) -> str:
    now = clock.now()
    may_see = any(person.may(scope) for scope in LISTS)
    months = current_months(person.institution)
    cards = list_cards(person, months, now=now) if may_see else []
    may_read_notices = any(person.may(scope) for scope in Scope)
    notices = unread_notices(person) if may_read_notices else []
    return render_template(
        "home/institution.html",
        news=_news(person),
        removable={card.month for card in cards if card.may_unsign},
        notices=notices,
        may_read_notices=may_read_notices,
        files=files_of([shown.notice.id for shown in notices]),
        closed=_why_closed(person, cards, now=now),
        cards=cards,
        may_see=may_see,
        may_sign=person.may(Scope.SIGN),
        together=together(person, months, now=now),
        register=register_cards(person, months, now=now),
        erasures=near_erasures(person, clock.today()),
        keys=key_notices(person, now=now),
        authorisation=last_authorisation(person.user_id) if isinstance(person, Delegate) else None,
        egn=_missing_egn(person),
        is_delegate=isinstance(person, Delegate),
        today=clock.today(),
    )


def _why_closed(person: Staff, cards: list[ListCard], *, now: datetime) -> str:
    """The sentence about an institution that is closed by now; empty for any other."""
    closing = cards[0].summary.submission.window.closing if cards else closing_of(person.institution)
    return closing.sentence if closing is not None and closing.is_in_force(now) else ""


@dataclass(frozen=True)
class MonthCard:
    """One campaign on the first page of a regional office or of the operator."""

    campaign: Campaign
    state: CampaignState
    deadline: str
    totals: Totals
    calls: list[CallRow]
    to_call: int


def _region(ruo: Ruo) -> str:
    now = clock.now()
    return render_template(
        "home/region.html",
        cards=_month_cards(ruo, current_campaigns(), now=now),
        news=_news(ruo),
        removable=(),
        followed=followed(Office.of(ruo), now=now),
    )


def _month_cards(ruo: Ruo, campaigns: list[Campaign], *, now: datetime) -> list[MonthCard]:
    """The month whose deadline comes first, then what else can be worked on, then the others. As many
    questions, however many there are: whom to call first is asked of that month alone."""
    totals = tallies(campaigns, now=now, region=ruo.region)
    pressing = most_pressing(campaigns, now=now)

    def is_open(campaign: Campaign) -> bool:
        return campaign.window.state(now) is CampaignState.OPEN

    return [
        MonthCard(
            campaign=campaign,
            state=campaign.window.state(now),
            deadline=deadline_sentence(campaign.window, now=now),
            totals=totals[campaign.id],
            to_call=totals[campaign.id].due - totals[campaign.id].complete if is_open(campaign) else 0,
            calls=call_list(campaign, ruo.region, ruo.user_id, most=CALLS, now=now).rows
            if campaign is pressing
            else [],
        )
        for campaign in sorted(campaigns, key=lambda each: (each is not pressing, not is_open(each)))
    ]


def _country(operator: Operator) -> str:
    now = clock.now()
    every = duties(now)
    totals = tallies(_still_counted([duty.campaign for duty in every], now=now), now=now)
    return render_template(
        "home/operator.html",
        news=_news(operator),
        removable=(),
        followed=followed(Office.of(operator), now=now),
        duties=[
            (duty, deadline_sentence(duty.campaign.window, now=now), totals.get(duty.campaign.id))
            for duty in every
        ],
        unfinished=unfinished_loads(None),
        is_behind_unknown_proxy=is_behind_unknown_proxy(),
        mail=unsent_mail(now),
        egn_requests=count_egn_requests(),
        corrections=unanswered_requests(),
        signatures_wait=count_waiting_signatures(),
        trust_notes=_trust_notes(now),
        mail_is_sent=current_app.extensions["portal"].config.mail_url is not None,
    )


def _still_counted(campaigns: Sequence[Campaign], *, now: datetime) -> list[Campaign]:
    """The newest month, and those whose deadline has not passed: nobody finishes another any more, but for an
    exception, and to count a country's lists for each of them took most of the page's time."""
    return [each for number, each in enumerate(campaigns) if number == 0 or not each.window.is_past(now)]


def _missing_egn(person: Staff) -> OwnEgn | None:
    """Told on the first page where nobody without an ЕГН can sign; the operator's word takes a while."""
    if site().signature_kinds != {QUALIFIED} or not person.may(Scope.SIGN):
        return None
    own = own_egn(person.user_id)
    return None if own.is_kept else own


def _trust_notes(now: datetime) -> list[Note]:
    """What has to be done about the folder that qualified signatures are checked against."""
    folder = current_app.extensions["portal"].config.trust_dir
    if folder is None or QUALIFIED not in site().signature_kinds:
        return []
    return list(report(site().trust(), now=now, folder=folder).notes)
