"""АСП's figure against the school's own, child by child: a suggestion at most, never a decision."""

from dataclasses import dataclass
from decimal import ROUND_HALF_UP, Decimal
from enum import Enum

from portal.domain.decisions import Case, Reason
from portal.domain.figures import plain
from portal.domain.limits import STEP
from portal.domain.placement import FIRST_CLASS, LAST_CLASS, InstitutionType


class Agreement(Enum):
    """How the diary's figure stands to АСП's; the values are those of addresses."""

    EQUAL = "equal"
    LOWER = "lower"  # and under the limit: the benefit would not be touched
    STILL_OVER = "over"  # lower, and the benefit is terminated all the same
    HIGHER = "higher"
    MISSING = "missing"  # the child is not in the diary's file

    @property
    def label(self) -> str:
        """Of how many children, before the number."""
        return _LABELS[self]


_LABELS = {
    Agreement.EQUAL: "съвпада",
    Agreement.LOWER: "по-малко, под границата",
    Agreement.STILL_OVER: "по-малко, но не под границата",
    Agreement.HIGHER: "повече от подаденото",
    Agreement.MISSING: "няма ги в дневника",
}


@dataclass(frozen=True)
class ByDiary:
    """What the diary says of one child: unexcused school hours or days, in the unit of the record; none where
    its file does not have the child."""

    unexcused: Decimal | None

    def agreement(self, case: Case) -> Agreement:
        """How it stands to what АСП says now.

        Source of the limit: ЗСПД art. 7 (``Case.is_under``).
        """
        if self.unexcused is None or case.figure is None:
            return Agreement.MISSING
        if self.unexcused == case.figure:
            return Agreement.EQUAL
        if self.unexcused > case.figure:
            return Agreement.HIGHER
        return Agreement.LOWER if case.is_under(self.unexcused) else Agreement.STILL_OVER

    def suggestion(self, case: Case) -> Decimal | None:
        """The number with which a refusal is suggested: ``check_correction`` lets it stand. Why the numbers
        differ is the person's to say, so there is no more to it than the number."""
        return self.unexcused if self.agreement(case) is Agreement.LOWER else None

    def said(self, case: Case) -> str:
        """As it stands beside АСП's figure, in the same unit, after „по дневника“."""
        match self.agreement(case):
            case Agreement.EQUAL:
                return "съвпада"
            case Agreement.MISSING:
                return "няма го"
            case Agreement.HIGHER:
                return f"{self._number} – повече от подаденото"
            case Agreement.LOWER:
                return f"{self._number} – под границата"
        return f"{self._number} – не под границата"

    @property
    def _number(self) -> str:
        return "" if self.unexcused is None else plain(self.unexcused)


def suggested_number(by_diary: ByDiary | None, case: Case) -> str:
    """As it is typed: ``4,5``; empty where none is suggested."""
    number = None if by_diary is None else by_diary.suggestion(case)
    return "" if number is None else plain(number)


def is_compared(case: Case) -> bool:
    """Whether a diary can say anything of what АСП asks: it has no days at distance."""
    return case.reason is Reason.ABSENCE


def rounded(absences: Decimal) -> Decimal:
    """To the two places that the exchange carries, a half up (our decision: formats.md says nothing of more
    places, and diaries count one being late as a third of an hour)."""
    return absences.quantize(STEP, ROUND_HALF_UP)


def is_in_hours(kind: InstitutionType, class_code: int | None, *, is_pupil: bool) -> bool:
    """Whether a diary of such an institution counts a child's absences in school hours; else in days. Where
    its line names no class (``class_code``), by what else is known of the child.

    Source: domain.md, „Why a child is on АСП's list“; classes 1–12 are pupils, every other is preschool.
    """
    if kind is InstitutionType.KINDERGARTEN:
        return False
    return is_pupil if class_code is None else FIRST_CLASS <= class_code <= LAST_CLASS
