"""Counts of five digits and more on the desks' pages, and in the tables that are taken away."""

import csv
import io

import pytest
from openpyxl import load_workbook

from portal.storage.loading.tables import Load
from portal.storage.tables.campaigns import Submission
from portal.web.campaigns.views import said_of
from tests.cast import MONTH, NOW, SCHOOL

SPACE = "\N{NARROW NO-BREAK SPACE}"
SHOWN = f"61{SPACE}234"


@pytest.fixture
def many(world):
    Submission.update(total=61_234, pending=61_234).where(Submission.institution == SCHOOL).execute()
    return Load.create(
        kind="asp", campaign=world.campaign, month=MONTH, file_name="ASPCONF1220.txt", sha256="0" * 64,
        at=NOW, encoding="windows-1251", received=61_239, distributed=61_234, rejected=5, is_finished=True,
    )  # fmt: skip


@pytest.mark.parametrize(
    ("role", "address"),
    [
        ("nora", "/oversight/2020-12"),
        ("oleg", "/oversight/2020-12"),
        ("oleg", "/campaigns/2020-12"),
        ("oleg", "/campaigns/2020-12/no-information"),
        ("oleg", "/campaigns/loads/1"),
    ],
)
def test_stand_in_threes_on_pages(client, world, many, role, address):
    main = client.sign_in(getattr(world, role)).get(address).text
    assert SHOWN in main


def test_stay_plain_numbers_in_tables(client, world, many):
    client.sign_in(world.nora)
    text = client.get("/oversight/2020-12/export.csv").data.decode("utf-8-sig")
    rows = list(csv.DictReader(io.StringIO(text), delimiter=";"))
    assert [row["Записи"] for row in rows if row["Код"] == SCHOOL] == ["61234"]
    sheet = load_workbook(io.BytesIO(client.get("/oversight/2020-12/export.xlsx").data)).active
    assert 61_234 in [cell.value for row in sheet.iter_rows() for cell in row]


def test_stand_in_threes_in_what_is_said_of_a_file(many):
    assert said_of(many).startswith(f"Файлът е зареден: получени редове 61{SPACE}239, разпределени {SHOWN},")
