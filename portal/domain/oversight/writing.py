"""What a regional office may write to the institutions that it is shown. Lengths are our decision."""

from dataclasses import dataclass
from datetime import datetime, timedelta

from portal.domain.errors import Conflict, Refusal, check_all
from portal.domain.identifiers import check_holds_no_number

SUBJECT_LENGTH, TEXT_LENGTH = 120, 2000  # characters
OLDEST = timedelta(days=1)  # of a preview from which the letter is sent


@dataclass(frozen=True)
class Words:
    """What the office says; the greeting, who writes and the link are added to every letter."""

    subject: str
    text: str


def check_words(words: Words) -> None:
    """Raise Refusal, with everything that is wrong, unless a letter can say this."""
    check_all(
        lambda: _check("subject", words.subject, SUBJECT_LENGTH, "Впишете за какво е писмото."),
        lambda: _check("text", words.text, TEXT_LENGTH, "Напишете какво трябва да направят институциите."),
    )


def _check(field: str, text: str, most: int, empty: str) -> None:
    if not text.strip():
        raise Refusal(empty, field=field)
    if len(text) > most:
        raise Refusal(f"До {most} знака; написани са {len(text)}. Съкратете.", field=field)
    check_holds_no_number(text, field)


def check_previewed(prepared_at: datetime, *, now: datetime) -> None:
    """Raise Conflict unless it was looked at lately: by then other institutions are shown."""
    if not now - OLDEST < prepared_at <= now:
        raise Conflict("Прегледът е от по-рано и може вече да не е верен. Прегледайте писмото отново.")


def check_not_written(is_written: bool) -> None:
    """Raise Conflict for a form that was sent twice."""
    if is_written:
        raise Conflict("Това писмо вече е изпратено. Нищо не е изпратено втори път.")


def check_somebody(letters: int) -> None:
    if not letters:
        raise Conflict("Няма на кого да се пише: никоя от показаните институции няма директор или адрес.")
