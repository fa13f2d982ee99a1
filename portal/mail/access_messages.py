"""Letters about what was done through somebody's access, or tried at it. Their addresses open nothing without
the password."""

from collections.abc import Collection
from datetime import date, datetime

from portal.domain.month import Month
from portal.domain.people import Scope
from portal.domain.times import short_date, stamp
from portal.mail.messages import PORTAL, Message, composed

IF_YOU = "Ако сте вие, не е нужно да правите нищо."


def delegate_named(
    to: str, *, person: str, scopes: Collection[Scope], until: date, at: datetime, link: str
) -> Message:
    """To the director in whose name it was done. ``scopes`` are those of which directors are told, ``until``
    is the last day, inclusive."""
    may = " и ".join(scope.label for scope in Scope if scope in scopes)
    return composed(
        to,
        f"Упълномощихте лице, което {may}",
        f"На {stamp(at)} през вашия достъп в портала {PORTAL} беше дадено упълномощаване на {person}, "
        f"до {short_date(until)} г. включително. Упълномощеният: {may}.",
        IF_YOU,
        "Ако не сте вие, някой работи през вашия достъп. Влезте, оттеглете упълномощаването и сменете "
        "паролата си от „Моят достъп“: така спират и всички други влизания. После се обадете на ЦИОО.",
        link,
    )


def delegate_signed(
    to: str, *, institution: str, person: str, month: Month, at: datetime, link: str
) -> Message:
    """To the director. The link leads to the signature, which can be taken off until the deadline."""
    return composed(
        to,
        f"Подписан списък за {month.label}: {institution}",
        f"На {stamp(at)} {person}, упълномощено лице, подписа списъка на {institution} за {month.label}.",
        "Ако това е уговорено, не е нужно да правите нищо. Ако не е, до края на срока подписът може да се "
        "премахне:",
        link,
        "Оттеглете и упълномощаването от „Упълномощени лица“. Ако лицето казва, че не е подписвало, обадете "
        "се на ЦИОО: някой работи през неговия достъп.",
    )


def new_browser(to: str, *, at: datetime, link: str) -> Message:
    return composed(
        to,
        "Влизане от нов браузър",
        f"На {stamp(at)} някой влезе във вашия достъп в портала {PORTAL} от браузър, който порталът не "
        "познава: на друг компютър или телефон, в друга програма или след изтрити бисквитки.",
        f"{IF_YOU} За същия браузър няма да ви пишем отново.",
        "Ако не сте вие, някой знае паролата ви. Веднага я сменете от „Моят достъп“: така спират и всички "
        "други влизания. После се обадете на ЦИОО.",
        link,
    )


def wrong_passwords(to: str, *, count: int, at: datetime, link: str) -> Message:
    return composed(
        to,
        "Много грешни пароли за вашия достъп",
        f"До {stamp(at)} днес за вашия достъп в портала {PORTAL} бяха опитани {count} грешни пароли. "
        "Никой не е влязъл с тях и порталът забавя следващите опити.",
        "Ако сте опитвали вие и не помните паролата, поискайте нова от „Забравена парола“ на страницата за "
        "вход.",
        "Ако не сте, някой се опитва да познае паролата ви. Ако я ползвате и другаде или лесно се познава, "
        "сменете я и включете втори фактор от „Моят достъп“:",
        link,
        "За днес няма да ви пишем отново. Ако получите такова писмо и утре, обадете се на ЦИОО.",
    )


def wrong_codes(to: str, *, count: int, at: datetime, link: str) -> Message:
    """Graver than wrong passwords: a code is asked for only after the right one."""
    return composed(
        to,
        "Грешни кодове след вашата парола",
        f"До {stamp(at)} днес след вярната парола за вашия достъп в портала {PORTAL} бяха опитани {count} "
        "грешни кода на втория фактор. Без верен код никой не влиза.",
        "Ако сте опитвали вие, проверете дали часовникът на телефона е верен, или влезте с код за "
        "възстановяване.",
        "Ако не сте, някой знае паролата ви. Веднага я сменете от „Моят достъп“ и се обадете на ЦИОО:",
        link,
        "За днес няма да ви пишем отново.",
    )
