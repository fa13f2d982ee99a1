"""The states of a campaign and of an institution's list, and the steps between them."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime
from enum import Enum

from portal.domain.errors import Conflict, Refusal, holds
from portal.domain.institutions import Closing, check_not_closed
from portal.domain.times import end_of, stamp, start_of

REASON_LENGTH = 500  # characters of a reason to remove a signature: our decision


class CampaignState(Enum):
    LOADED = "loaded"
    OPEN = "open"
    CLOSED = "closed"
    ANSWERED = "answered"
    SUSPENDED = "suspended"

    @property
    def label(self) -> str:
        return {
            "loaded": "заредена, още не е отворена",
            "open": "отворена",
            "closed": "срокът изтече",
            "answered": "отговорът е изготвен",
            "suspended": "спряна",
        }[self.value]


class Lock(Enum):
    """What the database keeps of a list's state; the triggers read it too."""

    OPEN = "open"
    SIGNED = "signed"
    ERASED = "erased"


class SubmissionState(Enum):
    """What people are told of a list; derived, never stored."""

    NOTHING = "nothing"
    CHECKED = "checked"
    NO_ACCOUNT = "no_account"
    NOT_STARTED = "not_started"
    IN_PROGRESS = "in_progress"
    READY = "ready"
    SIGNED = "signed"
    FINAL = "final"
    ERASED = "erased"

    @property
    def label(self) -> str:
        return _STATE_LABELS[self]

    @property
    def is_complete(self) -> bool:
        """Whether nobody has anything left to do on the list. The month takes more: ``progress.missing``."""
        return self in (SubmissionState.CHECKED, SubmissionState.SIGNED, SubmissionState.FINAL)


_STATE_LABELS = {
    SubmissionState.NOTHING: "няма записи за потвърждаване",
    SubmissionState.CHECKED: "проверено – няма записи",
    SubmissionState.NO_ACCOUNT: "няма активиран достъп",
    SubmissionState.NOT_STARTED: "незапочнато",
    SubmissionState.IN_PROGRESS: "в процес",
    SubmissionState.READY: "готово, но неподписано",
    SubmissionState.SIGNED: "подписано",
    SubmissionState.FINAL: "окончателно",
    SubmissionState.ERASED: "заличено",
}


@dataclass(frozen=True)
class Window:
    """When a campaign's lists can be worked on: from 00:00 of ``opens_on`` to the end of
    ``closes_on``, Europe/Sofia. ``reopened_until`` is the operator's exception for one list, ``closing``
    that its institution was closed, ``is_correction`` that the exception was made after the final answer,
    for a correction that was asked for."""

    opens_on: date | None = None
    closes_on: date | None = None
    suspended: bool = False
    answered: bool = False
    reopened_until: datetime | None = None
    closing: Closing | None = None
    is_correction: bool = False

    def state(self, now: datetime) -> CampaignState:
        """The campaign's; an exception for one list does not change it."""
        if self.suspended:
            return CampaignState.SUSPENDED
        if self.answered:
            return CampaignState.ANSWERED
        if self.opens_on is None or self.closes_on is None or now < start_of(self.opens_on):
            return CampaignState.LOADED
        return CampaignState.OPEN if now < end_of(self.closes_on) else CampaignState.CLOSED

    def is_past(self, now: datetime) -> bool:
        """Whether the deadline has passed, suspended or not."""
        return self.closes_on is not None and now >= end_of(self.closes_on)

    def is_over(self, now: datetime) -> bool:
        """Whether this one list is past its deadline, with no exception running: signed is final."""
        return self.is_past(now) and (self.reopened_until is None or now >= self.reopened_until)


@dataclass(frozen=True)
class Counts:
    """How far a list is. ``total`` are the records that wait for a decision or have one."""

    total: int = 0
    pending: int = 0
    confirmed: int = 0
    refused: int = 0

    @property
    def decided(self) -> int:
        return self.confirmed + self.refused

    @classmethod
    def of(cls, several: Iterable["Counts"]) -> "Counts":
        """Their sum."""
        every = list(several)
        return cls(
            sum(one.total for one in every),
            sum(one.pending for one in every),
            sum(one.confirmed for one in every),
            sum(one.refused for one in every),
        )


def submission_state(
    counts: Counts, lock: Lock, *, checked: bool, has_account: bool, past: bool
) -> SubmissionState:
    """What people are told (domain.md, "States"). ``past``: the deadline is over for this list."""
    if lock is Lock.ERASED:
        return SubmissionState.ERASED
    if lock is Lock.SIGNED:
        return SubmissionState.FINAL if past else SubmissionState.SIGNED
    if counts.total == 0:
        return SubmissionState.CHECKED if checked else SubmissionState.NOTHING
    if not has_account:
        return SubmissionState.NO_ACCOUNT
    if counts.pending == 0:
        return SubmissionState.READY
    return SubmissionState.NOT_STARTED if counts.decided == 0 else SubmissionState.IN_PROGRESS


def check_open(window: Window, *, now: datetime) -> None:
    """Raise Conflict, with what to do, unless lists can be worked on now."""
    state = window.state(now)
    if state is not CampaignState.ANSWERED:
        check_not_closed(window.closing, now=now)
    is_excepted = window.reopened_until is not None and now < window.reopened_until
    if is_excepted and (state is CampaignState.CLOSED or (window.answered and window.is_correction)):
        return
    match state:
        case CampaignState.OPEN:
            return
        case CampaignState.ANSWERED:
            raise Conflict("Отговорът до АСП вече е изготвен. Нищо повече не се променя.")
        case CampaignState.SUSPENDED:
            raise Conflict("Кампанията е спряна от ЦИОО. Данните се виждат, но не се променят.")
        case CampaignState.LOADED if window.opens_on is None:
            raise Conflict("Срокът още не е определен. Списъкът се вижда, но не се променя.")
        case CampaignState.LOADED:
            assert window.opens_on is not None
            raise Conflict(f"Списъкът се отваря за работа на {window.opens_on:%d.%m.%Y} г.")
    assert window.closes_on is not None
    raise Conflict(
        f"Срокът изтече на {window.closes_on:%d.%m.%Y} г. в края на деня. Нищо повече не се променя."
    )


def check_unlocked(lock: Lock) -> None:
    """Raise Conflict if the list is signed or erased: a signed list is locked by any way."""
    if lock is Lock.SIGNED:
        raise Conflict("Списъкът вече е подписан. За да промените нещо, първо премахнете подписа.")
    if lock is Lock.ERASED:
        raise Conflict("Списъкът е заличен след изтичане на срока за съхранение.")


def check_may_change(window: Window, lock: Lock, *, now: datetime) -> None:
    """Raise Conflict unless the list's records can be changed now. That the signature has to be removed first
    is said only where it can be."""
    if lock is Lock.SIGNED:
        try:
            check_open(window, now=now)
        except Conflict as why:
            raise Conflict(f"Списъкът е подписан. {why}") from None
    check_unlocked(lock)
    check_open(window, now=now)


def missed_sentence(window: Window, lock: Lock, counts: Counts, *, checked: bool, now: datetime) -> str:
    """That the deadline passed without what was due; empty where it has not, or where nobody waits."""
    over = window.state(now) in (CampaignState.CLOSED, CampaignState.ANSWERED) and window.is_over(now)
    if lock is not Lock.OPEN or not over or not holds(check_not_closed, window.closing, now=now):
        return ""
    if counts.total:
        return "Не е подписано в срок: към АСП се подава „няма информация“."
    return "" if checked else "Не е отбелязано в срок, че сте проверили."


def check_may_sign(window: Window, lock: Lock, counts: Counts, *, now: datetime) -> None:
    """Raise unless the list can be signed now: open, unsigned, something there, nothing pending."""
    if lock is Lock.SIGNED:
        raise Conflict("Списъкът вече е подписан. Не е нужно нищо повече.")
    check_unlocked(lock)
    check_open(window, now=now)
    if counts.total == 0:
        raise Conflict("Няма записи за подписване. Отбележете „Проверих – няма записи“.")
    if counts.pending:
        raise Conflict(
            f"Има необработени записи: {counts.pending}. Решете ги, преди да подпишете."
            if counts.pending > 1
            else "Има един необработен запис. Решете го, преди да подпишете."
        )


def check_may_unsign(window: Window, lock: Lock, reason: str, *, now: datetime) -> None:
    """Raise unless the signature can be removed: signed, before the deadline, with a reason."""
    if lock is not Lock.SIGNED:
        raise Conflict("Списъкът не е подписан.")
    check_open(window, now=now)
    if not reason.strip():
        raise Refusal("Напишете защо премахвате подписа.", field="reason")
    if len(reason) > REASON_LENGTH:
        raise Refusal(f"Основанието е до {REASON_LENGTH} знака. Съкратете го.", field="reason")


def check_nothing_to_confirm(window: Window, lock: Lock, counts: Counts, *, now: datetime) -> None:
    """Raise unless „Проверих – няма записи“ is true and can still be said."""
    check_may_change(window, lock, now=now)
    if counts.total:
        raise Conflict(f"Има записи за потвърждаване: {counts.total}. Отворете списъка и ги решете.")


def check_window(opens_on: date, closes_on: date, *, answered: bool) -> None:
    """Raise unless the operator may set this window."""
    if answered:
        raise Conflict("Отговорът до АСП вече е изготвен. Срокът не може да се променя.")
    if closes_on < opens_on:
        raise Refusal("Краят на срока е преди началото му.", field="closes_on")


def check_exception(until: datetime, window: Window, *, is_correction: bool = False, now: datetime) -> None:
    """Raise unless the operator may open one list after the deadline; once АСП was answered, only for a
    correction that the institution asked for."""
    if window.answered and not is_correction:
        raise Conflict(
            "Отговорът до АСП вече е изготвен. Списък се отваря отново само по искане на институцията."
        )
    check_not_closed(window.closing, now=now)
    if not window.is_past(now):
        raise Conflict("Срокът още тече. Изключение се прави само след края му.")
    if until <= now:
        raise Refusal(f"Изберете бъдещ срок: {stamp(until)} вече е минало.", field="until")
