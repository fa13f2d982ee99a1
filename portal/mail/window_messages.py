"""Letters about when a list can be worked on: the deadline moved, the month suspended and resumed,
exceptions."""

from dataclasses import dataclass
from datetime import date, datetime

from portal.domain.month import Month
from portal.domain.times import short_date, stamp
from portal.mail.messages import Message, composed, spoken_day

IN_CALENDAR = "Срокът е и в приложения файл за календара."
NOTHING_TO_DO = "Списъкът ви е приключен. Ако нищо не се е променило, не е нужно да правите нищо. Той е тук:"
TASK = "Довършете списъка и го подпишете преди края на срока:"
TASK_OF_EMPTY = "Отворете месеца и отбележете „Проверих – няма записи“ преди края на срока:"


@dataclass(frozen=True)
class Place:
    """Of what a letter is, and where it leads. ``way_in`` is what the institution's own mailbox reads where
    nobody has access, instead of what there is to do."""

    institution: str
    month: Month
    link: str
    is_complete: bool
    is_empty: bool = False
    way_in: tuple[str, ...] = ()

    def tasks(self, task: str = "") -> tuple[str, ...]:
        """``task``, or what follows from how far the list is, and where it is done."""
        if self.way_in:
            return (*self.way_in, self.link)
        unfinished = TASK_OF_EMPTY if self.is_empty else TASK
        return (task or (NOTHING_TO_DO if self.is_complete else unfinished), self.link)


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
        *place.tasks("Дотогава не е нужно да правите нищо. Списъкът се вижда тук:"),
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
        "Неподписан списък се подава към АСП като „няма информация“.",
        *place.tasks("Направете поправките и подпишете:"),
        IN_CALENDAR,
    )


def exception_ended(to: str, place: Place, *, at: datetime) -> Message:
    ends = (
        "Списъкът е подписан и подписаното остава."
        if place.is_complete
        else "Списъкът не е подписан: към АСП се подава „няма информация“. Ако това не е редно, обадете се "
        "на ЦИОО."
    )
    return composed(
        to,
        f"Изключението за {place.month.label} е прекратено: {place.institution}",
        f"На {stamp(at)} ЦИОО прекрати изключението за {place.institution}. Списъкът за {place.month.label} "
        "вече не се променя.",
        ends,
        *place.tasks("Списъкът се вижда тук:"),
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
