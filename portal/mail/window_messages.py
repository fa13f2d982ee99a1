"""Letters about when a list can be worked on: the deadline moved, the month suspended and resumed,
exceptions."""

from dataclasses import dataclass
from datetime import date, datetime

from portal.domain.month import Month
from portal.domain.times import short_date, stamp
from portal.mail.messages import Message, composed, spoken_day

IN_CALENDAR = "Срокът е и в приложения файл за календара."
NOTHING_TO_DO = "Списъкът ви е приключен. Ако нищо не се е променило, не е нужно да правите нищо."
TASK = "Довършете списъка и го подпишете преди края на срока:"


@dataclass(frozen=True)
class Place:
    """Of what a letter is, and where it leads."""

    institution: str
    month: Month
    link: str
    is_complete: bool

    @property
    def task(self) -> str:
        return NOTHING_TO_DO if self.is_complete else TASK


def deadline_moved(to: str, place: Place, *, old: date, new: date) -> Message:
    """Both are last days, inclusive."""
    return composed(
        to,
        f"Нов срок за {place.month.label}, до {short_date(new)}: {place.institution}",
        f"Срокът за {place.month.label} е преместен.",
        f"Досегашен срок: {spoken_day(old)}",
        f"Нов срок: {spoken_day(new)}, до края на деня.",
        place.task,
        place.link,
        IN_CALENDAR,
    )


def month_suspended(to: str, place: Place) -> Message:
    return composed(
        to,
        f"Спряно: потвържденията за {place.month.label}: {place.institution}",
        f"ЦИОО спря потвържденията за {place.month.label}. Списъкът и карантинният регистър за месеца се "
        "виждат, "
        "но нищо в тях не се решава и не се подписва. Решеното и подписаното дотук остава.",
        "Не е нужно да правите нищо. Когато месецът бъде възобновен, ще ви пишем какъв е срокът.",
        place.link,
    )


def month_resumed(to: str, place: Place, *, closes_on: date) -> Message:
    return composed(
        to,
        f"Възобновено: потвържденията за {place.month.label}, срок {short_date(closes_on)}: "
        f"{place.institution}",
        f"ЦИОО възобнови потвържденията за {place.month.label}.",
        f"Краен срок: {spoken_day(closes_on)}, до края на деня.",
        place.task,
        place.link,
        IN_CALENDAR,
    )


def exception_opened(to: str, place: Place, *, until: datetime) -> Message:
    return composed(
        to,
        f"Списъкът за {place.month.label} е отворен за вас до {stamp(until)}: {place.institution}",
        f"Срокът за {place.month.label} изтече, но ЦИОО направи изключение за {place.institution}: списъкът "
        "е "
        f"отворен до {stamp(until)}",
        "Направете поправките и подпишете. Неподписан списък се подава към АСП като „няма информация“.",
        place.link,
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
        "вече "
        "не се променя.",
        ends,
        place.link,
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
