"""Reasons, decisions, and what of a record they are about."""

import unicodedata
from collections.abc import Mapping
from dataclasses import dataclass
from decimal import Decimal
from enum import Enum, IntEnum

from portal.domain.enrolled import Enrolled

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
