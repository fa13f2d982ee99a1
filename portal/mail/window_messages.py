"""Letters about when a list can be worked on: the deadline moved, the month suspended and resumed,
exceptions."""

from dataclasses import dataclass
from datetime import date, datetime

from portal.domain.month import Month
from portal.domain.times import short_date, stamp
from portal.mail.list_messages import REGISTER_TOO
from portal.mail.messages import Message, composed, spoken_day

IN_CALENDAR = "Срокът е и в приложения файл за календара."
NOTHING_TO_DO = "Списъкът ви е приключен. Ако нищо не се е променило, по него не е нужно да правите нищо:"
UNSIGNED = "Неподписан списък се подава към АСП като „няма информация“."
WITHOUT_SIGNATURE = "Поправка без нов подпис не се подава към АСП: там остава подаденото досега."
TASK = "Довършете списъка и го подпишете преди края на срока:"
TASK_OF_EXCEPTION = "Направете каквото е нужно и подпишете преди този час:"
TASK_OF_EMPTY = "Отворете месеца и отбележете „Проверих – няма записи“ преди края на срока:"


@dataclass(frozen=True)
class Place:
    """Of what a letter is, and where it leads. ``way_in`` is what the institution's own mailbox reads where
    nobody has access, instead of what there is to do. ``is_answered``: the month's final answer is made, so
    that only a correction can follow. ``register_link`` where the reader has the month of the
    register to confirm."""

    institution: str
    month: Month
    link: str
    is_complete: bool
    is_empty: bool = False
    is_answered: bool = False
    way_in: tuple[str, ...] = ()
    register_link: str = ""

    def tasks(self) -> tuple[str, ...]:
        """What is left to do of both by the deadline, and where."""
        unfinished = TASK_OF_EMPTY if self.is_empty else TASK
        register = (REGISTER_TOO, self.register_link) if self.register_link else ()
        return (*self.led(NOTHING_TO_DO if self.is_complete else unfinished), *register)

    def led(self, task: str) -> tuple[str, ...]:
        """``task`` and where it is done; or how somebody gets in."""
        return (*(self.way_in or (task,)), self.link)


def deadline_moved(to: str, place: Place, *, old: date, new: date) -> Message:
    """Both are last days, inclusive."""
    return composed(
        to,
        f"Нов срок за {place.month.label}, до {short_date(new)}: {place.institution}",
        f"Срокът за {place.month.label} е преместен.",
        f"Досегашен срок: {spoken_day(old)}",
        f"Нов срок: {spoken_day(new)}, до края на деня.",
        *place.tasks(),
        IN_CALENDAR,
    )


def month_suspended(to: str, place: Place) -> Message:
    return composed(
        to,
        f"Спряно: потвържденията за {place.month.label}: {place.institution}",
        f"ЦИОО спря потвържденията за {place.month.label}. Списъкът и карантинният регистър за месеца се "
        "виждат, но нищо в тях не се решава и не се подписва. Решеното и подписаното дотук остава. Когато "
        "месецът бъде възобновен, ще ви пишем какъв е срокът.",
        *place.led("Дотогава не е нужно да правите нищо. Списъкът се вижда тук:"),
    )


def month_resumed(to: str, place: Place, *, closes_on: date) -> Message:
    return composed(
        to,
        f"Възобновено: потвържденията за {place.month.label}, срок {short_date(closes_on)}: "
        f"{place.institution}",
        f"ЦИОО възобнови потвържденията за {place.month.label}.",
        f"Краен срок: {spoken_day(closes_on)}, до края на деня.",
        *place.tasks(),
        IN_CALENDAR,
    )


def exception_opened(to: str, place: Place, *, until: datetime) -> Message:
    return composed(
        to,
        f"Списъкът за {place.month.label} е отворен за вас до {stamp(until)}: {place.institution}",
        f"Срокът за {place.month.label} изтече, но ЦИОО направи изключение за {place.institution}: списъкът "
        f"е отворен до {stamp(until)}",
        *([] if place.is_empty else [WITHOUT_SIGNATURE if place.is_answered else UNSIGNED]),
        *place.led(TASK_OF_EMPTY if place.is_empty else TASK_OF_EXCEPTION),
        IN_CALENDAR,
    )


def exception_ended(to: str, place: Place, *, at: datetime) -> Message:
    if place.is_empty:
        ends = "В него няма записи."
    elif place.is_complete:
        ends = "Списъкът е подписан и подписаното остава."
    elif place.is_answered:
        ends = "Списъкът не е подписан отново: в АСП остава подаденото досега."
    else:
        ends = "Списъкът не е подписан: към АСП се подава „няма информация“."
    return composed(
        to,
        f"Изключението за {place.month.label} е прекратено: {place.institution}",
        f"На {stamp(at)} ЦИОО прекрати изключението за {place.institution}. Списъкът за {place.month.label} "
        "вече не се променя.",
        f"{ends} Ако нещо не е редно, обадете се на ЦИОО.",
        *place.led("Списъкът се вижда тук:"),
    )


def answer_sent(to: str, place: Place, *, on: date) -> Message:
    said = (
        "Решенията ви са в него."
        if place.is_complete
        else "Списъкът ви не беше подписан: за него е подадено „няма информация“."
    )
    return composed(
        to,
        f"Отговорът за {place.month.label} е изпратен на АСП: {place.institution}",
        f"На {spoken_day(on)} ЦИОО изпрати на АСП отговора за {place.month.label}. {said}",
        "Как стоят вашите записи в него, ще видите тук:",
        place.link,
    )
