"""What was found in a sheet that came back: each row, what it would change, and what is wrong with it."""

from dataclasses import dataclass
from enum import Enum

from portal.actions.signing.declarations import decision_of
from portal.domain.consequences import consequence
from portal.domain.decisions import Case, Decided
from portal.domain.figures import plain
from portal.domain.sheet.cells import Cells
from portal.domain.sheet.columns import Column
from portal.storage.tables.campaigns import Record


class Outcome(Enum):
    CHANGE = "change"
    SAME = "same"
    WRONG = "wrong"
    MEANWHILE = "meanwhile"
    UNKNOWN = "unknown"


@dataclass(frozen=True)
class Fault:
    """``place`` is the cell (``H7``) of the ``column``, ``stood`` what was in it."""

    column: Column
    place: str
    stood: str
    sentence: str


@dataclass(frozen=True)
class ExaminedRow:
    """One row: ``decided`` is what would be kept of it, where it can be read; ``record`` is none where no
    record here is known by its key. ``seen`` is the version that the sheet was made of."""

    number: int
    outcome: Outcome
    cells: Cells
    faults: tuple[Fault, ...] = ()
    record: Record | None = None
    case: Case | None = None
    decided: Decided | None = None
    seen: int = 0
    is_hidden: bool = False

    @property
    def meaning(self) -> str:
        """What the decision means for the family."""
        if self.case is None or self.decided is None:
            return ""
        return consequence(self.case, self.decided.decision, self.decided.corrected)

    @property
    def stands(self) -> str:
        """What is decided in the portal now."""
        return "" if self.record is None else in_words(decision_of(self.record))

    @property
    def becomes(self) -> str:
        return "" if self.decided is None else in_words(self.decided)

    @property
    def child(self) -> str:
        return self.cells[Column.CHILD].shown if self.record is None else self.record.names


@dataclass(frozen=True)
class Examined:
    """``absent`` are records of the list of which no row speaks: they stay as they are."""

    rows: list[ExaminedRow]
    absent: int

    def of(self, *outcomes: Outcome) -> list[ExaminedRow]:
        return [row for row in self.rows if row.outcome in outcomes]

    @property
    def changes(self) -> list[ExaminedRow]:
        return self.of(Outcome.CHANGE)

    @property
    def left(self) -> list[ExaminedRow]:
        """What cannot be stored and comes back."""
        return self.of(Outcome.WRONG, Outcome.MEANWHILE, Outcome.UNKNOWN)

    @property
    def same(self) -> list[ExaminedRow]:
        return self.of(Outcome.SAME)


def in_words(decided: Decided) -> str:
    """``отказвам, 4,5, закъсняла медицинска бележка``; of an enrolled child the certificate and the class."""
    stated = decided.enrolled
    number = "" if decided.corrected is None else plain(decided.corrected)
    reason = "" if decided.reason is None else decided.reason.label
    details = () if stated is None else (f"удостоверение {stated.certificate}", f"в {stated.place}")
    return ", ".join(filter(None, (decided.decision.label, number, reason, *details)))
