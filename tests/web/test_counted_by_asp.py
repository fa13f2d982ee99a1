"""What АСП counted, from its file to the answer: figures under the limit, and those of a kindergarten."""

import io
from datetime import timedelta
from pathlib import Path

import pytest
from pypdf import PdfReader

from portal.domain.placement import InstitutionType
from portal.storage.tables.campaigns import Campaign, Record, Submission
from portal.storage.tables.institutions import Institution
from tests.cast import AFTER, KINDERGARTEN, NOW, PASSWORD, add_institution

DATA = Path(__file__).parents[1] / "data"
LIST = "/confirmations/2020-12"
UNDER = "подаденият брой е под границата"


@pytest.fixture
def vyara(world):
    """She directs 2200001, which is a school in these files; 2200002 is a kindergarten."""
    Institution.update(type=InstitutionType.SCHOOL).where(Institution.code == KINDERGARTEN).execute()
    add_institution("2200002", "ДГ № 2 „Проба“", InstitutionType.KINDERGARTEN)
    Submission.create(campaign=Campaign.get(), institution="2200002")
    return world.vyara


def load(client, address, name, **fields):
    sent = (io.BytesIO((DATA / name).read_bytes()), name.rpartition("-")[2])  # as it is called when it comes
    answer = client.send(address, files={"file": sent}, **fields)
    assert answer.status_code == 303
    return client.get(answer.location).page.text("main")


def row(client, record: Record) -> str:
    """With the refusal open below it."""
    page = client.get(LIST, open=record.id).page
    return " ".join(page.text(part) for part in (f"#record-{record.id}", "tr.editor") if page.has(part))


def refuse(client, record: Record, number: str, *, htmx: bool) -> int:
    fields = {"decision": "refused", "corrected": number, "reason": "own_error", "note": "По дневника."}
    address = f"{LIST}/records/{record.id}"
    return client.send(address, htmx=htmx, version=record.version, **fields).status_code


def text_of_pdf(client, address: str) -> str:
    pages = PdfReader(io.BytesIO(client.get(address).data)).pages
    return " ".join(" ".join(page.extract_text().split()) for page in pages)


def answered(client, oleg) -> list[list[str]]:
    """The last three fields of each line of the answer: status, absences, days."""
    client.at(AFTER + timedelta(days=1)).sign_in(oleg)
    assert client.send("/campaigns/2020-12/answer", sure="yes").status_code == 303
    made = client.send("/campaigns/2020-12/answer/download").data.decode("cp1251")
    return [line.split("|")[-3:] for line in made.splitlines()[1:]]


@pytest.mark.both_databases
@pytest.mark.parametrize("htmx", [True, False])
def test_a_figure_under_the_limit_is_refused_with_itself_and_signed(client, world, vyara, htmx):
    client.at(NOW).sign_in(world.oleg)
    told = load(client, "/campaigns/load", "under-the-limit-ASPCONF1220.txt")
    assert "записи с брой под границата: 3" in told
    page = client.at(NOW + timedelta(hours=1)).get("/campaigns/2020-12").page
    assert "С брой под границата: 3." in page.text("main")
    assert page.text("#loads ~ .muted").startswith(
        "Преброени при зареждането на файл, на 28.01.2021 г., 10:00 ч. Поправените редове"
    )

    client.sign_in(vyara)
    three, nearly_five, five = Record.select().where(Record.institution == KINDERGARTEN).order_by(Record.id)
    for record, number in ((three, "3"), (nearly_five, "4,99")):
        assert f"{number} уч. часа" in row(client, record)
        assert UNDER in row(client, record)
        assert "прекратяват" not in row(client, record)
        assert "може и подаденият брой" in row(client, record)
    assert "Семейните помощи за детето се прекратяват" in row(client, five)
    rest = client.get(f"{LIST}/confirm-rest").page
    assert [[cell.text_content() for cell in line] for line in rest.all("table.data tbody tr")] == [
        ["Отсъствие", "1", "Семейните помощи за детето се прекратяват за срок до една година."],
        ["Отсъствие", "2", f"Законът не засяга помощите за детето, защото {UNDER}."],
    ]

    assert refuse(client, five, "5", htmx=htmx) == 422
    for record, number in ((three, "3"), (nearly_five, "4,99")):
        assert refuse(client, record, number, htmx=htmx) in (200, 303)
        assert f"Неизвинените отсъствия са {number} уч. часа." in row(client, record)
        assert UNDER in row(client, record)
    client.send(f"{LIST}/records/{five.id}", decision="confirmed", version=five.version)
    assert client.get(f"{LIST}/sign").page.text("#signing").count(UNDER) == 2  # in total, and over both
    assert client.send(f"{LIST}/sign", password=PASSWORD, htmx=htmx).status_code in (200, 303)
    receipt = text_of_pdf(client, f"{LIST}/receipt.pdf")
    assert f"Отсъствие, „отказвам“. Законът не засяга помощите за детето, защото {UNDER}." in receipt

    assert answered(client, world.oleg) == [
        ["2", "003.00", "00"], ["2", "004.99", "00"], ["1", "000.00", "00"], ["0", "000.00", "00"],
    ]  # fmt: skip


@pytest.mark.both_databases
@pytest.mark.parametrize("htmx", [True, False])
def test_what_a_kindergarten_counted_is_in_days_also_in_class_one(client, world, vyara, htmx):
    client.at(NOW).sign_in(world.oleg)
    load(client, "/calendar/enrolments", "kindergarten-figure-MONZP1220.txt")
    assert "с брой под границата" not in load(
        client, "/campaigns/load", "kindergarten-figure-ASPCONF1220.txt"
    )

    client.sign_in(vyara)
    record = Record.get()
    assert (record.institution_id, record.class_code) == (KINDERGARTEN, 1)
    for words in ("I клас", "4 дни в детската градина", "прекратяват", "най-много 3 дни: отсъствията са от"):
        assert words in row(client, record)
    assert refuse(client, record, "4", htmx=htmx) == 422
    assert refuse(client, record, "3", htmx=htmx) in (200, 303)
    assert "отсъствия са 3 дни в детската градина, под границата" in row(client, record)
    assert "4 дни в детската градина, коригирано на 3 дни в детската градина" in (
        client.get(f"{LIST}/sign").page.text("#signing")
    )
    assert client.send(f"{LIST}/sign", password=PASSWORD, htmx=htmx).status_code in (200, 303)
    assert "3 дни в детската градина" in text_of_pdf(client, f"{LIST}/receipt.pdf")

    assert answered(client, world.oleg) == [["2", "003.00", "00"]]
