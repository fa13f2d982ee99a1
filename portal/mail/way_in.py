"""What an institution's own mailbox reads where nobody has access: how somebody gets in."""

from datetime import datetime

from portal.domain.accounts import INVITATION
from portal.domain.times import short_date, today
from portal.mail.messages import PORTAL


def nobody_is_in(institution: str) -> str:
    return f"Никой от {institution} няма активиран достъп до портала {PORTAL}."


def way_in(invited_at: datetime | None) -> str:
    """Before the address of the portal. ``invited_at``: when its director was last sent an invitation."""
    if invited_at is None:
        how = "ЦИОО още не е изпратил покана на директора. Обадете се на ЦИОО и я поискайте."
    else:
        how = (
            f"Поканата за директора е изпратена на {short_date(today(invited_at))} г. и връзката в нея важи "
            f"{INVITATION.days} дни. Ако я няма или срокът ѝ е минал, обадете се на ЦИОО и поискайте нова."
        )
    return (
        f"Моля, предайте писмото на директора. {how} С поканата достъпът се активира за няколко минути. "
        "После се влиза оттук:"
    )
