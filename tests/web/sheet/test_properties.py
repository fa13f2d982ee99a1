"""What holds of any sheet that comes back: unchanged it changes nothing, of a mix exactly the good rows are
stored, and a cell is read as what it says or refused."""

import io
from dataclasses import dataclass
from datetime import date
from decimal import Decimal

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from openpyxl import load_workbook
from openpyxl.worksheet.worksheet import Worksheet

from portal.actions.sheet.examining import examine_tables
from portal.actions.sheet.making import SheetFormat, make_sheet
from portal.actions.sheet.storing import store
from portal.actions.signing.declarations import decision_of
from portal.domain.decisions import FITTING, Decided, Decision, Reason, RefusalReason, clean_note
from portal.domain.errors import Refusal
from portal.domain.figures import UNREADABLE
from portal.domain.sheet.cells import Cell, Kind, number_in
from portal.domain.sheet.columns import FILLED, Column
from portal.exchange.sheet.reading import tables_in
from portal.exchange.sheet.tables import RawTable, Row
from portal.storage.lists.current import list_of
from portal.storage.lists.reading import EVERYTHING
from portal.storage.tables.campaigns import Record
from tests.cast import MONTH, NOW, SCHOOL, SITE, add_record, stored
from tests.sheets import REFUSED, at, fill, head_of, page_of, saved

MANY = settings(max_examples=25, suppress_health_check=[HealthCheck.function_scoped_fixture])
KINDS = (Reason.ABSENCE, Reason.ABSENCE, Reason.UNENROLLED, Reason.DISTANCE, Reason.ABSENCE)

odd = st.sampled_from(
    ["=1+1", "'=1", "''", "#N/A", "_x0041_", "\ufffe", "4,50", "05.05", "1E5", "да", "\u2028б"]
)
notes = st.one_of(odd, st.text(max_size=40)).map(clean_note)


@st.composite
def decided(draw, reason: Reason) -> Decided:
    """Anything that can be stored of such a record."""
    match draw(st.sampled_from(Decision)):
        case Decision.PENDING:
            return Decided(Decision.PENDING)
        case Decision.CONFIRMED:
            return Decided(Decision.CONFIRMED, note=draw(notes))
    why = draw(st.sampled_from([each for each in RefusalReason if each in FITTING[reason]]))
    note = draw(notes.filter(bool))
    if reason is Reason.UNENROLLED:
        return Decided(Decision.REFUSED, None, why, note, certificate=True, placed=True)
    hundredths = st.decimals(0, "4.99", places=2)
    number = draw(hundredths if reason is Reason.ABSENCE else st.integers(0, 8).map(Decimal))
    return Decided(Decision.REFUSED, number, why, note)


def stand(record: Record, what: Decided) -> None:
    Record.update(
        decision=what.decision, corrected=what.corrected, refusal_reason=what.reason, note=what.note,
        certificate=what.certificate, placed=what.placed, version=1,
    ).where(Record.id == record.id).execute()  # fmt: skip


@pytest.fixture
def five(world) -> list[Record]:
    return [add_record(reason=reason) for reason in KINDS]


def made(world, kind: SheetFormat = SheetFormat.XLSX) -> bytes:
    return make_sheet(world.ana, MONTH, EVERYTHING, kind, site=SITE, now=NOW).content


def examined(content: bytes):
    return examine_tables(list_of(SCHOOL, MONTH), tables_in(content), site=SITE, now=NOW)


def shuffled(page: Worksheet, data) -> None:
    """Rows in another order, some of them hidden, as sorting and filtering leave them."""
    first = head_of(page) + 1
    rows = [[(cell.value, cell.number_format) for cell in row] for row in page.iter_rows(min_row=first)]
    for number, row in enumerate(data.draw(st.permutations(rows)), start=first):
        for cell, (value, number_format) in zip(page[number], row, strict=True):
            cell.value, cell.number_format = value, number_format
        page.row_dimensions[number].hidden = data.draw(st.booleans())


@MANY
@given(st.data(), st.sampled_from(SheetFormat))
def test_what_comes_back_unchanged_changes_nothing(world, five, data, kind):
    for record in five:
        stand(record, data.draw(decided(record.reason)))
    found = examined(made(world, kind))
    assert [(row.outcome.value, row.faults) for row in found.rows] == [("same", ())] * len(five)


@MANY
@given(st.data())
def test_nor_does_a_sheet_that_was_saved_again_with_its_rows_in_another_order(world, five, data):
    for record in five:
        stand(record, data.draw(decided(record.reason)))
    book = load_workbook(io.BytesIO(made(world)))
    shuffled(page_of(book), data)
    found = examined(saved(book))
    assert (len(found.same), found.changes, found.left) == (len(five), [], [])


@dataclass(frozen=True)
class Deed:
    """What is written into a row, and what it is to store; none for a row that cannot be."""

    values: dict[str, object]
    becomes: Decided | None


CONFIRMED = Deed({"decision": " Потвърждавам"}, Decided(Decision.CONFIRMED))
BAD = [
    {"decision": "да"},
    {"decision": "отказвам"},
    {"decision": None, "note": "без решение"},
    {"decision": "=A1"},
    {"decision": "потвърждавам", "corrected": 4},
    {**REFUSED, "corrected": 45},
    {**REFUSED, "corrected": date(2021, 5, 5)},
    {**REFUSED, "refusal": "болен"},
    {**REFUSED, "note": " "},
    {"decision": "потвърждавам", "child": "Друго Дете"},
    {"decision": "потвърждавам", "number": 1.23e9},
    {
        "decision": "потвърждавам",
        "key": "2200000/2020-12/1/1/0000000000000000/00000000000000000000000000000000",
    },
]
bad = st.sampled_from(BAD).map(lambda values: Deed(values, None))
REASON, NOTE = RefusalReason.OWN_ERROR, "По дневника."


def good(reason: Reason) -> st.SearchStrategy[Deed]:
    values = {"decision": "отказвам", "refusal": "грешка на институцията", "note": NOTE}
    if reason is Reason.UNENROLLED:
        refusal = Deed(
            values | {"certificate": "да", "placed": "Да "},
            Decided(Decision.REFUSED, None, REASON, NOTE, certificate=True, placed=True),
        )
        return st.sampled_from([CONFIRMED, refusal])
    numbers = st.sampled_from([3, 3.0, "3", "3,00", " 3.0\u00a0"])
    refusals = numbers.map(
        lambda number: Deed(
            values | {"corrected": number}, Decided(Decision.REFUSED, Decimal(3), REASON, NOTE)
        )
    )
    return st.one_of(st.just(CONFIRMED), refusals)


@MANY
@given(st.data())
def test_of_any_mix_exactly_the_good_rows_are_stored(world, five, data):
    for record in five:
        stand(record, Decided(Decision.PENDING))
    book = load_workbook(io.BytesIO(made(world)))
    page = page_of(book)
    deeds = {record.id: data.draw(st.one_of(st.none(), good(record.reason), bad)) for record in five}
    for record in five:
        if (deed := deeds[record.id]) is not None:
            fill(page, record, **deed.values)
    shuffled(page, data)

    found = examined(saved(book))
    expected = {of: deed.becomes for of, deed in deeds.items() if deed is not None and deed.becomes}
    assert {row.record.id: row.decided for row in found.changes} == expected
    assert len(found.left) == sum(deed is not None and deed.becomes is None for deed in deeds.values())
    assert all(row.faults for row in found.left)

    done = store(world.ana, MONTH, found.changes, now=NOW)
    assert (done.stored, done.same, done.late) == (len(expected), 0, 0)
    for record in five:
        now = stored(record)
        assert decision_of(now) == expected.get(record.id, Decided(Decision.PENDING))
        assert now.version == (2 if record.id in expected else 1)


@given(st.decimals(0, 999_999, places=2), st.sampled_from(",."), st.text("\u00a0\u2009\u202f \t", max_size=3))
def test_a_number_is_read_however_it_was_typed(number, point, blanks):
    typed = f"{blanks}{number}".replace(".", point) + blanks
    assert number_in(Cell(Kind.TEXT, typed)) == number
    assert number_in(Cell(Kind.NUMBER, f"{float(number):.15g}")) == number


@given(st.one_of(st.text(), st.from_regex(r"[0-9., \-+eE%чЧ\u00a0]*", fullmatch=True)))
def test_no_text_is_read_as_a_number_that_does_not_stand_in_it(typed):
    number = number_in(Cell(Kind.TEXT, typed))
    digits = "".join(each for each in typed if each in "0123456789,.").replace(",", ".")
    assert number is None or number is UNREADABLE or number == Decimal(digits)


@given(st.dates(), st.sampled_from(["%d.%m.%Y", "%H:%M:%S"]))
def test_a_date_is_never_taken_back_for_the_number_that_it_was(day, shape):
    with pytest.raises(Refusal):
        number_in(Cell(Kind.DATE, f"{day:{shape}}"))


@MANY
@given(st.one_of(st.integers(0, 10**10), st.floats(0, 1e12), st.text(max_size=12)))
def test_a_decision_goes_to_no_child_by_a_number_that_is_not_its_own(world, five, number):
    """The first zero may be lost, nothing else."""
    record = five[0]
    full = record.id_number
    (table, *others) = tables_in(made(world))
    cell = Cell(Kind.TEXT, number) if isinstance(number, str) else Cell(Kind.NUMBER, f"{number:.15g}")
    found = examine_tables(list_of(SCHOOL, MONTH), [_with(table, record, cell), *others], site=SITE, now=NOW)
    is_its_own = cell.text in (full, full.lstrip("0"))
    assert [row.record.id for row in found.changes] == ([record.id] if is_its_own else [])


def _with(table: RawTable, record: Record, number: Cell) -> RawTable:
    """The table with ``record`` confirmed under that number."""
    confirmed = {at(Column.DECISION): Cell(Kind.TEXT, "потвърждавам"), at(Column.NUMBER): number}
    rows = [Row(row.number, {**row.cells, **confirmed}) if _is_of(row, record) else row for row in table.rows]
    return RawTable(table.name, rows)


def _is_of(row: Row, record: Record) -> bool:
    child = row.cells.get(at(Column.CHILD))
    return child is not None and child.text == record.names


def test_every_column_that_people_write_in_is_in_some_row_of_the_mix():
    columns = {name.upper() for deed in BAD for name in deed} | {"CERTIFICATE", "PLACED"}
    assert {column.name for column in FILLED} <= columns
