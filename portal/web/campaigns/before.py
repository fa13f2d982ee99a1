"""What a change of a month's window sets off, shown before it is made: whom the portal writes to, whose
signatures it concerns, and which reminders move. Nothing is stored here."""

from datetime import date, datetime

from flask import Blueprint, request, url_for
from flask.typing import ResponseReturnValue

from portal.actions.campaigns.window import Days, warnings_of
from portal.domain.calendar import long_date
from portal.domain.letters.reminders import reminder_days
from portal.domain.month import Month
from portal.domain.operating import check_may_resume, check_may_suspend
from portal.domain.people import Operator
from portal.domain.submissions import check_window
from portal.domain.times import end_of, today
from portal.storage.campaigns.effects import Concerned, concerned_by
from portal.storage.lists.working_days import working_days
from portal.storage.tables.campaigns import Campaign
from portal.web.campaigns.change import Change, said_of_days, shown
from portal.web.campaigns.forms import SuspendForm, WindowForm
from portal.web.campaigns.page import Forms, month_page
from portal.web.http import clock
from portal.web.http.attempts import attempt
from portal.web.http.guards import allow

before = Blueprint("before", __name__, url_prefix="/campaigns/<month:month>/before")


@before.post("/window")
@allow(Operator)
def window(operator: Operator, month: Month) -> ResponseReturnValue:
    form, campaign, now = WindowForm(request.form), Campaign.for_month(month), clock.now()
    with attempt(form) as tried:
        days = form.days()
        check_window(days.opens_on, days.closes_on, answered=campaign.answered_at is not None)
        warnings = warnings_of(days, now=now)
    if tried.failed:
        return tried.reply(month_page(month, Forms(window=tried.wrong_form), alert=tried.alert))
    concerned = concerned_by(campaign, now=now)
    before_it = None
    if campaign.opens_on is not None and campaign.closes_on is not None:
        before_it = Days(campaign.opens_on, campaign.closes_on)
    change = Change(
        heading="Срок" if campaign.closes_on is None else "Нов срок",
        button="Записвам срока въпреки това" if warnings else "Записвам срока",
        action=url_for("campaigns.window", month=month),
        sentences=_said_of_window(campaign, days, concerned, now=now),
        fields={"opens_on": str(days.opens_on), "closes_on": str(days.closes_on), "sure": "yes"},
        facts=[
            ("Срок сега", "не е определен" if before_it is None else _of_days(before_it)),
            ("Срок след това", _of_days(days)),
            *_of_reminders(
                _reminders(campaign, campaign.closes_on, now=now),
                _reminders(campaign, days.closes_on, now=now),
            ),
        ],
        warnings=warnings,
    )
    return _page(campaign, change, concerned)


@before.post("/suspend")
@allow(Operator)
def stop(operator: Operator, month: Month) -> ResponseReturnValue:
    form, campaign, now = SuspendForm(request.form), Campaign.for_month(month), clock.now()
    reason = form.reason.data or ""
    with attempt(form) as tried:
        check_may_suspend(campaign.window, reason)
    if tried.failed:
        forms = Forms(suspend=tried.wrong_form or SuspendForm())
        return tried.reply(month_page(month, forms, alert=tried.alert))
    concerned = concerned_by(campaign, now=now)
    change = Change(
        heading="Спиране на кампанията",
        button="Спирам кампанията",
        action=url_for("campaigns.stop", month=month),
        sentences=[
            f"Пишем на {_readers(concerned)}. Срокът отпада и от календарите им.",
            f"Неподписани списъци, по които вече не може да се работи: {concerned.unsigned}, от тях "
            f"започнати: {concerned.begun}. Решеното се пази.",
            f"Подписани списъци: {concerned.signed}. Подписите остават в сила.",
            "Срокът не се мести сам: след възобновяването проверете дали още е верен.",
        ],
        fields={"reason": reason},
        facts=_of_reminders(_reminders(campaign, campaign.closes_on, now=now), []),
    )
    return _page(campaign, change, concerned)


@before.post("/resume")
@allow(Operator)
def go_on(operator: Operator, month: Month) -> ResponseReturnValue:
    campaign, now = Campaign.for_month(month), clock.now()
    with attempt() as tried:
        check_may_resume(campaign.window)
    if tried.failed:
        return tried.reply(month_page(month, alert=tried.alert))
    concerned = concerned_by(campaign, now=now)
    change = Change(
        heading="Възобновяване на кампанията",
        button="Възобновявам кампанията",
        action=url_for("campaigns.go_on", month=month),
        sentences=[
            "Пишем на всеки, на когото е писано, че месецът е спрян. Директор, който още не знае за списъка "
            f"си, научава за него. Това са най-много {_readers(concerned)}.",
            _said_of_work(concerned.unsigned, is_past=campaign.window.is_past(now)),
            f"Подписани списъци: {concerned.signed}. За тях нищо не се променя.",
        ],
        facts=_of_reminders([], _reminders(campaign, campaign.closes_on, now=now, resumed=True)),
    )
    return _page(campaign, change, concerned)


def _said_of_window(campaign: Campaign, days: Days, concerned: Concerned, *, now: datetime) -> list[str]:
    if (campaign.opens_on, campaign.closes_on) == (days.opens_on, days.closes_on):
        return ["Това е срокът, който вече е определен: нищо не се променя и не се пише на никого."]
    over = now >= end_of(days.closes_on)
    said = []
    if campaign.closes_on is not None and campaign.closes_on != days.closes_on:
        said.append(f"За новия срок пишем на {_readers(concerned)}. Срокът се мести и в календарите им.")
    if concerned.untold and not over and campaign.suspended_at is None:
        said.append(f"Че списъкът е тук, пишем за пръв път на директори: {concerned.untold}.")
    if campaign.suspended_at is not None:
        said.append("Кампанията е спряна: срокът се съобщава, когато я възобновите.")
    if over:
        said.append(f"Срокът вече е минал: остават неподписани списъци: {concerned.unsigned}.")
    elif campaign.window.is_past(now):
        said.append(
            f"Отварят се отново неподписани списъци: {concerned.unsigned}. Подписите по вече подписаните "
            f"({concerned.signed}) отново могат да се премахнат."
        )
    else:
        said.append(f"Вече са подписали: {concerned.signed}. Още не са: {concerned.unsigned}.")
    return said


def _readers(concerned: Concerned) -> str:
    said = f"директори: {concerned.directors}, упълномощени лица: {concerned.delegates}"
    if not concerned.mailboxes:
        return said
    return f"{said}, и на адреса на институции, в които никой няма достъп: {concerned.mailboxes}"


def _said_of_work(unsigned: int, *, is_past: bool) -> str:
    if is_past:
        return f"Срокът е изтекъл: неподписаните списъци ({unsigned}) остават затворени до нов срок."
    return f"Неподписани списъци, по които отново се работи: {unsigned}."


def _reminders(
    campaign: Campaign, closes_on: date | None, *, now: datetime, resumed: bool = False
) -> list[date]:
    """None while the month is suspended."""
    if closes_on is None or now >= end_of(closes_on) or (campaign.suspended_at is not None and not resumed):
        return []
    return reminder_days(closes_on, today(now), working_days())


def _page(campaign: Campaign, change: Change, concerned: Concerned) -> str:
    figures = [
        (concerned.directors, "директори с достъп", "plain"),
        (concerned.signed, "подписани списъци", "done" if concerned.signed else "plain"),
        (concerned.unsigned, "неподписани списъци", "waiting" if concerned.unsigned else "plain"),
    ]
    return shown(campaign.month, change, figures)


def _of_days(days: Days) -> str:
    return f"от {long_date(days.opens_on)} до края на {long_date(days.closes_on)}"


def _of_reminders(without: list[date], with_it: list[date]) -> list[tuple[str, str]]:
    """Those that are still to go, without the change and with it."""
    return [
        ("Предстоящи напомняния сега", said_of_days(without)),
        ("Предстоящи напомняния след това", said_of_days(with_it)),
    ]
