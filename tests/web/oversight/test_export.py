"""GET /oversight/<YYYY-MM>/export.xlsx and .csv"""

import csv
import io

import pytest
from openpyxl import load_workbook

from portal.storage.tables.campaigns import Submission
from portal.storage.tables.institutions import Institution
from tests.cast import FAR_SCHOOL, KINDERGARTEN, NOW, OTHER_SCHOOL, SCHOOL, add_record

HERE = "/oversight/2020-12"
EVIL = '=HYPERLINK("http://example.org")'


@pytest.fixture
def nora(client, world):
    add_record(family="Неповторимова")
    Institution.update(name=EVIL, phone="+359 2 900 000").where(Institution.code == SCHOOL).execute()
    return client.sign_in(world.nora)


def rows_of(answer):
    return list(csv.DictReader(io.StringIO(answer.data.decode("utf-8-sig")), delimiter=";"))


def sheet_of(answer):
    return load_workbook(io.BytesIO(answer.data)).active


def test_a_spreadsheet_computes_nothing_of_it(nora):
    row = next(each for each in rows_of(nora.get(f"{HERE}/export.csv")) if each["Код"] == SCHOOL)
    assert (row["Институция"], row["Телефон"]) == (f"'{EVIL}", "'+359 2 900 000")

    cells = {cell.value: cell for row in sheet_of(nora.get(f"{HERE}/export.xlsx")).rows for cell in row}
    assert cells[EVIL].data_type == "s"
    assert cells["+359 2 900 000"].data_type == "s"


def test_it_prints_on_a4_across_as_wide_as_a_page(nora):
    sheet = sheet_of(nora.get(f"{HERE}/export.xlsx"))

    assert int(sheet.page_setup.paperSize) == int(sheet.PAPERSIZE_A4)
    assert sheet.page_setup.orientation == "landscape"
    assert sheet.sheet_properties.pageSetUpPr.fitToPage
    assert sheet.page_setup.fitToHeight == 0
    assert sheet.print_title_rows == "$6:$6"
    assert sheet["A6"].value == "Код", "on every page"


def test_says_how_far_each_is(nora):
    Submission.update(checked_at=NOW).where(Submission.institution == OTHER_SCHOOL).execute()

    rows = {each["Код"]: each for each in rows_of(nora.get(f"{HERE}/export.csv"))}

    assert rows[SCHOOL]["Състояние"] == "незапочнато"
    assert (rows[SCHOOL]["Записи"], rows[SCHOOL]["За преглед"]) == ("1", "1")
    assert rows[OTHER_SCHOOL]["Подписан или „няма записи“ на"] == "28.01.2021 г., 10:00 ч."
    assert {each["Приключила"] for each in rows.values()} == {"не"}


@pytest.mark.parametrize(
    ("query", "codes"),
    [
        ({}, {SCHOOL, OTHER_SCHOOL, KINDERGARTEN}),
        ({"type": "kindergarten"}, {KINDERGARTEN}),
        ({"state": "not_started"}, {SCHOOL}),
        ({"region": "3"}, {SCHOOL, OTHER_SCHOOL, KINDERGARTEN}),
    ],
)
def test_it_has_what_the_address_shows_and_no_other_region(nora, query, codes):
    assert {each["Код"] for each in rows_of(nora.get(f"{HERE}/export.csv", **query))} == codes


def test_the_sheet_says_what_it_shows(nora):
    some = sheet_of(nora.get(f"{HERE}/export.xlsx", state="unfinished", type="school"))
    every = sheet_of(nora.get(f"{HERE}/export.xlsx"))

    assert [row[0].value for row in some.iter_rows(min_row=2, max_row=3)] == [
        "Регион София-град.",
        "Показани институции: 2 от 3 – „не са приключили“, вид „училище“.",
    ]
    assert every["A3"].value == "Всички институции."


def test_the_operators_is_of_the_country_or_of_one_region(client, world):
    oleg = client.sign_in(world.oleg)

    every = {each["Код"] for each in rows_of(oleg.get(f"{HERE}/export.csv"))}
    assert every == {SCHOOL, OTHER_SCHOOL, KINDERGARTEN, FAR_SCHOOL}
    assert [each["Код"] for each in rows_of(oleg.get(f"{HERE}/export.csv", region="3"))] == [FAR_SCHOOL]


@pytest.mark.parametrize("kind", ["xlsx", "csv"])
def test_names_no_child(nora, kind):
    answer = nora.get(f"{HERE}/export.{kind}")

    told = (
        "\n".join(str(cell.value) for row in sheet_of(answer).rows for cell in row)
        if kind == "xlsx"
        else answer.text
    )
    assert "Неповторимова" not in told
    assert "Христо Ботев" in told


@pytest.mark.parametrize("name", ["ana", "dora"])
def test_is_not_for_institutions(client, world, name):
    assert client.sign_in(getattr(world, name)).get(f"{HERE}/export.csv").status_code == 403
