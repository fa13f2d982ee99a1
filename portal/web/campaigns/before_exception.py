"""What an exception for one institution sets off, shown before it is made: whom the portal writes to, until
when the list is open, and what is signed already. Nothing is stored here."""

from datetime import date, datetime

from flask import Blueprint, request, url_for
from flask.typing import ResponseReturnValue

from portal.actions.campaigns.campaigns import check_may_open
from portal.domain.calendar import deadline_warnings, long_date
from portal.domain.errors import NotFound
from portal.domain.letters.reminders import reminder_days
from portal.domain.month import Month
from portal.domain.people import Operator
from portal.domain.submissions import Lock
from portal.domain.times import stamp, today
from portal.storage.letters.readers import delegates_of, directors_of, mailboxes_of
from portal.storage.lists.current import list_of
from portal.storage.lists.school_days import month_holidays
from portal.storage.lists.working_days import working_days
from portal.storage.tables.campaigns import Submission
from portal.web.campaigns.change import Change, Figure, said_of_days, shown
from portal.web.campaigns.forms import ExceptionForm
from portal.web.campaigns.page import Forms, month_page
from portal.web.http import clock
from portal.web.http.attempts import attempt
from portal.web.http.guards import allow

before_exception = Blueprint("before_exception", __name__, url_prefix="/campaigns/<month:month>/before")


@before_exception.post("/exception")
@allow(Operator)
def exception(operator: Operator, month: Month) -> ResponseReturnValue:
    form, now = ExceptionForm(request.form), clock.now()
    code, reason = form.institution.data or "", form.reason.data or ""
    with attempt(form, beside={NotFound: "institution"}) as tried:
        listed = _list_of(code, month)
        check_may_open(listed, form.until.day, reason, now=now)
    if tried.failed:
        return tried.reply(month_page(month, Forms(exception=form), alert=tried.alert))
    until = form.until.day
    change = Change(
        heading=f"Изключение за {listed.institution.name}",
        button="Отварям списъка",
        action=url_for("single_lists.add_exception", month=month),
        sentences=[
            said_of_letters(code, now=now),
            f"Списъкът е отворен до края на {long_date(until)}. За останалите институции нищо не се променя.",
            *_said_of_list(listed),
            "Окончателният отговор до АСП чака края на изключението, или да го прекратите преди това.",
            *_said_of_now(listed, now=now),
        ],
        fields={"institution": code, "until": str(until), "reason": reason},
        facts=[
            ("Институция", f"{listed.institution.name}, {code}"),
            ("Телефон", listed.institution.phone or "няма"),
            ("Причина", reason),
            ("Напомняния, ако не е приключила", said_of_days(_reminders(listed, until, now=now))),
        ],
        warnings=deadline_warnings(until, month_holidays(Month.of(until))[0]),
        place="exceptions",
    )
    return shown(month, change, _figures(listed))


def said_of_letters(code: str, *, now: datetime) -> str:
    """Whom the portal writes to about an exception, or that it can write to nobody."""
    readers = {
        "директор": directors_of([code]),
        "упълномощени лица": delegates_of([code], now=now),
        "адрес на институцията": mailboxes_of([code]),
    }
    some = [f"{who} – {len(found)}" for who, found in readers.items() if found]
    if not some:
        return "Няма на кого да пишем: никой няма достъп и институцията няма адрес. Обадете се по телефона."
    return f"Пишем писмо, че списъкът е отворен: {', '.join(some)}."


def _list_of(code: str, month: Month) -> Submission:
    try:
        return list_of(code, month)
    except NotFound:
        raise NotFound(f"За {month.label} няма списък на институция с код {code}.") from None


def _figures(listed: Submission) -> list[Figure]:
    return [
        (listed.total, "записи", "plain"),
        (listed.pending, "за преглед", "waiting" if listed.pending else "plain"),
        (listed.confirmed + listed.refused, "решени", "done" if not listed.pending else "plain"),
    ]


def _said_of_list(listed: Submission) -> list[str]:
    if listed.lock is Lock.SIGNED:
        return [
            "Списъкът е подписан и подписът остава в сила. Докато изключението трае, директорът може да го "
            "премахне; ако не подпише наново, списъкът излиза като „няма информация“."
        ]
    if listed.total == 0:
        return ["В списъка няма записи: институцията може да отбележи, че е проверила."]
    return [
        f"Списъкът не е подписан. За преглед: {listed.pending} от {listed.total}. Ако не бъде подписан "
        "дотогава, излиза като „няма информация“."
    ]


def _said_of_now(listed: Submission, *, now: datetime) -> list[str]:
    said = []
    if listed.reopened_until is not None and listed.reopened_until > now:
        said.append(f"Сега е отворен до {stamp(listed.reopened_until)} Новият ден заменя този.")
    if listed.campaign.suspended_at is not None:
        said.append("Кампанията е спряна: по списъка се работи, след като я възобновите.")
    return said


def _reminders(listed: Submission, until: date, *, now: datetime) -> list[date]:
    if listed.campaign.suspended_at is not None:
        return []
    return reminder_days(until, today(now), working_days())
