"""Letters about signatures that could not be checked at once. Like all letters, they name no child."""

from portal.domain.month import Month
from portal.domain.signing.checks import CANNOT_SIGN_AGAIN
from portal.domain.signing.qualified import sentence_of
from portal.mail.messages import Message, composed


def signature_decided(to: str, *, month: Month, reason: str, link: str) -> Message:
    """``reason`` is why it does not count (a fault of domain.signature_checks), or nothing where it does."""
    label = month.label
    if not reason:
        return composed(
            to,
            f"Списъкът за {label} е подписан",
            f"Подписът ви с КЕП върху списъка за {label}, който чакаше проверка, е проверен и приет. "
            "Списъкът е подписан. Запазете протокола за архива на институцията:",
            link,
        )
    refused = f"Подписът ви с КЕП за {label}, който чакаше проверка, не е приет. {sentence_of(reason)}"
    subject = f"Подписът ви с КЕП за {label} не е приет"
    if reason == "signed_otherwise":
        return composed(to, subject, refused)
    if reason in CANNOT_SIGN_AGAIN:
        return composed(
            to, subject, refused, "Списъкът не е подписан с него. Говорете с директора или с ЦИОО."
        )
    return composed(
        to,
        f"Списъкът за {label} НЕ е подписан",
        refused,
        "Докато списъкът не се подпише, към АСП се подава „няма информация“ за всяко дете. Подпишете отново "
        "преди края на срока:",
        link,
    )
