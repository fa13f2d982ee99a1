"""What a sheet that came back would change, row by row, before anything is stored."""

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from datetime import datetime
from enum import Enum

from portal.actions.sheet.keys import base_of, read_key
from portal.actions.sheet.making import facts_of
from portal.actions.signing.declarations import decision_of
from portal.actions.site import Site
from portal.domain.consequences import consequence
from portal.domain.decisions import Case, Decided, kept
from portal.domain.errors import Refusal
from portal.domain.figures import plain
from portal.domain.identifiers import in_capitals
from portal.domain.month import Month
from portal.domain.names import folded
from portal.domain.people import Scope, Staff, check_scope
from portal.domain.sheet.cells import Cells, Kind, words_in
from portal.domain.sheet.columns import Column
from portal.domain.sheet.keys import RowKey
from portal.domain.sheet.saying import faults_of, said_in
from portal.domain.submissions import check_may_change
from portal.exchange.sheet.finding import FoundRow, FoundTable, find_table
from portal.exchange.sheet.process import read_tables
from portal.exchange.sheet.tables import RawTable
from portal.storage.lists.current import list_of, records_of
from portal.storage.lists.school_days import SchoolDays, school_days_of
from portal.storage.tables.campaigns import Record, Submission

MOST_ROWS = 3_000  # far above any list
TOO_LONG = f"В таблицата има над {MOST_ROWS} реда с деца. Изтеглете я отново от портала."
NO_ROWS = "В таблицата няма нито един ред с дете. Изтеглете я отново от портала."
NO_KEY = (
    "Редът няма ключ и не личи за кое дете е. Ако сте го добавили на ръка, изтрийте го; ако сте го копирали, "
    "изтеглете таблицата отново."
)
CHANGED_KEY = (
    "Ключът на реда е променен или не е издаден от този портал. Изтеглете таблицата отново и попълнете нея."
)
GONE = "Записът вече не е във вашия списък: ЦИОО го е насочил другаде. Изтрийте реда."
SENT_BACK = (
    "Записът е изпратен обратно на ЦИОО като „не е наше дете“. Върнете го от списъка или изтрийте реда."
)
OTHER_CHILD = (
    "Името не е на детето, за което е издаден редът. Вероятно са подредени само част от колоните. Изтеглете "
    "таблицата отново и попълнете нея."
)
OTHER_NUMBER = (
    "Номерът не е на детето, за което е издаден редът. Впишете {number} или изтеглете таблицата отново."
)
LOST_FIGURES = (
    "Excel е превърнал номера в число и цифрите му са изгубени. Впишете {number} или изтеглете таблицата "
    "отново."
)
OTHER_REASON = "Причината не е тази на записа. Впишете „{reason}“ или изтеглете таблицата отново."
MEANWHILE = (
    "Междувременно редът е променен в портала. Сега там стои: {stands}. Ако таблицата е вярна, качете реда "
    "отново."
)
_LOST = re.compile(r"[0-9][.,]?[0-9]*E\+?[0-9]+", re.IGNORECASE | re.ASCII)


class Outcome(Enum):
    CHANGE = "change"
    SAME = "same"
    WRONG = "wrong"
    MEANWHILE = "meanwhile"
    UNKNOWN = "unknown"


@dataclass(frozen=True)
class Fault:
    """``place`` is the cell (``H7``), ``stood`` what was in it."""

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
    """``отказвам, 4,5, закъсняла медицинска бележка``"""
    number = "" if decided.corrected is None else plain(decided.corrected)
    reason = "" if decided.reason is None else decided.reason.label
    return ", ".join(filter(None, (decided.decision.label, number, reason)))


def examine(person: Staff, month: Month, content: bytes, *, site: Site, now: datetime) -> Examined:
    """Read the file and say what each of its rows would do. Refusal for what is no sheet of this list,
    Conflict when the list cannot be changed any more."""
    check_scope(person, Scope.DECIDE)
    submission = list_of(person.institution, month)
    check_may_change(submission.window, submission.lock, now=now)
    return examine_tables(submission, read_tables(content), site=site)


def examine_tables(submission: Submission, tables: list[RawTable], *, site: Site) -> Examined:
    """The same of what was read already, for whoever may change this list now."""
    institution, month = submission.institution_id, submission.campaign.month
    table = find_table(tables)
    keys = {row.number: read_key(row.cells[Column.KEY].text, site=site) for row in table.rows}
    _check_whole(table, keys, institution, month)
    records = records_of(submission)
    judge = _Judge(
        table,
        keys,
        {record.id: record for record in records.listed},
        {record.id for record in records.returned},
        school_days_of(institution, month),
        institution,
        month,
        site,
    )
    rows = [judge.row(row) for row in table.rows]
    spoken = {row.record.id for row in rows if row.record is not None}
    return Examined(rows, len(records.listed) - len(spoken))


def _check_whole(
    table: FoundTable, keys: Mapping[int, RowKey | None], institution: str, month: Month
) -> None:
    """Refusal where every row with a key is of another list: one sentence says more than three hundred."""
    if not table.rows:
        raise Refusal(NO_ROWS, field="file")
    if len(table.rows) > MOST_ROWS:
        raise Refusal(TOO_LONG, field="file")
    good = [key for key in keys.values() if key is not None]
    if not good:
        has_keys = any(not row.cells[Column.KEY].is_empty for row in table.rows)
        raise Refusal(
            "Никой ред няма ключ, издаден от този портал: колоната „Ключ на реда“ е "
            f"{'променена' if has_keys else 'изтрита'}. Изтеглете таблицата отново и попълнете нея.",
            field="file",
        )
    if all(key.institution != institution for key in good):
        raise Refusal(other_institution(good[0].institution, institution), field="file")
    if all(key.month != month for key in good):
        raise Refusal(other_month(good[0].month, month), field="file")


def other_institution(theirs: str, ours: str) -> str:
    return (
        f"Таблицата е на друга институция (код {theirs}), а този списък е на {ours}. Качете вашата таблица."
    )


def other_month(theirs: Month, ours: Month) -> str:
    return f"Таблицата е за {theirs.label}, а този списък е за {ours.label} Отворете списъка за нейния месец."


@dataclass(frozen=True)
class _Judge:
    table: FoundTable
    keys: Mapping[int, RowKey | None]
    listed: Mapping[int, Record]
    returned: set[int]
    days: SchoolDays
    institution: str
    month: Month
    site: Site

    def row(self, row: FoundRow) -> ExaminedRow:
        plain_row = ExaminedRow(row.number, Outcome.UNKNOWN, row.cells, is_hidden=row.is_hidden)
        key = self.keys[row.number]
        why = self._why_unknown(row, key)
        if why or key is None:
            return replace(plain_row, faults=(self._fault(row, Column.KEY, why or CHANGED_KEY),))
        record = self.listed[key.record]
        case = record.case(self.days.count(record.band))
        known = replace(plain_row, record=record, case=case, seen=record.version)
        faults = [*self._twice(row, key), *self._mixed(row, record, case)]
        if faults:
            return replace(known, outcome=Outcome.WRONG, faults=tuple(faults))
        return self._judged(known, row, key)

    def _why_unknown(self, row: FoundRow, key: RowKey | None) -> str:
        if row.cells[Column.KEY].is_empty:
            return NO_KEY
        if key is None:
            return CHANGED_KEY
        if key.institution != self.institution:
            return other_institution(key.institution, self.institution)
        if key.month != self.month:
            return other_month(key.month, self.month)
        if key.record in self.returned:
            return SENT_BACK
        return "" if key.record in self.listed else GONE

    def _twice(self, row: FoundRow, key: RowKey) -> Iterator[Fault]:
        """The same record on two rows: which of them is meant, nobody knows."""
        rows = [
            number for number, each in self.keys.items() if each is not None and each.record == key.record
        ]
        if len(rows) > 1:
            where = ", ".join(str(number) for number in rows if number != row.number)
            yield self._fault(
                row,
                Column.KEY,
                f"Същото дете със същата причина стои и на ред {where}. Оставете само единия ред.",
            )

    def _mixed(self, row: FoundRow, record: Record, case: Case) -> Iterator[Fault]:
        """A row whose key and names are of two children: sorted in part, the decision would be another's."""
        facts = facts_of(record, case)
        if folded(words_in(row.cells[Column.CHILD])) != folded(record.names):
            yield self._fault(row, Column.CHILD, OTHER_CHILD)
            return
        cell, number = row.cells[Column.NUMBER], facts[Column.NUMBER]
        if not _is_number_of(record, words_in(cell), number, is_number=cell.kind is Kind.NUMBER):
            lost = cell.kind is Kind.NUMBER or _LOST.fullmatch(words_in(cell))
            sentence = (LOST_FIGURES if lost else OTHER_NUMBER).format(number=number)
            yield self._fault(row, Column.NUMBER, sentence)
        if folded(words_in(row.cells[Column.REASON])) != folded(facts[Column.REASON]):
            yield self._fault(row, Column.REASON, OTHER_REASON.format(reason=facts[Column.REASON]))

    def _judged(self, known: ExaminedRow, row: FoundRow, key: RowKey) -> ExaminedRow:
        assert known.record is not None and known.case is not None
        said, unread = said_in(row.cells)
        if said is None:
            return replace(known, outcome=Outcome.SAME)
        wanted = kept(known.case, said)
        if not unread and wanted == decision_of(known.record):
            return replace(known, outcome=Outcome.SAME, decided=wanted)
        if not unread and base_of(known.record.id, wanted, site=self.site) == key.base:
            return replace(known, outcome=Outcome.SAME)
        faults = [self._fault(row, each.column, str(each)) for each in faults_of(known.case, said, unread)]
        is_wrong = bool(faults)
        if known.record.version != key.version:
            stands = in_words(decision_of(known.record))
            faults.append(self._fault(row, Column.DECISION, MEANWHILE.format(stands=stands)))
        outcome = Outcome.WRONG if is_wrong else Outcome.MEANWHILE if faults else Outcome.CHANGE
        return replace(known, outcome=outcome, decided=wanted, faults=tuple(faults))

    def _fault(self, row: FoundRow, column: Column, sentence: str) -> Fault:
        stood = row.cells[column].shown if column is not Column.KEY else ""
        return Fault(self.table.place(column, row.number), stood, sentence)


def _is_number_of(record: Record, text: str, as_it_went_out: str, *, is_number: bool) -> bool:
    """As it went out, or whole; a number has lost the zeros at its beginning, and no others."""
    full = in_capitals(record.id_number)
    if is_number:
        return text.isdigit() and text.zfill(10) == full
    return text in (as_it_went_out, as_it_went_out.partition(" ")[2], full)
