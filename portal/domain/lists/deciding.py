"""Which decisions a record allows, and what is stored of one."""

from collections.abc import Callable
from decimal import Decimal

from portal.domain.decisions import FITTING, NOTE_LENGTH, Case, Decided, Decision, Reason
from portal.domain.enrolled import check_complete
from portal.domain.errors import Refusal
from portal.domain.figures import NOT_A_NUMBER, plain


def check_confirmation(case: Case) -> None:
    """Raise Refusal if АСП's figure cannot be true: more days at distance than school days.

    Source: circular РУО1-3314/27.01.2021.
    """
    if case.reason is Reason.DISTANCE and case.figure is not None and case.figure > case.school_days:
        raise Refusal(
            f"АСП е подала {plain(case.figure)} дни, а учебните дни в месеца са {case.school_days}. "
            "Откажете и впишете верния брой.",
            field="decision",
        )


def check_correction(case: Case, corrected: Decimal | None) -> None:
    """Raise Refusal unless ``corrected`` can replace АСП's figure.

    Absences: school hours below 5 (pupils) or days, at most 3 (preschool), two decimals.
    So it can be АСП's own number only where that is under the limit itself: nobody has to confirm
    what terminates nothing, or to write an untrue number (domain.md, "The decision").
    Distance learning: whole days, at most ``case.school_days``, others than АСП's. Unenrolled: no number.

    Source: ЗСПД art. 7; circular РУО1-3314/27.01.2021; guide to НЕИСПУО's module.
    """
    if case.reason is Reason.UNENROLLED:
        if corrected is not None:
            raise Refusal("За отписано дете не се вписва брой. Изтрийте числото.", field="corrected")
        return
    if corrected is None:
        raise Refusal("Впишете коригирания брой.", field="corrected")
    if not corrected.is_finite():
        raise Refusal(NOT_A_NUMBER, field="corrected")
    if corrected < 0:
        raise Refusal("Коригираният брой не може да е под нула.", field="corrected")
    if case.reason is Reason.DISTANCE:
        _check_distance(case, corrected)
    else:
        _check_absences(case, corrected)


def _check_distance(case: Case, corrected: Decimal) -> None:
    if corrected != corrected.to_integral_value():
        raise Refusal("Учебните дни се броят цели: впишете цяло число.", field="corrected")
    if corrected > case.school_days:
        raise Refusal(
            f"Учебните дни в месеца са {case.school_days}: впишете най-много {case.school_days}.",
            field="corrected",
        )
    if corrected == case.figure:
        raise Refusal(
            "Коригираният брой трябва да е различен от подадения от АСП. "
            "Ако броят на АСП е верен, потвърдете.",
            field="corrected",
        )


def _check_absences(case: Case, corrected: Decimal) -> None:
    if corrected != corrected.quantize(Decimal("0.01")):
        raise Refusal("Впишете най-много два знака след запетаята.", field="corrected")
    if not case.is_under(corrected):
        raise Refusal(_above_limit(case), field="corrected")


def _above_limit(case: Case) -> str:
    if case.is_in_hours:
        return (
            "За ученик може да откажете само ако неизвинените отсъствия са под 5 учебни часа: "
            "впишете число, по-малко от 5. Ако са 5 или повече, потвърдете."
        )
    where = "с отсъствия от детската градина" if case.is_pupil else "в детска градина или подготвителна група"
    return (
        f"За дете {where} може да откажете само ако отсъствията са "
        "най-много 3 дни: впишете число до 3. Ако са повече от 3, потвърдете."
    )


def check_decision(case: Case, decided: Decided) -> None:
    """Raise Refusal, with everything that is wrong, unless ``decided`` may stand for ``case``."""
    found = []
    for check in _checks(decided):
        try:
            check(case, decided)
        except Refusal as refusal:
            found += [refusal, *refusal.also]
    Refusal.raise_all(found)


def _checks(decided: Decided) -> list[Callable[[Case, Decided], None]]:
    match decided.decision:
        case Decision.PENDING:
            return []
        case Decision.CONFIRMED:
            return [lambda case, _: check_confirmation(case), _check_note_length]
    return [
        lambda case, decided: check_correction(case, decided.corrected),
        _check_certificate,
        _check_placed,
        _check_enrolled,
        _check_reason,
        _check_note,
        _check_note_length,
    ]


def _check_certificate(case: Case, decided: Decided) -> None:
    if case.reason is Reason.UNENROLLED and not decided.certificate:
        raise Refusal(
            "Отказът е верен само ако е издадено удостоверение за записване. Отбележете го, ако е издадено; "
            "ако не е, потвърдете.",
            field="certificate",
        )


def _check_placed(case: Case, decided: Decided) -> None:
    if case.reason is Reason.UNENROLLED and not decided.placed:
        raise Refusal(
            "Отказът е верен само ако детето е разпределено в паралелка или група. "
            "Отбележете го, ако е така.",
            field="placed",
        )


def _check_enrolled(case: Case, decided: Decided) -> None:
    if case.reason is Reason.UNENROLLED and decided.enrolled is not None:
        check_complete(decided.enrolled)


def _check_reason(case: Case, decided: Decided) -> None:
    if decided.reason is None:
        raise Refusal("Изберете основание за отказа.", field="reason")
    if decided.reason not in FITTING[case.reason]:
        raise Refusal(
            f"Основанието „{decided.reason.label}“ не може да е вярно за „{case.reason.label}“. "
            "Изберете друго.",
            field="reason",
        )


def _check_note(case: Case, decided: Decided) -> None:
    if not decided.note:
        raise Refusal("Напишете бележки по корекцията.", field="note")


def _check_note_length(case: Case, decided: Decided) -> None:
    if len(decided.note) > NOTE_LENGTH:
        raise Refusal(f"Бележките са до {NOTE_LENGTH} знака. Съкратете ги.", field="note")


def kept(case: Case, decided: Decided) -> Decided:
    """What is stored of it: a confirmation keeps no correction, a pending record nothing."""
    match decided.decision:
        case Decision.PENDING:
            return Decided(Decision.PENDING)
        case Decision.CONFIRMED:
            return Decided(Decision.CONFIRMED, note=decided.note)
    unenrolled = case.reason is Reason.UNENROLLED
    return Decided(
        Decision.REFUSED,
        corrected=decided.corrected,
        reason=decided.reason,
        note=decided.note,
        certificate=unenrolled and decided.certificate,
        placed=unenrolled and decided.placed,
        enrolled=decided.enrolled if unenrolled else None,
    )
