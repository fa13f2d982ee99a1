"""How many may stand as the corrected number, as bounds and in words."""

from dataclasses import dataclass
from decimal import Decimal

from portal.domain.decisions import PRESCHOOL_DAYS, PUPIL_HOURS, Case, Reason

STEP = Decimal("0.01")  # absences have two decimals (domain.md, "The decision")


@dataclass(frozen=True)
class Limits:
    """From 0 to ``most``, which may itself be written; ``is_whole`` or with two decimals."""

    most: Decimal
    is_whole: bool


def limits_of(case: Case) -> Limits | None:
    """The bounds of ``check_correction``; none where no number is asked for. That the number has to be
    another than АСП's is no bound, and is checked beside them."""
    match case.reason:
        case Reason.UNENROLLED:
            return None
        case Reason.DISTANCE:
            return Limits(Decimal(case.school_days), is_whole=True)
    return Limits(PUPIL_HOURS - STEP if case.is_in_hours else PRESCHOOL_DAYS, is_whole=False)


def limit_sentence(case: Case, days: str = "") -> str:
    """What may be typed as the corrected number; ``days`` stands for the school days, where many rows share
    the words."""
    if case.reason is Reason.DISTANCE:
        return f"цели дни, от 0 до {days or case.school_days} – учебните дни в месеца"
    if case.is_in_hours:
        limit = "по-малко от 5 учебни часа, например 4,5"
    elif case.is_pupil:  # asked for days where everybody else in the class is asked for hours
        limit = "най-много 3 дни: отсъствията са от детската градина и се броят в дни"
    else:
        limit = "най-много 3 дни, например 2"
    return f"{limit}; може и подаденият брой" if case.is_under_limit else limit
