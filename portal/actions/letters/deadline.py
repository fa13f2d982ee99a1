"""The deadline of a list, for the reader's calendar."""

from dataclasses import replace
from datetime import date
from urllib.parse import urlsplit

from portal.actions.letters.matter import Matter
from portal.mail.calendar_file import Deadline
from portal.mail.messages import Message


def with_deadline(letter: Message, matter: Matter, *, cancelled: date | None = None) -> Message:
    """The letter with the deadline as it is now, or with word that the one of that day is called off."""
    month, institution = matter.campaign.month, matter.institution
    host = urlsplit(matter.site.base_url).hostname
    deadline = Deadline(
        uid=f"srok-{month}-{institution.code}@{host}",
        sequence=matter.campaign.moves + matter.submission.moves,
        day=matter.deadline() if cancelled is None else cancelled,
        title=f"Краен срок: потвърждения към АСП за {month.label}",
        text=f"{institution.name}. Списъкът се решава и подписва, а карантинният регистър се потвърждава.",
        link=matter.list_link,
        is_cancelled=cancelled is not None,
    )
    return replace(letter, calendar=deadline.as_text(at=matter.now), calendar_method=deadline.method)
