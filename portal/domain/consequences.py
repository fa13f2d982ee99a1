"""What decisions mean for the families, in one sentence each."""

from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass
from decimal import Decimal

from portal.domain.decisions import Case, Decision, Reason
from portal.domain.figures import measured

UNDER_LIMIT = "Законът не засяга помощите за детето, защото подаденият брой е под границата."


def consequence(case: Case, decision: Decision, corrected: Decimal | None = None) -> str:
    """What the choice means for the family, in one sentence (domain.md, "The decision").

    Without ``corrected`` a refusal is described before its number is known.
    """
    if decision is Decision.PENDING:
        return ""
    match case.reason, decision:
        case Reason.ABSENCE, _ if case.is_under_limit:
            if corrected is None:
                return UNDER_LIMIT
            return f"Неизвинените отсъствия са {measured(corrected, case.unit)}. {UNDER_LIMIT}"
        case Reason.ABSENCE, Decision.CONFIRMED:
            return "Семейните помощи за детето се прекратяват за срок до една година."
        case Reason.ABSENCE, _:
            number = (
                "под границата" if corrected is None else f"{measured(corrected, case.unit)}, под границата"
            )
            return f"Помощите не се прекратяват: неизвинените отсъствия са {number}."
        case Reason.UNENROLLED, Decision.CONFIRMED:
            return "Детето не се обучава тук: помощите се спират."
        case Reason.UNENROLLED, _:
            return "Детето е записано и посещава: помощите не се спират."
        case _, Decision.CONFIRMED:
            by_them = "него" if case.figure == 1 else "тях"
            return f"Потвърждавате {_distance_days(case)} от разстояние; по {by_them} АСП определя помощта."
    if corrected is None:
        return "АСП ще определи помощта по коригирания брой дни."
    return f"АСП ще определи помощта по коригирания брой: {measured(corrected, 'дни')}."


def if_confirmed(case: Case) -> str:
    """What a confirmation would mean, for who has not decided yet: after „При потвърждаване:“ the law's
    sentence about days at distance would say it twice."""
    if case.reason is Reason.DISTANCE:
        return f"АСП определя помощта по {_distance_days(case)}."
    return consequence(case, Decision.CONFIRMED)


def _distance_days(case: Case) -> str:
    return measured(case.figure or Decimal(0), "учебни дни")


@dataclass(frozen=True, order=True)
class Total:
    """How many records of one kind got one decision, and what that means for each family. Absences that АСП
    sent under the limit are a kind of their own: they terminate nothing."""

    reason: Reason
    decision: Decision
    is_under_limit: bool
    count: int

    @property
    def consequence(self) -> str:
        if self.is_under_limit:
            return UNDER_LIMIT
        if (self.reason, self.decision) == (Reason.DISTANCE, Decision.CONFIRMED):
            return "Потвърждавате подадените от АСП учебни дни от разстояние; по тях АСП определя помощта."
        return consequence(Case(self.reason, None, is_pupil=True, school_days=0), self.decision)


def kind_of(case: Case, decision: Decision) -> tuple[Reason, Decision, bool]:
    """What decides how a decision is counted, and what is said of it."""
    return case.reason, decision, case.is_under_limit


def totals(decided: Iterable[tuple[Case, Decision]]) -> list[Total]:
    """One for each kind that there is, by reason and decision."""
    counted = Counter(kind_of(case, decision) for case, decision in decided)
    return sorted(Total(*kind, count) for kind, count in counted.items())
