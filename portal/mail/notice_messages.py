"""Letters about a circular. They say which one and where it stands; what it says is read after logging in."""

from datetime import date

from portal.domain.calendar import long_date
from portal.domain.notices.rules import named
from portal.mail.messages import PORTAL, Message, composed, paragraphs


def notice_unread(  # a letter names everything that tells one circular from another
    to: str, *, office: str, number: str, dated_on: date, deadline: date | None, text: str, link: str
) -> Message:
    """To a director who has not pressed „Запознах се“. ``text`` is the office's own, in paragraphs."""
    return composed(
        to,
        f"{office}: непрочетено циркулярно писмо {named(number, dated_on)}",
        *paragraphs(text),
        *_until(deadline),
        f"Писмото е в портала {PORTAL}. След като го прочетете, натиснете „Запознах се“:",
        link,
    )


def notice_for_nobody(  # as above
    to: str, *, office: str, number: str, dated_on: date, deadline: date | None, text: str, link: str
) -> Message:
    """To an institution's own address, where nobody has an activated access."""
    return composed(
        to,
        f"{office}: циркулярно писмо {named(number, dated_on)} чака директора",
        *paragraphs(text),
        *_until(deadline),
        f"В портала {PORTAL} няма активиран достъп на директор за вашата институция, затова никой не може да "
        "го прочете там. Ако директорът има покана, нека отвори връзката в нея. Ако няма или срокът ѝ е "
        "минал, поискайте нова от ЦИОО. После писмото се намира тук:",
        link,
    )


def _until(deadline: date | None) -> tuple[str, ...]:
    return () if deadline is None else (f"Краен срок по писмото: {long_date(deadline)}, до края на деня.",)
