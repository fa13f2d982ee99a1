"""A call to an institution: what may come of it, what has to be noted, and when the next one is due."""

import re
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from enum import Enum

from portal.domain.errors import Refusal, check_all
from portal.domain.identifiers import holds_identifier
from portal.domain.times import SOFIA, stamp

NOTE_LENGTH, PHONE_LENGTH = 500, 40  # characters
FEWEST_DIGITS = 5  # of a telephone number: an inside line is told with the exchange's
END_OF_WORK = time(17, 0)  # what is promised for a day is promised for its end
_PHONE = re.compile(r"[0-9+()/ .,;-]+(?:\s*(?:вътр|в)\.?\s*[0-9]+)?", re.IGNORECASE)


class Outcome(Enum):
    """What came of a call; the values are those of ``outcome``."""

    PROMISED = "promised"
    NO_ANSWER = "no_answer"
    AWAY = "away"
    OTHER_PHONE = "other_phone"
    OTHER = "other"

    @property
    def label(self) -> str:
        return {
            "promised": "обеща",
            "no_answer": "не вдига",
            "away": "отсъства, говорено със заместник",
            "other_phone": "друг телефон",
            "other": "друго",
        }[self.value]


# How long the row rests where nobody said when to call again. Our decision: nobody answers twice in an hour
# what they did not answer once; with a number that was just told one calls at once.
RESTS = {
    Outcome.NO_ANSWER: timedelta(hours=1),
    Outcome.AWAY: timedelta(hours=2),
    Outcome.OTHER_PHONE: timedelta(0),
    Outcome.OTHER: timedelta(hours=2),
}
PART_OF_REST = 4  # of the time that is left a row rests at most a quarter


@dataclass(frozen=True)
class Noted:
    """What the form says of a call. ``next_call`` is when to call again, UTC; of a promise, until when it
    was promised. ``phone`` is a number that was told, for whoever calls next."""

    outcome: Outcome | None
    note: str = ""
    next_call: datetime | None = None
    phone: str = ""


def check_noted(noted: Noted, closes_at: datetime | None, *, now: datetime) -> None:
    """Raise Refusal, with everything that is wrong, unless this can be noted. ``closes_at`` is when the
    institution's own window ends: what is promised for later comes too late for АСП's answer."""
    check_all(
        lambda: _check_outcome(noted),
        lambda: _check_note(noted),
        lambda: _check_phone(noted),
        lambda: _check_next(noted.next_call, closes_at, now=now),
    )


def _check_outcome(noted: Noted) -> None:
    if noted.outcome is None:
        raise Refusal("Изберете какво стана при обаждането.", field="outcome")
    if noted.outcome is Outcome.PROMISED and noted.next_call is None:
        raise Refusal("Впишете докога е обещано: ден и час.", field="next_call")
    if noted.outcome is Outcome.OTHER_PHONE and not noted.phone:
        raise Refusal("Впишете телефона, който ви казаха.", field="phone")
    if noted.outcome is Outcome.OTHER and not noted.note:
        raise Refusal("Напишете накратко какво стана.", field="note")


def _check_note(noted: Noted) -> None:
    if len(noted.note) > NOTE_LENGTH:
        raise Refusal(f"Бележката е до {NOTE_LENGTH} знака. Съкратете я.", field="note")
    if holds_identifier(noted.note):
        raise Refusal(
            "В бележката има число като ЕГН или ЛНЧ. Тук не се записват деца; телефон се вписва в полето "
            "„Телефон“.",
            field="note",
        )


def _check_phone(noted: Noted) -> None:
    phone = noted.phone
    if not phone:
        return
    digits = sum(letter.isdecimal() for letter in phone)
    if len(phone) > PHONE_LENGTH or digits < FEWEST_DIGITS or not _PHONE.fullmatch(phone):
        raise Refusal(
            f"Впишете телефона с цифри, до {PHONE_LENGTH} знака, например 0888 123 456.", field="phone"
        )


def _check_next(next_call: datetime | None, closes_at: datetime | None, *, now: datetime) -> None:
    if next_call is None:
        return
    if next_call <= now:
        raise Refusal(f"Изберете бъдещо време: {stamp(next_call)} вече е минало.", field="next_call")
    if closes_at is not None and next_call >= closes_at:
        last = stamp(closes_at - timedelta(minutes=1))
        raise Refusal(f"Срокът изтича на {last} Уговорете време преди това.", field="next_call")


def next_due(noted: Noted, closes_at: datetime | None, *, now: datetime) -> datetime:
    """When the next call is due, UTC: what was said, or after a rest that never takes more than a quarter of
    the time that is left."""
    assert noted.outcome is not None
    if noted.next_call is not None:
        return noted.next_call
    rest = RESTS[noted.outcome]
    if closes_at is not None:
        rest = min(rest, max(closes_at - now, timedelta(0)) / PART_OF_REST)
    return now + rest


def read_time(text: str) -> datetime | None:
    """``2021-01-29T14:00``, ``29.01.2021 14:00`` or only the day, in Sofia; none for nothing. ValueError or
    OverflowError for what is no time. UTC."""
    words = text.replace("T", " ").replace("г.", " ").replace("ч.", " ").replace(",", " ").split()
    if not words:
        return None
    day_text, *rest = words
    if len(rest) > 1:
        raise ValueError(text)
    at = time.fromisoformat(rest[0].replace(".", ":").zfill(5)) if rest else END_OF_WORK
    local = datetime.combine(_day(day_text), at.replace(second=0, microsecond=0, tzinfo=None), SOFIA)
    return local.astimezone(UTC)


def written(at: datetime) -> str:
    """As ``read_time`` reads it and a browser's field shows it: ``2021-01-29T14:00``, in Sofia."""
    return at.astimezone(SOFIA).strftime("%Y-%m-%dT%H:%M")


def _day(text: str) -> date:
    if "." not in text:
        return date.fromisoformat(text)
    day, month, year = text.strip(".").split(".")
    return date(int(year), int(month), int(day))
