"""A correction that an institution asks for after its deadline: who may say what of it, and when."""

import re
from collections.abc import Collection
from datetime import datetime
from enum import Enum

from portal.domain.decisions import RefusalReason
from portal.domain.errors import Conflict, Refusal, holds
from portal.domain.identifiers import holds_identifier
from portal.domain.institutions import check_not_closed
from portal.domain.names import folded
from portal.domain.submissions import CampaignState, Lock, Window

DOCUMENT_LENGTH, NOTE_LENGTH, ANSWER_LENGTH = 60, 1000, 500  # characters: our decision
SHORTEST_NAME = 3  # letters; shorter ones stand in other words
SHORTEST_NUMBER = 6  # signs of an identifier that is looked for also with other signs within or around it
_WORD = re.compile(r"[^\W_]+")  # so that „(Петрова),“ and each half of „Иванова-Петрова“ is a name


class Why(Enum):
    """Why a record has to be corrected: the coded reasons of a refusal, and the two that come only later."""

    MISSED = "missed"
    LATE_NOTE = "late_note"
    ENTERED_LATE = "entered_late"
    EXCUSED_BY_PARENT = "excused_by_parent"
    WRONG_PUPIL = "wrong_pupil"
    MOVED = "moved"
    NOT_PLACED = "not_placed"
    OWN_ERROR = "own_error"
    OTHER_DAYS = "other_days"
    OTHER = "other"

    @property
    def label(self) -> str:
        return _LABELS[self]


_LABELS = {
    Why.MISSED: "списъкът не беше подписан в срок",
    **{Why(reason.value): reason.label for reason in RefusalReason},
}


class RequestState(Enum):
    """How far a request is; derived from the two words that are given on it."""

    ASKED = "asked"
    SUPPORTED = "supported"
    NOT_SUPPORTED = "not_supported"
    GRANTED = "granted"
    DECLINED = "declined"

    @property
    def label(self) -> str:
        return {
            "asked": "чака становище на РУО",
            "supported": "подкрепено от РУО, чака ЦИОО",
            "not_supported": "РУО не подкрепя, чака ЦИОО",
            "granted": "списъкът е отворен за поправка",
            "declined": "отказано от ЦИОО",
        }[self.value]

    @property
    def is_open(self) -> bool:
        """Whether the operator still has to say something."""
        return self not in (RequestState.GRANTED, RequestState.DECLINED)


def request_state(supported: bool | None, granted: bool | None) -> RequestState:
    if granted is not None:
        return RequestState.GRANTED if granted else RequestState.DECLINED
    if supported is None:
        return RequestState.ASKED
    return RequestState.SUPPORTED if supported else RequestState.NOT_SUPPORTED


def check_may_ask_now(window: Window, lock: Lock, *, now: datetime) -> None:
    """Raise Conflict unless a correction of this list can be asked for: its deadline has passed and no
    exception runs; until then it is simply corrected."""
    if lock is Lock.ERASED:
        raise Conflict("Списъкът е заличен след изтичане на срока за съхранение: вече нищо не се поправя.")
    if not holds(check_not_closed, window.closing, now=now):
        raise Conflict("Институцията е закрита: поправка за нея иска ЦИОО.")
    if window.state(now) not in (CampaignState.CLOSED, CampaignState.ANSWERED) or not window.is_over(now):
        raise Conflict("Поправка се иска след срока. Докато списъкът е отворен, поправете направо в него.")


def check_request(reason: Why | None, document: str, note: str, names: Collection[str]) -> None:
    """Raise Refusal with what is missing. ``names`` are the child's: the document's number is read by the
    regional office, which may know no child."""
    if reason is None:
        raise Refusal("Изберете защо е нужна поправката.", field="reason")
    if not document:
        raise Refusal("Напишете номера на документа, с който се доказва.", field="document")
    if len(document) > DOCUMENT_LENGTH:
        raise Refusal(f"Номерът е до {DOCUMENT_LENGTH} знака.", field="document")
    check_names_nobody(document, names, field="document")
    if len(note) > NOTE_LENGTH:
        raise Refusal(f"Обяснението е до {NOTE_LENGTH} знака. Съкратете го.", field="note")
    if reason is Why.OTHER and not note:
        raise Refusal("Опишете накратко причината.", field="note")


def check_may_support(supported: bool | None, granted: bool | None, note: str) -> None:
    """Raise unless the regional office can still give its word, and says why where it does not support."""
    if granted is not None:
        raise Conflict("ЦИОО вече е отговорил на това искане.")
    if supported is not None:
        raise Conflict("Становището на РУО вече е дадено.")
    if len(note) > ANSWER_LENGTH:
        raise Refusal(f"Становището е до {ANSWER_LENGTH} знака. Съкратете го.", field="note")


def check_may_grant(granted: bool | None, *, grant: bool, note: str, names: Collection[str]) -> None:
    """Raise unless the operator can still answer; declining takes a reason. All three read the note."""
    if granted is not None:
        raise Conflict("На това искане вече е отговорено.")
    if not grant and not note:
        raise Refusal("Напишете защо отказвате: институцията и РУО го четат.", field="note")
    if len(note) > ANSWER_LENGTH:
        raise Refusal(f"Отговорът е до {ANSWER_LENGTH} знака. Съкратете го.", field="note")
    check_names_nobody(note, names, field="note")


def check_names_nobody(text: str, names: Collection[str], *, field: str) -> None:
    """Raise Refusal where a name or number of the child stands in what the regional office reads, whatever
    marks are around it or within the number, or anybody else's ЕГН or ЛНЧ."""
    words = _WORD.findall(folded(text))
    told = {part for name in names for part in _WORD.findall(folded(name)) if len(part) >= SHORTEST_NAME}
    run_together = "".join(words)
    numbers = [part for part in told if len(part) >= SHORTEST_NUMBER and not part.isalpha()]
    if (
        holds_identifier(text)
        or not told.isdisjoint(words)
        or any(number in run_together for number in numbers)
    ):
        raise Refusal("Това го чете и РУО: махнете името и номера на детето.", field=field)
