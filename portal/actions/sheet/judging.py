"""What one row of a sheet that came back would do: by its key, whose it is, what it says, and the rules."""

import re
from collections import defaultdict
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from datetime import datetime
from functools import cached_property

from portal.actions.sheet.examined import ExaminedRow, Fault, Outcome, in_words
from portal.actions.sheet.keys import base_of
from portal.actions.sheet.making import facts_of
from portal.actions.sheet.stating import misstated
from portal.actions.signing.declarations import decision_of
from portal.actions.site import Site
from portal.domain.decisions import Case
from portal.domain.identifiers import in_capitals
from portal.domain.lists.deciding import kept
from portal.domain.month import Month
from portal.domain.names import folded
from portal.domain.sheet.cells import Kind, as_text, words_in
from portal.domain.sheet.columns import Column
from portal.domain.sheet.keys import RowKey
from portal.domain.sheet.saying import faults_of, said_in
from portal.exchange.sheet.finding import FoundRow, FoundTable
from portal.storage.lists.school_days import SchoolDays
from portal.storage.tables.campaigns import Record

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


def other_institution(theirs: str, ours: str) -> str:
    return (
        f"Таблицата е на друга институция (код {theirs}), а този списък е на {ours}. Качете вашата таблица."
    )


def other_month(theirs: Month, ours: Month) -> str:
    return f"Таблицата е за {theirs.label}, а този списък е за {ours.label} Отворете списъка за нейния месец."


@dataclass(frozen=True)
class Judge:
    """What is known of the list: ``keys`` by the number of the row, ``listed`` and ``returned`` by id."""

    table: FoundTable
    keys: Mapping[int, RowKey | None]
    listed: Mapping[int, Record]
    returned: set[int]
    days: SchoolDays
    institution: str
    month: Month
    site: Site
    now: datetime

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
        others = [number for number in self._rows_of[key.record] if number != row.number]
        if others:
            where = ", ".join(map(str, others))
            yield self._fault(
                row,
                Column.KEY,
                f"Същото дете със същата причина стои и на ред {where}. Оставете само единия ред.",
            )

    @cached_property
    def _rows_of(self) -> Mapping[int, list[int]]:
        """The numbers of its rows, by the id of the record."""
        found = defaultdict(list)
        for number, key in self.keys.items():
            if key is not None:
                found[key.record].append(number)
        return found

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
        if self._is_untouched(known.record.id, known.case, row, key):
            return replace(known, outcome=Outcome.SAME)
        faults = [self._fault(row, each.column, str(each)) for each in faults_of(known.case, said, unread)]
        if not faults:
            wrong = misstated(known.record, wanted.enrolled, now=self.now)
            faults = [self._fault(row, column, sentence) for column, sentence in wrong]
        is_wrong = bool(faults)
        if known.record.version != key.version:
            stands = in_words(decision_of(known.record))
            faults.append(self._fault(row, Column.DECISION, MEANWHILE.format(stands=stands)))
        outcome = Outcome.WRONG if is_wrong else Outcome.MEANWHILE if faults else Outcome.CHANGE
        return replace(known, outcome=outcome, decided=wanted, faults=tuple(faults))

    def _is_untouched(self, record_id: int, case: Case, row: FoundRow, key: RowKey) -> bool:
        """Whether it says what it said when it went out: an error or a formula, too, where a note is one."""
        said, unread = said_in({column: as_text(cell) for column, cell in row.cells.items()})
        if said is None or unread:
            return False
        return base_of(record_id, kept(case, said), site=self.site) == key.base

    def _fault(self, row: FoundRow, column: Column, sentence: str) -> Fault:
        stood = row.cells[column].shown if column is not Column.KEY else ""
        return Fault(column, self.table.place(column, row.number), stood, sentence)


def _is_number_of(record: Record, text: str, as_it_went_out: str, *, is_number: bool) -> bool:
    """As it went out, or whole; a number has lost the zeros at its beginning, and no others."""
    full = in_capitals(record.id_number)
    if is_number:
        return text.isdigit() and text.zfill(10) == full
    return text in (as_it_went_out, as_it_went_out.partition(" ")[2], full)
