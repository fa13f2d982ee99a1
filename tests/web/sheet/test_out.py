"""GET /confirmations/<month>/sheet.xlsx and sheet.csv"""

import csv
import io
from decimal import Decimal

import pytest

from portal.documents.sheet.layout import LINE, WIDTHS
from portal.domain.decisions import Decision, Reason, RefusalReason
from portal.domain.people import Scope
from portal.domain.sheet.columns import FILLED, Column
from portal.domain.submissions import Lock
from portal.storage.tables.campaigns import Campaign, Record, Submission
from tests.cast import AFTER, KINDERGARTEN, OTHER_SCHOOL, SCHOOL, add_record
from tests.sheets import ADDRESS, at, head_of, page_of, row_of, taken


def cells(page, row) -> dict[Column, object]:
    return {column: page.cell(row, at(column)).value for column in Column}


def test_shows_each_record_with_what_each_choice_means(client, world):
    record = add_record(figure="007.33")
    page = page_of(taken(client.sign_in(world.ana)))

    row = cells(page, row_of(page, record))
    assert row[Column.CLASS] == "VII клас"
    assert row[Column.NUMBER] == f"ЕГН {record.id_number[:3]}*****{record.id_number[-2:]}"
    assert (row[Column.REASON], row[Column.FIGURE]) == ("Отсъствие", "7,33 уч. часа")
    assert row[Column.MEANING] == (
        "потвърждавам: Семейните помощи за детето се прекратяват за срок до една година.\n"
        "отказвам: Помощите не се прекратяват: неизвинените отсъствия са под границата. "
        "Брой: по-малко от 5 учебни часа, например 4,5."
    )
    assert [row[each] for each in FILLED] == [None] * 6
    assert record.id_number not in str(row)


def test_what_is_decided_stands_in_it(client, world):
    record = add_record(
        decision=Decision.REFUSED,
        corrected=Decimal("4.50"),
        refusal_reason=RefusalReason.LATE_NOTE,
        note="=1+1",
    )
    page = page_of(taken(client.sign_in(world.ana)))
    row = cells(page, row_of(page, record))
    assert [row[each] for each in FILLED] == [
        "отказвам", 4.5, "закъсняла медицинска бележка", "=1+1", None, None
    ]  # fmt: skip
    assert page.cell(row_of(page, record), at(Column.NOTE)).data_type == "s"


def test_goes_class_by_class_and_one_class_has_a_sheet_of_its_own(client, world):
    fifth, seventh = add_record(class_code=5), add_record(class_code=7)
    client.sign_in(world.ana)
    page = page_of(taken(client))
    assert row_of(page, fifth) < row_of(page, seventh)

    answer = client.get(f"{ADDRESS}.xlsx", **{"class": "5"})
    assert 'filename="sheet-2020-12-2200000-5.xlsx"' in answer.headers["Content-Disposition"]
    page = page_of(taken(client, **{"class": "5"}))
    assert page.max_row == head_of(page) + 1 == row_of(page, fifth)
    assert client.get(f"{ADDRESS}.xlsx", **{"class": "9"}).status_code == 404


def test_lets_nothing_be_written_but_the_decision(client, world):
    absent, gone = add_record(), add_record(reason=Reason.UNENROLLED)
    page = page_of(taken(client.sign_in(world.ana)))

    def open_in(record) -> list[Column]:
        row = row_of(page, record)
        return [each for each in Column if not page.cell(row, at(each)).protection.locked]

    assert page.protection.sheet
    assert open_in(absent) == [Column.DECISION, Column.CORRECTED, Column.REFUSAL, Column.NOTE]
    assert open_in(gone) == [
        Column.DECISION, Column.REFUSAL, Column.NOTE, Column.CERTIFICATE, Column.PLACED
    ]  # fmt: skip


def asked(page, record, column) -> tuple[str, str, str]:
    cell = page.cell(row_of(page, record), at(column)).coordinate
    (rule,) = [each for each in page.data_validations.dataValidation if cell in each.sqref]
    return rule.type, rule.formula1, rule.formula2


@pytest.mark.parametrize(
    "more, rule",
    [
        ({}, ("decimal", "0", "4.99")),
        ({"class_code": -2}, ("decimal", "0", "3")),
        ({"asp_institution": KINDERGARTEN}, ("decimal", "0", "3")),
        ({"reason": Reason.DISTANCE}, ("whole", "0", "17")),
        ({"reason": Reason.DISTANCE, "class_code": -2}, ("whole", "0", "20")),
    ],
)
def test_a_cell_takes_only_a_number_that_the_rules_allow(client, world, more, rule):
    record = add_record(**more)
    page = page_of(taken(client.sign_in(world.ana)))
    assert asked(page, record, Column.CORRECTED) == rule


def test_offers_the_decisions_and_reasons_that_can_be_true(client, world):
    too_many, gone = add_record(reason=Reason.DISTANCE, figure="21"), add_record(reason=Reason.UNENROLLED)
    book = taken(client.sign_in(world.ana))
    page = page_of(book)
    assert asked(page, too_many, Column.DECISION)[1] == '"отказвам,за преглед"'
    assert asked(page, gone, Column.DECISION)[1] == '"потвърждавам,отказвам,за преглед"'
    assert asked(page, gone, Column.REFUSAL)[1] == "'Основания'!$B$1:$B$5"
    reasons = book["Основания"]
    assert reasons.sheet_state == "hidden"
    assert [reasons.cell(row, 2).value for row in range(1, 7)] == [
        "внесено след 4-то число", "сгрешено дете", "преместено", "грешка на институцията", "друго", None
    ]  # fmt: skip


def test_is_printed_on_a4_across_with_its_head_on_each_page(client, world):
    add_record()
    page = page_of(taken(client.sign_in(world.ana)))
    head = head_of(page)
    assert (page.page_setup.orientation, int(page.page_setup.paperSize)) == ("landscape", 9)
    assert page.print_title_rows == f"${head}:${head}"
    assert page.column_dimensions["M"].hidden  # the key of the row
    assert page.freeze_panes == f"C{head + 1}"


def test_what_only_unenrolled_children_are_asked_takes_no_room_where_there_is_none(client, world):
    add_record()
    client.sign_in(world.ana)

    def hidden() -> list[str]:
        return [
            letter for letter, column in page_of(taken(client)).column_dimensions.items() if column.hidden
        ]

    assert hidden() == ["K", "L", "M"]
    add_record(reason=Reason.UNENROLLED)
    assert hidden() == ["M"]


def test_a_row_is_as_high_as_what_stands_in_it(client, world):
    """And no lower than two lines, for who fills it in by hand."""
    short, long = (
        add_record(reason=Reason.UNENROLLED),
        add_record(note="дума " * 300, decision=Decision.CONFIRMED),
    )
    page = page_of(taken(client.sign_in(world.ana)))
    heights = [page.row_dimensions[row_of(page, record)].height for record in (short, long)]
    assert 2 * LINE <= heights[0] < 10 * LINE
    assert heights[1] > 300 * 5 / WIDTHS[Column.NOTE] * LINE


@pytest.mark.parametrize("too_late", ["signed", "over", "suspended"])
def test_is_only_to_be_read_when_nothing_can_be_changed(client, world, too_late):
    record = add_record(decision=Decision.CONFIRMED)
    client.sign_in(world.ana)
    if too_late == "signed":
        Submission.update(lock=Lock.SIGNED).where(Submission.institution == SCHOOL).execute()
    elif too_late == "over":
        client.at(AFTER)
    else:
        Campaign.update(suspended_at=AFTER).execute()
    page = page_of(taken(client))
    assert all(page.cell(row_of(page, record), at(each)).protection.locked for each in Column)


def test_nobody_gets_the_children_of_another_institution(client, world):
    add_record()
    theirs = add_record(OTHER_SCHOOL)
    answer = client.sign_in(world.boris).get(f"{ADDRESS}.csv")
    names = [row["Дете"] for row in csv.DictReader(io.StringIO(answer.text.lstrip("\ufeff")), delimiter=";")]
    assert names == [theirs.names]


def test_csv_has_the_same_under_the_same_headings(client, world):
    add_record(note="'=2", decision=Decision.CONFIRMED)
    answer = client.sign_in(world.ana).get(f"{ADDRESS}.csv")
    (row,) = csv.DictReader(io.StringIO(answer.text.lstrip("\ufeff")), delimiter=";")
    assert list(row) == [each.value for each in Column]
    assert (row["Решение"], row["Бележки по корекцията"]) == ("потвърждавам", "''=2")
    assert answer.headers["Content-Type"] == "text/csv; charset=utf-8"


def test_is_for_who_decides(client, world):
    add_record()
    assert client.sign_in(world.dora).get(f"{ADDRESS}.xlsx").status_code == 200
    for other in (world.nora, world.oleg, world.delegate(Scope.SIGN)):
        assert client.sign_in(other).get(f"{ADDRESS}.xlsx").status_code == 403
        assert client.get(f"{ADDRESS}.csv").status_code == 403


def test_an_empty_list_has_no_sheet_and_an_erased_one_neither(client, world):
    client.sign_in(world.ana)
    assert client.get(f"{ADDRESS}.xlsx").status_code == 404
    add_record()
    Submission.update(lock=Lock.ERASED).where(Submission.institution == SCHOOL).execute()
    assert client.get(f"{ADDRESS}.xlsx").status_code == 409
    assert Record.select().count() == 1
