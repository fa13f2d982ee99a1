"""What a decision means for the family, in one sentence."""

from decimal import Decimal

from portal.domain.decisions import Case, Decision, Reason
from portal.domain.figures import measured


def consequence(case: Case, decision: Decision, corrected: Decimal | None = None) -> str:
    """What the choice means for the family, in one sentence (domain.md, "The decision").

    Without ``corrected`` a refusal is described before its number is known.
    """
    if decision is Decision.PENDING:
        return ""
    match case.reason, decision:
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
            days = measured(case.figure or Decimal(0), "учебни дни")
            return f"Потвърждавате {days} от разстояние; по тях АСП определя помощта."
    if corrected is None:
        return "АСП ще определи помощта по коригирания брой дни."
    return f"АСП ще определи помощта по коригирания брой: {measured(corrected, 'дни')}."
