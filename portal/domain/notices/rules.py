"""What a circular must hold to be published, and what may be done with one that was.

Source: issue 13, "The circular". Lengths and the number of files are our decision.
"""

from dataclasses import dataclass
from datetime import date, datetime
from enum import Enum

from portal.domain.calendar import long_date
from portal.domain.errors import Conflict, Denied, Refusal, check_all
from portal.domain.identifiers import check_holds_no_number
from portal.domain.institutions import FAR
from portal.domain.people import Operator, Ruo
from portal.domain.times import short_date, stamp, today

NUMBER_LENGTH, SUBJECT_LENGTH, TEXT_LENGTH = 40, 200, 10_000  # characters
REASON_LENGTH = 500
LETTER_LENGTH = 2000


@dataclass(frozen=True)
class Office:
    """Who publishes: a regional directorate, or the national operator, who has no ``region``."""

    region: int | None
    name: str

    @classmethod
    def of(cls, person: Ruo | Operator) -> "Office":
        if isinstance(person, Ruo):
            return cls(person.region, person.place_label)
        return cls(None, person.role_label)


@dataclass(frozen=True)
class Wording:
    """What stands in a circular. ``deadline`` is the last day, inclusive."""

    number: str
    dated_on: date
    subject: str
    text: str
    deadline: date | None


class NoticeState(Enum):
    IN_FORCE = "in_force"
    REPLACED = "replaced"
    WITHDRAWN = "withdrawn"

    @property
    def label(self) -> str:
        return {"in_force": "в сила", "replaced": "заменено", "withdrawn": "оттеглено"}[self.value]


def named(number: str, dated_on: date) -> str:
    """``№ РУО1-3314 от 27.01.2021 г.``"""
    return f"№ {number} от {short_date(dated_on)} г."


def check_wording(wording: Wording, *, now: datetime) -> None:
    """Raise Refusal, with everything that is wrong, unless a circular can say this."""
    day = today(now)
    check_all(
        lambda: _check_number(wording.number),
        lambda: _check_date(wording.dated_on, day),
        lambda: _check_words(wording.subject, SUBJECT_LENGTH, "subject"),
        lambda: _check_text(wording.text),
        lambda: _check_deadline(wording.deadline, day),
    )


def _check_number(number: str) -> None:
    if not number.strip():
        raise Refusal("Впишете номера, под който писмото е заведено.", field="number")
    _check_length(number, NUMBER_LENGTH, "number")


def _check_date(dated_on: date, day: date) -> None:
    """A letter is registered before it is published; a date far off is a slip of the pen."""
    if dated_on > day:
        raise Refusal(f"Датата {short_date(dated_on)} г. още не е дошла. Проверете я.", field="date")
    if day - dated_on > FAR:
        raise Refusal(f"Проверете датата: {short_date(dated_on)} г. е преди повече от година.", field="date")


def _check_text(text: str) -> None:
    if not text.strip():
        raise Refusal("Напишете какво трябва да направят институциите.", field="text")
    _check_words(text, TEXT_LENGTH, "text")


def _check_deadline(deadline: date | None, day: date) -> None:
    if deadline is None:
        return
    if deadline < day:
        raise Refusal(f"Срокът {long_date(deadline)} вече е минал. Изберете друг ден.", field="deadline")
    if deadline - day > FAR:
        raise Refusal(f"Проверете срока: {long_date(deadline)} е след повече от година.", field="deadline")


def _check_words(text: str, most: int, field: str) -> None:
    _check_length(text, most, field)
    check_holds_no_number(text, field)


def _check_length(text: str, most: int, field: str) -> None:
    if len(text) > most:
        raise Refusal(f"До {most} знака; написани са {len(text)}. Съкратете.", field=field)


def check_in_force(state: NoticeState) -> None:
    """Raise Conflict unless the circular can still be read as valid, replaced, withdrawn or reminded of."""
    if state is NoticeState.WITHDRAWN:
        raise Conflict("Писмото е оттеглено. По него не е нужно да се прави нищо повече.")
    if state is NoticeState.REPLACED:
        raise Conflict("Писмото е заменено с по-ново. Отворете новото: важи то.")


def check_own(office: Office, region: int | None) -> None:
    """Raise Denied unless the circular is the office's own; ``region`` is the circular's, as it is kept."""
    if office.region != region:
        raise Denied("Писмото е на друг издател: само той може да го заменя и оттегля.")


def check_may_remind(office: Office, region: int | None) -> None:
    """Raise Denied unless the office published it, or it is the operator's and so for this region too."""
    if region is not None and office.region != region:
        raise Denied("Писмото е на регионалното управление: то пише на незапозналите се.")


def check_may_withdraw(state: NoticeState, reason: str) -> None:
    check_in_force(state)
    if not reason.strip():
        raise Refusal("Напишете защо оттегляте писмото: институциите ще го прочетат.", field="reason")
    _check_words(reason, REASON_LENGTH, "reason")


def check_not_published(at: datetime | None, number: str, dated_on: date) -> None:
    """Raise Conflict if the office has published a letter of this number and date (``at``): a form that was
    sent twice, or a correction, which replaces the old letter and says so."""
    if at is not None:
        raise Conflict(
            f"Писмо {named(number, dated_on)} вече е публикувано на {stamp(at)} Ако го поправяте, отворете "
            "го и изберете „Замяна с ново писмо“."
        )


def check_letter(text: str) -> None:
    """What is written to those who have not read it."""
    if not text.strip():
        raise Refusal("Напишете какво да пише в писмото.", field="text")
    _check_words(text, LETTER_LENGTH, "text")


def check_round(seen: int, written: int) -> None:
    """Raise Conflict if somebody has written to them since the preview was shown."""
    if seen != written:
        raise Conflict("Междувременно на незапозналите се вече е писано. Нищо не е изпратено втори път.")
