"""What АСП did after the answer, child by child, and whether that is what the institution decided."""

from collections import Counter
from dataclasses import dataclass, field
from datetime import datetime
from enum import Enum

from portal.domain.decisions import Decision, Reason
from portal.domain.errors import Conflict
from portal.domain.month import Month

LONGEST_TERM = 12  # months: an absence ends the benefit for up to a year (ЗСПД art. 7)
WHY_LENGTH = 200  # characters of АСП's reason: our proposal (docs/ended-list.md)


@dataclass(frozen=True)
class Outcome:
    """Whether the benefit was ended; if so from which month, for how many (0: АСП names no term), and in
    either case why, in АСП's words."""

    ended: bool
    months: int
    since: Month | None
    why: str

    @property
    def told(self) -> str:
        """``АСП прекрати помощта за 12 месеца от януари 2021 г.``, without the reason."""
        if not self.ended:
            return "АСП не е прекратила помощта"
        term = "" if not self.months else f" за {self.months} {'месец' if self.months == 1 else 'месеца'}"
        start = "" if self.since is None else f" от {self.since.label}"
        return f"АСП прекрати помощта{term}{start}"


class Agreement(Enum):
    """How what АСП did stands to what was decided, in the order in which people have to see it."""

    DIFFERS = "differs"
    UNDECIDED = "undecided"
    UNTOLD = "untold"
    AGREES = "agrees"
    APART = "apart"

    @property
    def label(self) -> str:
        return {
            "differs": "различно от решението ви",
            "undecided": "нямаше ваше решение",
            "untold": "АСП не е съобщила",
            "agrees": "съвпада с решението ви",
            "apart": "ОРЕС: по дните се определя размерът",
        }[self.value]


def agreement(reason: Reason, decision: Decision, ended: bool | None, *, is_under_limit: bool) -> Agreement:
    """``decision`` is what АСП was told; ``ended`` is none where it said nothing. A benefit that the law does
    not touch by АСП's own figure is not ended by a confirmation either (domain.md)."""
    if reason is Reason.DISTANCE:
        return Agreement.APART
    if ended is None:
        return Agreement.UNTOLD
    if decision is Decision.PENDING:
        return Agreement.UNDECIDED
    is_expected = decision is Decision.CONFIRMED and not is_under_limit
    return Agreement.AGREES if ended == is_expected else Agreement.DIFFERS


def check_may_load_ended(answered_at: datetime | None, *, is_erased: bool, month: Month) -> None:
    """Raise Conflict unless there is an answer to which АСП can have replied."""
    if answered_at is None:
        raise Conflict(
            f"Отговорът до АСП за {month.label} още не е изготвен: АСП няма на какво да отговори. "
            "Заредете файла след отговора."
        )
    if is_erased:
        raise Conflict("Данните за този месец са заличени след срока за съхранение: файлът не се зарежда.")


@dataclass
class Returned:
    """What came back, counted: records by whether the benefit was ended and by agreement, and the
    institutions that have records in it."""

    ended: int = 0
    kept: int = 0
    by_agreement: Counter[Agreement] = field(default_factory=Counter)
    institutions: int = 0

    @property
    def records(self) -> int:
        return self.ended + self.kept

    @property
    def differs(self) -> int:
        return self.by_agreement[Agreement.DIFFERS]

    @property
    def undecided(self) -> int:
        return self.by_agreement[Agreement.UNDECIDED]
