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
        f"{_left(standing)}: {_missing(of_list, standing.month)}: {standing.institution}",
        f"Краен срок за {standing.month.label}: {spoken_day(standing.deadline)}, до края на деня. "
        f"{_left(standing)}.",
        *paragraphs,
        STOPS,
    )


def get_in(
    to: str, standing: Standing, tasks: Set[Task], *, invited_at: datetime | None, link: str
) -> Message:
    """To the institution's own mailbox, where nobody has an account. ``tasks`` are what is missing there;
    ``invited_at``: when its director was last sent an invitation."""
    left = "; ".join(_left_to_do(task, standing) for task in Task if task in tasks)
    is_unsigned = not tasks <= {Task.SAY_NOTHING, Task.CONFIRM_MONTH}
    worth = " За неподписан списък към АСП се подава „няма информация“." if is_unsigned else ""
    return composed(
        to,
        f"{_left(standing)}, а никой няма достъп до портала: {standing.institution}",
        f"{nobody_is_in(standing.institution)} За {standing.month.label} остава: {left}.",
        f"Краен срок: {spoken_day(standing.deadline)}, до края на деня.{worth}",
        way_in(invited_at),
        link,
    )


def _left_to_do(task: Task, standing: Standing) -> str:
    match task:
        case Task.CONFIRM_MONTH:
            return "карантинният регистър да се потвърди"
        case Task.SAY_NOTHING:
            return "да се отбележи „Проверих – няма записи“"
        case Task.SIGN:
            return f"списъкът от АСП ({records(standing.total)}) да се подпише"
    return f"списъкът от АСП ({records(standing.total)}) да се реши и подпише"


def _left(standing: Standing) -> str:
    days = standing.days_left
    if days == 0:
        return "Днес е последният ден"
    return "Утре е последният ден" if days == 1 else f"Остават {days} дни"


def _missing(task: Task | None, month: Month) -> str:
    if task is None:
        return f"карантинният регистър за {month.label} не е потвърден"
    if task is Task.SAY_NOTHING:
        return f"за {month.label} не е отбелязано „Проверих – няма записи“"
    how = {
        Task.OPEN: "не е отварян",
        Task.START: "не е започнат",
        Task.FINISH: "не е довършен",
        Task.SIGN: "е готов, но не е подписан",
    }[task]
    return f"списъкът за {month.label} {how}"


def _state_of(task: Task, standing: Standing) -> str:
    there = records(standing.total)
    match task:
        case Task.OPEN:
            return f"{there}. Никой още не го е отварял. Отворете го, решете редовете и подпишете:"
        case Task.START:
            return f"{there}. Нито един още не е решен. Решете редовете и подпишете:"
        case Task.FINISH:
            return f"{there}. За преглед остават: {standing.pending}. Довършете го и го подпишете:"
        case Task.SIGN:
            return "всичко е решено, но списъкът не е подписан. Подпишете го:"
    return "няма записи. Отворете месеца и отбележете „Проверих – няма записи“:"
