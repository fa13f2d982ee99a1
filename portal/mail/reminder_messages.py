"""Letters that remind of a deadline: what is missing of both, and where it is done."""

from collections.abc import Set
from dataclasses import dataclass
from datetime import date, datetime

from portal.domain.letters.reminders import Task
from portal.domain.month import Month
from portal.mail.list_messages import records
from portal.mail.messages import Message, composed, spoken_day
from portal.mail.way_in import nobody_is_in, way_in

STOPS = "Щом това бъде направено, напомнянията спират."


@dataclass(frozen=True)
class Standing:
    """How far an institution is, as its people read it."""

    institution: str
    month: Month
    total: int
    pending: int
    deadline: date
    days_left: int


def reminder(
    to: str, standing: Standing, tasks: Set[Task], *, list_link: str, register_link: str, is_director: bool
) -> Message:
    """One letter for both. ``tasks`` are the reader's own; of what is done the director reads so."""
    of_list = next((task for task in tasks if task is not Task.CONFIRM_MONTH), None)
    paragraphs: list[str] = []
    if of_list is not None:
        paragraphs += [f"Списък от АСП: {_state_of(of_list, standing)}", list_link]
        if of_list is not Task.SAY_NOTHING:
            paragraphs.append("За неподписан списък към АСП се подава „няма информация“ за всяко дете.")
    elif is_director:
        paragraphs.append("Списък от АСП: приключен.")
    if Task.CONFIRM_MONTH in tasks:
        text = "Карантинен регистър: месецът не е потвърден. Потвърдете го или отбележете „Няма лица“:"
        paragraphs += [text, register_link]
    elif is_director:
        paragraphs.append("Карантинен регистър: потвърден.")
    return composed(
        to,
        f"{_left(standing)}: {_missing(of_list)} за {standing.month.label}: {standing.institution}",
        f"Краен срок за {standing.month.label}: {spoken_day(standing.deadline)}, до края на деня. "
        f"{_left(standing)}.",
        *paragraphs,
        STOPS,
    )


def get_in(to: str, standing: Standing, *, invited_at: datetime | None, link: str) -> Message:
    """To the institution's own mailbox, where nobody has an account. ``invited_at``: when its director was
    last sent an invitation."""
    waits = (
        f"в списъка от АСП има {records(standing.total)}"
        if standing.total
        else "списъкът от АСП е без записи"
    )
    worth = " Без отговор към АСП се подава „няма информация“." if standing.total else ""
    return composed(
        to,
        f"{_left(standing)}, а никой няма достъп до портала: {standing.institution}",
        f"{nobody_is_in(standing.institution)} За {standing.month.label} {waits}; той чака отговор, а "
        "карантинният регистър – потвърждение.",
        f"Краен срок: {spoken_day(standing.deadline)}, до края на деня.{worth}",
        way_in(invited_at),
        link,
    )


def _left(standing: Standing) -> str:
    days = standing.days_left
    if days == 0:
        return "Днес е последният ден"
    return "Утре е последният ден" if days == 1 else f"Остават {days} дни"


def _missing(task: Task | None) -> str:
    return {
        None: "карантинният регистър не е потвърден",
        Task.OPEN: "списъкът не е отварян",
        Task.START: "списъкът не е започнат",
        Task.FINISH: "списъкът не е довършен",
        Task.SIGN: "списъкът е готов, но не е подписан",
        Task.SAY_NOTHING: "не е отбелязано „Проверих – няма записи“",
    }[task]


def _state_of(task: Task, standing: Standing) -> str:
    there = records(standing.total)
    match task:
        case Task.OPEN:
            return f"{there}. Никой още не го е отварял. Отворете го, решете редовете и подпишете:"
        case Task.START:
            return f"{there}. Нито един още не е решен. Решете редовете и подпишете:"
        case Task.FINISH:
            return f"{there}. За преглед остават: {standing.pending}. Решете ги и подпишете:"
        case Task.SIGN:
            return "всичко е решено, но списъкът не е подписан. Подпишете го:"
    return "няма записи. Отворете месеца и отбележете „Проверих – няма записи“:"
