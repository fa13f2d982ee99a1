"""The letters that the portal writes: plain text, each saying what to do next.

No letter names a child or carries a password or an identifier: mail travels and is stored unsealed.
"""

import textwrap
from collections.abc import Collection
from dataclasses import dataclass, field
from datetime import date, datetime
from enum import Enum

from portal.domain.accounts import INVITATION
from portal.domain.people import Role, Scope
from portal.domain.times import short_date, stamp

PORTAL = "„Потвърждения към АСП“"
FOOTER = f"Писмото е изпратено автоматично от портала {PORTAL}. Моля, не отговаряйте на него."
WIDTH = 76
UNBROKEN = "\u00a0"
WEEKDAYS = ("понеделник", "вторник", "сряда", "четвъртък", "петък", "събота", "неделя")


@dataclass(frozen=True)
class Message:
    """One letter to one address. The body may hold an address that opens an account: keep it sealed."""

    to: str
    subject: str
    body: str = field(repr=False)
    calendar: str = field(repr=False, default="")  # a deadline (RFC 5545)
    calendar_method: str = "PUBLISH"


class News(Enum):
    """What became of a director's account."""

    NEW = "new"
    RENEWED = "renewed"
    BACK = "back"
    EGN = "egn"


def invitation(to: str, *, role: Role, place: str, link: str, opens_on: date | None = None) -> Message:
    """``place`` is the institution or РУО; empty for the operator. The link works once, for INVITATION;
    ``opens_on`` is the day before which it does not, where there is one."""
    who_invites = "директора, който ви упълномощава" if role is Role.DELEGATE else "ЦИОО"
    when = "" if opens_on is None else f" не по-рано от {spoken_day(opens_on)},"
    since = ", откакто е изпратена," if opens_on is None else " от този ден, а преди него не отваря нищо,"
    return composed(
        to,
        f"Покана за портала {PORTAL}",
        f"Каним ви в портала {PORTAL}. Ролята ви в него е: {role.at(place)}.",
        f"За да започнете, отворете тази връзка{when} и изберете своя парола:",
        link,
        f"Връзката важи {INVITATION.days} дни{since} и може да се използва само веднъж. "
        f"Ако срокът е минал, поискайте нова покана от {who_invites}.",
        "Ако не очаквате тази покана, не отваряйте връзката и съобщете на ЦИОО.",
    )


def password_reset(to: str, *, link: str) -> Message:
    return composed(
        to,
        "Нова парола за портала",
        f"За профила ви в портала {PORTAL} е поискана нова парола. За да я изберете, отворете тази връзка:",
        link,
        "Връзката важи един час, откакто е изпратена, и може да се използва само веднъж.",
        "Ако не сте поискали нова парола, не отваряйте адреса: досегашната остава. "
        "Съобщете на ЦИОО, ако получите още такива писма.",
    )


def account_announced(to: str, *, institution: str, person: str, at: datetime, news: News) -> Message:
    """For the former director, the delegates and РУО, so that nobody quietly becomes the director.

    Source: domain.md, "States" (a new or reset director's account is announced).
    """
    subject, happened = {
        News.NEW: (
            "Нов профил на директор",
            f"На {stamp(at)} {person} започна работа в портала като директор на {institution}.",
        ),
        News.RENEWED: (
            "Подновен профил на директор",
            f"На {stamp(at)} профилът на {person}, директор на {institution}, е подновен: "
            "с нова парола и нов ключ за подписване.",
        ),
        News.BACK: (
            "Профил на директор е пуснат отново",
            f"На {stamp(at)} спреният профил на {person}, директор на {institution}, "
            "е пуснат отново от ЦИОО.",
        ),
        News.EGN: (
            "Ново ЕГН или ЛНЧ за подписване с КЕП",
            f"На {stamp(at)} ЦИОО записа към профила на {person}, директор на {institution}, ЕГН или ЛНЧ, по "
            "което порталът познава КЕП на директора. Досегашното, ако е имало такова, вече не важи.",
        ),
    }[news]
    return composed(
        to,
        f"{subject}: {institution}",
        happened,
        "Подписаното преди това остава в сила. Новината стои и в следващия протокол на институцията.",
        "Ако това е така, не е нужно да правите нищо. Ако не е или не знаете за него, "
        "обадете се веднага на институцията и на ЦИОО.",
    )


def password_changed(to: str, *, at: datetime) -> Message:
    return composed(
        to,
        "Паролата ви е сменена",
        f"На {stamp(at)} паролата на профила ви в портала {PORTAL} беше сменена.",
        "Ако сте я сменили вие, не е нужно да правите нищо. Ако не сте, веднага поискайте нова парола "
        "от страницата за вход и съобщете на ЦИОО.",
    )


def egn_change_asked(to: str, *, at: datetime, link: str) -> Message:
    """To the person: whoever knows the password could have asked."""
    return composed(
        to,
        "Поискано е ЕГН или ЛНЧ за подписване с КЕП",
        f"На {stamp(at)} през вашия профил в портала {PORTAL} е поискано към него да се запише ЕГН "
        "или ЛНЧ за подписване с КЕП.",
        "Ако сте го поискали вие: институцията ви трябва да изпрати на ЦИОО официално писмо с името и "
        "ЕГН или ЛНЧ ви. Служител на ЦИОО ще ги свери и ще потвърди. Дотогава нищо не се променя.",
        "Ако не сте го поискали вие, оттеглете искането от „Моят достъп“, сменете паролата си и съобщете "
        "на ЦИОО:",
        link,
    )


def egn_changed(to: str, *, at: datetime) -> Message:
    return composed(
        to,
        "ЕГН или ЛНЧ за подписване с КЕП е потвърдено",
        f"На {stamp(at)} ЦИОО потвърди ЕГН или ЛНЧ, което поискахте да се запише към профила ви в портала "
        f"{PORTAL}. Отсега по него порталът познава вашия КЕП. Подписаното преди това остава в сила.",
        "Ако не сте го поискали вие, обадете се веднага на ЦИОО.",
    )


def egn_change_refused(to: str, *, at: datetime, link: str) -> Message:
    return composed(
        to,
        "Искането за ЕГН или ЛНЧ не е потвърдено",
        f"На {stamp(at)} ЦИОО приключи, без да го потвърди, искането ви към профила ви в портала {PORTAL} да "
        "се запише ЕГН или ЛНЧ за подписване с КЕП. Записаното дотогава не е променено.",
        "Проверете дали институцията е изпратила официалното писмо и дали номерът в него е верен. После го "
        "поискайте отново от „Моят достъп“:",
        link,
        "Ако не сте го поискали вие, сменете паролата си и съобщете на ЦИОО.",
    )


def delegation_granted(
    to: str, *, institution: str, order: str, scopes: Collection[Scope], until: date, link: str
) -> Message:
    """``until`` is the last day of the authorisation, inclusive."""
    may = ", ".join(scope.label for scope in Scope if scope in scopes)
    return composed(
        to,
        f"Упълномощени сте: {institution}",
        f"Директорът на {institution} ви упълномощи със заповед {order}. Упълномощеният: {may}.",
        f"Упълномощаването важи до {spoken_day(until)} включително. Влезте в портала оттук:",
        link,
        "Ако в заповедта пише друго, обърнете се към директора.",
    )


def delegation_revoked(to: str, *, institution: str, at: datetime) -> Message:
    return composed(
        to,
        f"Упълномощаването е оттеглено: {institution}",
        f"На {stamp(at)} директорът на {institution} оттегли упълномощаването ви. "
        "От този момент не можете да работите от името на институцията.",
        "Направеното дотогава остава в сила. Ако имате въпроси, обърнете се към директора.",
    )


def register_key_given(to: str, *, institution: str, by: str, link: str) -> Message:
    return composed(
        to,
        f"Имате достъп до карантинния регистър: {institution}",
        f"{by} ви даде ключа на карантинния регистър на {institution}. Отваря се с вашата парола:",
        link,
        "Ключът е само за вас. Не влизайте с чуждо име и не давайте паролата си на никого.",
    )


def envelope_made(to: str, *, institution: str, person: str, at: datetime, renewed: bool) -> Message:
    """For the director and the delegates: a code that opens the register was printed."""
    what = "нов плик; кодът в досегашния вече не отваря нищо" if renewed else "плика на институцията"
    return composed(
        to,
        f"{'Нов плик' if renewed else 'Плик'} за карантинния регистър: {institution}",
        f"На {stamp(at)} {person} направи за карантинния регистър на {institution} {what}.",
        "Кодът в плика отваря регистъра, когато паролите са загубени. Мястото му е в сейфа на институцията.",
        "Ако не знаете за този плик, обадете се веднага на директора и на ЦИОО.",
    )


def register_opening_asked(
    to: str, *, institution: str, person: str, at: datetime, opens_at: datetime, link: str
) -> Message:
    """For the former director and the delegates, who have a day to object (design, section 3)."""
    return composed(
        to,
        f"Обявено отваряне на карантинния регистър: {institution}",
        f"На {stamp(at)} {person}, директор на {institution}, въведе кода от плика на институцията и поиска "
        "достъп до карантинния регистър.",
        f"Регистърът може да бъде отворен след {stamp(opens_at)} "
        "Дотогава всеки с достъп до него може да спре отварянето:",
        link,
        "Ако това е новият директор, не е нужно да правите нищо. Ако не е или не знаете за него, спрете "
        "отварянето. Ако вече нямате достъп, обадете се веднага на институцията и на ЦИОО.",
    )


def register_opening_stopped(to: str, *, institution: str, person: str, by: str, at: datetime) -> Message:
    return composed(
        to,
        f"Спряно отваряне на карантинния регистър: {institution}",
        f"На {stamp(at)} {by} спря отварянето на карантинния регистър на {institution}, обявено за {person}.",
        "Регистърът остава заключен. Ако отварянето е редно, изяснете го помежду си: който има достъп, може "
        "да даде ключа веднага, а кодът от плика може да се въведе отново.",
    )


def register_opened(to: str, *, institution: str, person: str, at: datetime) -> Message:
    """For the former director, the delegates and the director: the envelope's code was used."""
    return composed(
        to,
        f"Карантинният регистър е отворен с плика: {institution}",
        f"На {stamp(at)} {person}, директор на {institution}, отвори карантинния регистър с кода от плика.",
        "Ако това е така, не е нужно да правите нищо. Ако не е, обадете се веднага на институцията "
        "и на ЦИОО.",
    )


def register_taken_over(to: str, *, institution: str, person: str, at: datetime) -> Message:
    """For the director, the former director and the delegates: rows were changed past the portal, and the
    register goes on without what is lost."""
    return composed(
        to,
        f"Карантинният регистър е поет, без да е цял: {institution}",
        f"На {stamp(at)} {person}, директор на {institution}, пое карантинния регистър. Преди това порталът "
        "беше установил, че редове в него са изтрити, добавени или върнати към стара версия извън портала.",
        "Регистърът получи нов ключ и работи с това, което е останало. Изгубеното се вписва наново по "
        "предписанията на РЗИ.",
        "Ако не знаете за това, обадете се веднага на институцията и на ЦИОО.",
    )


def register_handed_over(
    to: str, *, institution: str, former: str, person: str, at: datetime, until: datetime
) -> Message:
    """``until`` is when the handover lapses if it was not used."""
    return composed(
        to,
        f"Карантинният регистър се предава: {institution}",
        f"На {stamp(at)} {former} предаде карантинния регистър на {institution} на новия директор, {person}.",
        f"До {stamp(until)} новият директор може да го отвори с кода от плика веднага, без изчакване.",
        "Ако това не е редно, спрете го от страницата за достъпа до регистъра или се обадете на ЦИОО.",
    )


def composed(to: str, subject: str, *paragraphs: str) -> Message:
    body = "\n\n".join(_wrapped(text) for text in ("Здравейте,", *paragraphs, FOOTER))
    return Message(to, " ".join(subject.split()), body + "\n")


def paragraphs(text: str) -> list[str]:
    """What somebody typed, as ``composed`` takes it: an empty line begins a new one."""
    return [" ".join(part.split()) for part in text.split("\n\n") if part.strip()]


def _wrapped(paragraph: str) -> str:
    """A link stays whole, whatever its length, and so does a year with its „г.“, also as a full stop."""
    whole = paragraph.replace(" г..", " г.").replace(" г.", f"{UNBROKEN}г.")
    filled = textwrap.fill(whole, WIDTH, break_long_words=False, break_on_hyphens=False)
    return filled.replace(UNBROKEN, " ")


def spoken_day(day: date) -> str:
    """``понеделник, 01.02.2021 г.``: a deadline is often the wrong Sunday; the weekday shows it."""
    return f"{WEEKDAYS[day.weekday()]}, {short_date(day)} г."
