"""Letters about signatures that could not be checked at once. Like all letters, they name no child."""

from portal.domain.month import Month
from portal.domain.qualified import sentence_of
from portal.mail.messages import Message, composed


def signature_decided(to: str, *, month: Month, reason: str) -> Message:
    """``reason`` is why it does not count (a fault of domain.qualified), or nothing where it does."""
    label = f"{month.label}"
    if not reason:
        return composed(
            to,
            f"Списъкът за {label} е подписан",
            f"Подписът ви с КЕП върху списъка за {label}, който чакаше проверка, е проверен и приет. "
            "Списъкът е подписан.",
            "Влезте в портала и запазете протокола за архива на институцията.",
        )
    return composed(
        to,
        f"Списъкът за {label} НЕ е подписан",
        f"Подписът ви с КЕП върху списъка за {label}, който чакаше проверка, не е приет. "
        f"{sentence_of(reason)}",
        "Докато списъкът не се подпише, към АСП се подава „няма информация“ за всяко дете. Влезте в портала "
        "и подпишете отново преди края на срока.",
    )
