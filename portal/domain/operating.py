"""What the operator may do with a campaign, and when."""

from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime

from portal.domain.calendar import deadline_warnings, long_date
from portal.domain.errors import Conflict, Refusal, Unsure
from portal.domain.figures import in_threes
from portal.domain.submissions import REASON_LENGTH, CampaignState, Lock, Window
from portal.domain.times import today

MOST_PERCENT = 2  # of the enrolments, that a main file takes away without being asked about
MOST_CHILDREN = 20
MOVES_SHOWN = 10


def check_may_load(window: Window, *, now: datetime) -> None:
    """Raise Conflict unless АСП's list can still be loaded: before the deadline, and not answered.

    A suspended campaign takes it: suspending is for the institutions.
    """
    if window.answered:
        raise Conflict("Отговорът до АСП за този месец вече е изготвен. Файлът не е зареден.")
    if window.is_past(now):
        assert window.closes_on is not None
        raise Conflict(
            f"Срокът изтече на {window.closes_on:%d.%m.%Y} г. Файлът не е зареден. "
            "Ако институциите трябва да го обработят, първо определете нов срок."
        )


def check_list_is_whole(window: Window, *, is_unfinished: bool) -> None:
    """Raise Conflict where a first window would open lists of which some have not got their lines yet: who
    finds none on his would say „Проверих – няма записи“."""
    if window.closes_on is None and is_unfinished:
        raise Conflict(
            "Списъкът от АСП още не е зареден докрай, затова срокът не е записан. Изчакайте зареждането "
            "да свърши. Ако е прекъснато, заредете отново същия файл и тогава определете срока."
        )


@dataclass(frozen=True)
class Replaced:
    """Enrolments (status 1) in the picture that a main file replaces and in the file, and those of the first
    that are not in the second. All zero where nothing is replaced."""

    before: int = 0
    after: int = 0
    removed: int = 0


@dataclass(frozen=True)
class Loss:
    """What a file takes away: enrolments, and pending records from the lists that they were on, counted by
    the codes of the institutions from and to."""

    enrolments: Replaced
    moves: Counter[tuple[str, str]]

    @property
    def is_large(self) -> bool:
        """Over 2 % or 20 children (formats.md, F5), of those who lose an enrolment or of those whose record
        leaves its list. The first file takes nothing away: nothing was in force."""
        before, removed = self.enrolments.before, self.enrolments.removed
        children = max(removed, self.moves.total())
        return before > 0 and (children > MOST_CHILDREN or removed * 100 > before * MOST_PERCENT)

    @property
    def largest(self) -> list[tuple[str, str, int]]:
        """Of the moves, the ten of most records: from, to, how many."""
        moves = [(*places, records) for places, records in self.moves.items()]
        return sorted(moves, key=lambda move: (-move[2], move))[:MOVES_SHOWN]

    @property
    def sentence(self) -> str:
        before, removed = self.enrolments.before, self.enrolments.removed
        percent = f"{100 * removed / before:.1f}".replace(".", ",")
        return (
            f"Файлът отнема повече от обичайното. Отпаднали записвания: {in_threes(removed)} от "
            f"{in_threes(before)} ({percent} %). Необработени записи, които сменят списъка си: "
            f"{in_threes(self.moves.total())}."
        )


class TakesAway(Unsure):
    """A main file with a large ``loss``."""

    def __init__(self, loss: Loss) -> None:
        super().__init__(loss.sentence)
        self.loss = loss


def check_may_replace(loss: Loss, *, sure: bool) -> None:
    """Raise TakesAway for a large loss, unless the operator is sure of it."""
    if loss.is_large and not sure:
        raise TakesAway(loss)


def check_may_suspend(window: Window, reason: str) -> None:
    """Raise unless the campaign can be suspended now, for ``reason``."""
    if window.answered:
        raise Conflict("Отговорът до АСП вече е изготвен. Кампанията не може да се спре.")
    if window.suspended:
        raise Conflict("Кампанията вече е спряна.")
    check_reason(reason, "Напишете защо спирате кампанията.")


def check_may_resume(window: Window) -> None:
    if not window.suspended:
        raise Conflict("Кампанията не е спряна.")


def check_reason(reason: str, sentence: str) -> None:
    """Raise Refusal with ``sentence`` unless there is a reason, not longer than it is kept."""
    if not reason.strip():
        raise Refusal(sentence, field="reason")
    if len(reason) > REASON_LENGTH:
        raise Refusal(f"Основанието е до {REASON_LENGTH} знака. Съкратете го.", field="reason")


def check_waits(lock: Lock | None, *, pending: bool, is_closed: bool, has_director: bool) -> None:
    """Raise Conflict unless a record waits for the operator where it lies: on no list (``lock`` is none), or
    unsigned where nobody can sign it – in an institution that is closed, or, undecided, in one that nobody
    directs.

    Source: domain.md, "Where a child belongs". What a closed institution decided and did not sign counts for
    as little as what it did not decide: our reading.
    """
    if lock is None:
        return
    if lock is not Lock.OPEN:
        raise Conflict("Списъкът, в който е записът, е подписан: записът остава в него.")
    if not is_closed and (has_director or not pending):
        raise Conflict("Записът вече е в списъка на институция: тя си го е върнала или е пренасочен.")


def check_may_route(window: Window, lock: Lock, *, now: datetime) -> None:
    """Raise Conflict unless a record can be put on this list: unsigned, and its staff can still
    decide it. ``window`` is the list's own, with its exception."""
    if window.answered:
        raise Conflict("Отговорът до АСП вече е изготвен. Записите не се пренасочват.")
    if lock is not Lock.OPEN:
        raise Conflict(
            "Списъкът на тази институция вече е подписан. Изберете друга или се договорете с директора "
            "да премахне подписа си."
        )
    excepted = window.reopened_until is not None and now < window.reopened_until
    if window.is_past(now) and not excepted:
        raise Conflict(
            "Срокът изтече и институцията не може да реши записа. Определете нов срок или направете "
            "изключение за нея."
        )


class NobodyThere(Unsure):
    """Records would go where nobody can decide them."""


def check_somebody_decides(has_director: bool, *, sure: bool) -> None:
    """Raise NobodyThere for a list in an institution that nobody directs, unless the operator is sure of it:
    what is put there waits for the operator again."""
    if not has_director and not sure:
        raise NobodyThere("В тази институция още няма активиран директор: там никой не може да решава.")


def check_routing(window: Window, open_exceptions: int, *, now: datetime) -> None:
    """Raise Conflict unless there can be a list on which a record can be put: what ``check_may_route`` asks
    of each, asked of the whole month."""
    if window.answered:
        raise Conflict("Окончателният отговор е изготвен: записите вече не се насочват.")
    if window.is_past(now) and not open_exceptions:
        raise Conflict(
            "Срокът изтече и никоя институция не може да реши записите. За да ги насочите, определете нов "
            "срок или направете изключение за институцията."
        )


def check_may_answer(window: Window, open_exceptions: int, *, is_unfinished: bool, now: datetime) -> None:
    """Raise Conflict unless the final answer can go to АСП: after the deadline, with no exception
    still open and no load (``is_unfinished``) that goes on or was broken off: of its children nobody would
    hear. Once answered, it can be made again."""
    if window.answered:
        return
    if window.state(now) is CampaignState.SUSPENDED:
        raise Conflict("Кампанията е спряна. Възобновете я, преди да направите окончателния отговор.")
    if window.closes_on is None:
        raise Conflict("Срокът още не е определен. Окончателен отговор се прави след края му.")
    if not window.is_past(now):
        raise Conflict(
            f"Срокът е до края на {long_date(window.closes_on)}. "
            "Окончателен отговор се прави след това; дотогава може да свалите предварителен."
        )
    if is_unfinished:
        raise Conflict(
            "Списъкът от АСП още не е зареден докрай: децата от останалите редове нямаше да са в отговора. "
            "Изчакайте зареждането да свърши. Ако е прекъснато, определете нов срок, заредете отново същия "
            "файл и опитайте след срока."
        )
    if open_exceptions:
        raise Conflict(
            f"Има институции с отворено изключение: {open_exceptions}. "
            "Изчакайте края му или го прекратете, и опитайте отново."
        )


def window_warnings(closes_on: date, holidays: Mapping[date, str], *, now: datetime) -> list[str]:
    """What the operator should know before setting this deadline."""
    warnings = deadline_warnings(closes_on, holidays)
    if closes_on < today(now):
        warnings.append(
            f"Крайният срок {long_date(closes_on)} вече е минал: списъците няма да могат да се променят."
        )
    return warnings
