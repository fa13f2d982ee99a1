"""What one row of a sheet says, before it is asked whether the rules allow it."""

from collections.abc import Callable
from typing import TypeVar

from portal.domain.decisions import Case, Decided, Decision, RefusalReason, clean_note
from portal.domain.errors import Refusal
from portal.domain.figures import UNREADABLE
from portal.domain.lists.deciding import check_decision
from portal.domain.names import folded
from portal.domain.sheet.cells import Cell, Cells, Kind, check_readable, number_in, words_in
from portal.domain.sheet.columns import FILLED, NO, Column
from portal.domain.sheet.enrolled import NOT_A_CERTIFICATE, NOT_A_CLASS, enrolled_of, stated_in

_DECISIONS = {folded(each.label): each for each in Decision}
_REASONS = {folded(each.label): each for each in RefusalReason}
_FIELDS = {  # of the rules
    "decision": Column.DECISION,
    "corrected": Column.CORRECTED,
    "reason": Column.REFUSAL,
    "note": Column.NOTE,
    "certificate": Column.CERTIFICATE,
    "placed": Column.PLACED,
    "certificate_number": Column.CERTIFICATE,
    "certificate_date": Column.CERTIFICATE,
    "enrolled_class": Column.PLACED,
    "enrolled_since": Column.PLACED,
}
NO_DECISION = (
    "Другите клетки на реда са попълнени, а решението е празно. Изберете „потвърждавам“ или „отказвам“."
)
NOT_A_DECISION = "Тук стои „потвърждавам“, „отказвам“, „за преглед“ или нищо. Изберете от падащия списък."
NOT_A_REASON = "Няма такова основание. Изберете от падащия списък."
NOT_FOR_CONFIRMED = {
    Column.CORRECTED: "При „потвърждавам“ не се вписва брой. Изтрийте го или изберете „отказвам“.",
    Column.REFUSAL: "При „потвърждавам“ няма основание за отказ. Изтрийте го или изберете „отказвам“.",
    Column.CERTIFICATE: "При „потвърждавам“ не се вписва удостоверение. Изтрийте го или изберете „отказвам“.",
    Column.PLACED: "При „потвърждавам“ не се вписва паралелка. Изтрийте го или изберете „отказвам“.",
}
Found = TypeVar("Found")


class CellFault(Refusal):
    """What is wrong with one cell of the row."""

    def __init__(self, column: Column, sentence: str) -> None:
        super().__init__(sentence, field=column.name)
        self.column = column


def said_in(cells: Cells) -> tuple[Decided | None, list[CellFault]]:
    """What the row decides, none where it leaves everything as it is, and what cannot be read in it."""
    reading = _Reading(cells)
    return reading.decided(), reading.faults


def faults_of(case: Case, decided: Decided, unread: list[CellFault]) -> list[CellFault]:
    """Everything that is wrong with the row, by the rules of the page too; of a cell that could not be read
    only that."""
    known = {fault.column for fault in unread}
    try:
        check_decision(case, decided)
    except Refusal as refusal:
        broken = [(_FIELDS[each.field or "decision"], str(each)) for each in (refusal, *refusal.also)]
        unread = unread + [CellFault(column, text) for column, text in broken if column not in known]
    return sorted(unread, key=lambda fault: list(Column).index(fault.column))


class _Reading:
    def __init__(self, cells: Cells) -> None:
        self._cells = cells
        self.faults: list[CellFault] = []

    def decided(self) -> Decided | None:
        decision = self._read(Column.DECISION, _decision)
        written = [column for column in FILLED[1:] if not self._says_nothing(column)]
        if decision is None:
            if written and not self.faults:
                self.faults.append(CellFault(Column.DECISION, NO_DECISION))
            return Decided(Decision.PENDING) if self.faults else None
        match decision:
            case Decision.PENDING:
                return Decided(decision)
            case Decision.CONFIRMED:
                wrong = [
                    CellFault(each, NOT_FOR_CONFIRMED[each]) for each in written if each is not Column.NOTE
                ]
                self.faults += wrong
                return Decided(decision, note=self._read(Column.NOTE, _note) or "")
        number = self._read(Column.CORRECTED, number_in)
        certificate = self._read(Column.CERTIFICATE, lambda cell: stated_in(cell, NOT_A_CERTIFICATE))
        place = self._read(Column.PLACED, lambda cell: stated_in(cell, NOT_A_CLASS))
        return Decided(
            decision,
            UNREADABLE if Column.CORRECTED in {fault.column for fault in self.faults} else number,
            self._read(Column.REFUSAL, _reason),
            self._read(Column.NOTE, _note) or "",
            certificate is not None,
            place is not None,
            enrolled_of(certificate, place),
        )

    def _says_nothing(self, column: Column) -> bool:
        cell = self._cells[column]
        return cell.is_empty or (
            column in (Column.CERTIFICATE, Column.PLACED) and folded(words_in(cell)) == NO
        )

    def _read(self, column: Column, reader: Callable[[Cell], Found]) -> Found | None:
        cell = self._cells[column]
        try:
            check_readable(cell)
            return reader(cell)
        except Refusal as refusal:
            self.faults.append(CellFault(column, str(refusal)))
        return None


def _decision(cell: Cell) -> Decision | None:
    return _chosen(cell, _DECISIONS, NOT_A_DECISION)


def _reason(cell: Cell) -> RefusalReason | None:
    return _chosen(cell, _REASONS, NOT_A_REASON)


def _chosen(cell: Cell, choices: dict[str, Found], otherwise: str) -> Found | None:
    if cell.is_empty:
        return None
    found = choices.get(folded(words_in(cell)))
    if found is None:
        raise Refusal(otherwise)
    return found


def _note(cell: Cell) -> str:
    return clean_note(cell.shown if cell.kind is Kind.NUMBER else cell.text)
