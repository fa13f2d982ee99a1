"""Letters about the signature on a list: it can be given, was given, was taken off."""

from datetime import datetime

from portal.domain.month import Month
from portal.domain.times import stamp
from portal.mail.messages import Message, composed

WORTH_NOTHING = "Без нов подпис списъкът се подава към АСП като „няма информация“ за всяко дете."


def ready_to_sign(to: str, *, institution: str, month: Month, person: str, link: str) -> Message:
    """``person`` prepared the decisions."""
    return composed(
        to,
        f"Готово за подпис: списъкът за {month.label}: {institution}",
        f"{person} съобщава, че всички редове в списъка на {institution} за {month.label} са решени.",
        "Прегледайте решенията и подпишете. Докато списъкът не е подписан, към АСП се подава „няма "
        "информация“:",
        link,
    )


def list_signed(  # what the receipt says
    to: str, *, institution: str, month: Month, number: str, at: datetime, digest: str, receipt: str
) -> Message:
    """``digest`` is of what was signed (SHA-256)."""
    return composed(
        to,
        f"Подписан списък за {month.label}: {institution}",
        f"На {stamp(at)} подписахте списъка на {institution} за {month.label}.",
        f"Подпис № {number}",
        f"Отпечатък на подписаното (SHA-256): {digest}",
        "Протоколът за архива на институцията е тук:",
        receipt,
        "До края на срока подписът може да се премахне; после е окончателен.",
    )


def signature_removed(
    to: str, *, institution: str, month: Month, person: str, at: datetime, link: str
) -> Message:
    """``person`` took it off."""
    return composed(
        to,
        f"Премахнат подпис за {month.label}: {institution}",
        f"На {stamp(at)} {person} премахна подписа от списъка на {institution} за {month.label}.",
        f"{WORTH_NOTHING} Поправете каквото трябва и подпишете отново преди края на срока:",
        link,
        "Ако не знаете защо е премахнат, попитайте в институцията; ако никой не знае, обадете се на ЦИОО.",
    )
