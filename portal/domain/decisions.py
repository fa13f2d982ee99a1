"""Reasons, decisions, and which decisions a record allows."""

import unicodedata
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from decimal import Decimal
from enum import Enum, IntEnum

from portal.domain.enrolled import Enrolled, check_complete
from portal.domain.errors import Refusal
from portal.domain.figures import NOT_A_NUMBER, plain

PUPIL_HOURS = Decimal(5)  # from five school hours on the benefit is terminated (ЗСПД art. 7)
PRESCHOOL_DAYS = Decimal(3)  # beyond three days the benefit is terminated (ЗСПД art. 7)
NOTE_LENGTH = 2000  # characters (domain.md, "The decision")
ABSENCES_ABOVE = Decimal(1000)  # the exchange carries absences as 000.00 (formats.md, F2)


class Reason(IntEnum):
    """Why a child is on АСП's list; the values are those of the exchange files."""

    ABSENCE = 0
    UNENROLLED = 1
    DISTANCE = 2

    @property
    def label(self) -> str:
        return ("Отсъствие", "Отписан", "ОРЕС")[self]


class Decision(IntEnum):
    """What the institution decided; the values are those of the exchange files."""

    PENDING = 0
    CONFIRMED = 1
    REFUSED = 2

    @property
    def label(self) -> str:
        return ("за преглед", "потвърждавам", "отказвам")[self]

    @property
    def code(self) -> str:
        """As it stands in forms, addresses and the declaration."""
        return self.name.lower()


class RefusalReason(Enum):
    """The coded reason of a refusal (domain.md, "The decision")."""

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
        return _REFUSAL_LABELS[self]


_REFUSAL_LABELS = {
    RefusalReason.LATE_NOTE: "закъсняла медицинска бележка",
    RefusalReason.ENTERED_LATE: "внесено след 4-то число",
    RefusalReason.EXCUSED_BY_PARENT: "извинено от родителя",
    RefusalReason.WRONG_PUPIL: "сгрешено дете",
    RefusalReason.MOVED: "преместено",
    RefusalReason.NOT_PLACED: "записано, но не в паралелка",
    RefusalReason.OWN_ERROR: "грешка на институцията",
    RefusalReason.OTHER_DAYS: "друг брой дни по дневника",
    RefusalReason.OTHER: "друго",
}

# Which reasons can be true of a refusal: all but those that no child of the case can have (our decision).
FITTING: Mapping[Reason, frozenset[RefusalReason]] = {
    Reason.ABSENCE: frozenset(RefusalReason),
    Reason.UNENROLLED: frozenset(RefusalReason) - {
        RefusalReason.LATE_NOTE,  # excuses absences; where a child is enrolled no note says
        RefusalReason.EXCUSED_BY_PARENT,  # the same
        RefusalReason.OTHER_DAYS,  # there is no number to be another
        RefusalReason.NOT_PLACED,  # such a refusal states that the child is placed
    },
    Reason.DISTANCE: frozenset(RefusalReason) - {
        RefusalReason.EXCUSED_BY_PARENT,  # excuses absences; a day at distance needs no excuse
    },
}  # fmt: skip


@dataclass(frozen=True)
class Case:
    """What a rule has to know of one record.

    ``figure`` is АСП's: school hours (pupils) or days (preschool) of absence with two decimals,
    whole school days of distance learning, nothing for a child unenrolled. ``school_days`` are
    those of the campaign's month for this child's institution and class band. ``in_kindergarten``:
    АСП names a kindergarten, so the absences were counted there, in days, whatever the class is today
    (our decision: domain.md, "Where a child belongs").
    """

    reason: Reason
    figure: Decimal | None
    is_pupil: bool
    school_days: int
    in_kindergarten: bool = False

    @property
    def is_in_hours(self) -> bool:
        """Whether absences are school hours; else they are days."""
        return self.is_pupil and not self.in_kindergarten

    @property
    def is_under_limit(self) -> bool:
        """Whether the law does not touch this benefit by the very figure that АСП sent."""
        return self.reason is Reason.ABSENCE and self.figure is not None and self.is_under(self.figure)

    def is_under(self, absences: Decimal) -> bool:
        """Whether so many absences terminate no benefit: school hours below 5, or at most 3 days.

        Source: ЗСПД art. 7.
        """
        return absences < PUPIL_HOURS if self.is_in_hours else absences <= PRESCHOOL_DAYS

    @property
    def counted_in(self) -> str:
        """The unit as the declaration has it."""
        match self.reason:
            case Reason.UNENROLLED:
                return ""
            case Reason.DISTANCE:
                return "school_days"
        return "hours" if self.is_in_hours else "days"

    @property
    def unit(self) -> str:
        """The unit for people. In a class, days are the surprise, so they say where they come from."""
        if self.counted_in == "days" and self.is_pupil:
            return "дни в детската градина"
        return {"hours": "уч. часа", "days": "дни", "school_days": "уч. дни"}.get(self.counted_in, "")


@dataclass(frozen=True)
class Decided:
    """What a person decided about one record. ``enrolled`` is none where nobody was asked: in refusals from
    before it was, and by scripts that send the two facts alone."""

    decision: Decision
    corrected: Decimal | None = None
    reason: RefusalReason | None = None
    note: str = ""
    certificate: bool = False
    placed: bool = False
    enrolled: Enrolled | None = None


def clean_note(text: str) -> str:
    """A note as it is kept: NFC, line ends LF, no tabs, control or bidirectional marks, nothing that no XML
    can hold, not padded."""
    text = text.replace("\r\n", "\n").replace("\r", "\n").replace("\t", " ")
    text = text.replace("\ufffe", "").replace("\uffff", "")
    kept = (c for c in text if c == "\n" or unicodedata.category(c) not in ("Cc", "Cf", "Cs", "Zl", "Zp"))
    return unicodedata.normalize("NFC", "".join(kept)).strip()


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
