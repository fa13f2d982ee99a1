"""Letters about a correction that is asked for after the deadline. Neither child nor document is named."""

from dataclasses import dataclass
from datetime import datetime

from portal.domain.month import Month
from portal.domain.times import stamp
from portal.mail.messages import Message, composed
from portal.mail.window_messages import IN_CALENDAR, UNSIGNED, WITHOUT_SIGNATURE


@dataclass(frozen=True)
class Place:
    """Of which institution and month the request is, why it was asked, and where it is answered or followed;
    ``list_link`` is the list that it is about."""

    institution: str
    month: Month
    reason: str
    link: str
    list_link: str


def correction_asked(to: str, place: Place) -> Message:
    return composed(
        to,
        f"Искане за поправка за {place.month.label}: {place.institution}",
        f"{place.institution} иска поправка на един запис за {place.month.label} след срока. Причина: "
        f"{place.reason}.",
        "ЦИОО решава след вашето становище. Прегледайте искането и кажете дали РУО го подкрепя:",
        place.link,
    )


def correction_to_answer(to: str, place: Place, *, supported: bool) -> Message:
    word = "подкрепя" if supported else "не подкрепя"
    return composed(
        to,
        f"РУО {word} поправка за {place.month.label}: {place.institution}",
        f"РУО {word} искането на {place.institution} за поправка на един запис за {place.month.label} "
        f"Причина: {place.reason}.",
        "Отворете списъка за поправка или изберете „Не приемам искането“ и напишете защо:",
        place.link,
    )


def office_spoke(to: str, place: Place, *, supported: bool) -> Message:
    word = "подкрепи" if supported else "не подкрепи"
    return composed(
        to,
        f"РУО {word} искането ви за поправка за {place.month.label}: {place.institution}",
        f"РУО {word} искането ви за поправка за {place.month.label} Решава ЦИОО. Не е нужно да правите нищо: "
        "ще ви пишем.",
        "Какво е написало РУО, ще видите тук:",
        place.link,
    )


def correction_granted(to: str, place: Place, *, until: datetime | None, is_answered: bool) -> Message:
    """It is the only letter that says until when the list is open."""
    assert until is not None
    return composed(
        to,
        f"Прието искане за поправка, списъкът е отворен до {stamp(until)}: {place.institution}",
        f"ЦИОО прие искането ви за поправка за {place.month.label} Списъкът е отворен до {stamp(until)}",
        WITHOUT_SIGNATURE if is_answered else UNSIGNED,
        "Ако списъкът е подписан, първо премахнете подписа. После поправете записа и подпишете отново:",
        place.list_link,
        IN_CALENDAR,
    )


def correction_declined(to: str, place: Place) -> Message:
    return composed(
        to,
        f"Искането ви за поправка за {place.month.label} не е прието: {place.institution}",
        f"ЦИОО не прие искането ви за поправка за {place.month.label} Подаденото до АСП не се променя.",
        "Ако не сте съгласни, обадете се на ЦИОО. Защо искането не е прието, ще видите тук:",
        place.link,
    )
