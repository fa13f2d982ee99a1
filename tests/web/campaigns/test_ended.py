"""/campaigns/<YYYY-MM>/ended, and what the institution and РУО read of it."""

import io
from decimal import Decimal

import pytest

from portal.actions.campaigns.answers import make_answer
from portal.actions.signing.signing import sign
from portal.domain.decisions import Decision, RefusalReason
from portal.storage.tables.answers import EndedRecord
from tests.cast import AFTER, MONTH, NOW, OTHER_SCHOOL, PASSWORD, SITE, add_record
from tests.loads import send_file

PAGE = "/campaigns/2020-12"
ANSWER = "/confirmations/2020-12/answer"
SENT = {
    "decision": Decision.REFUSED, "corrected": Decimal(2),
    "refusal_reason": RefusalReason.LATE_NOTE, "note": "Бележка.",
}  # fmt: skip


@pytest.fixture
def records(client, world):
    """Ана confirmed one and refused the other, and signed; Борис did not. The answer was made."""
    by = {"decided_by": world.ana.user_id, "decided_at": NOW}
    found = [
        add_record(family="Атанасова", decision=Decision.CONFIRMED, **by),
        add_record(family="Янкова", **SENT, **by),
        add_record(OTHER_SCHOOL, family="Чужда"),
    ]
    sign(world.ana, MONTH, PASSWORD, site=SITE, now=NOW)
    make_answer(None, MONTH, io.BytesIO(), now=AFTER, final=True)
    client.at(AFTER)
    return found


def line(record, done="1|12|202101|решение № 7") -> str:
    return (
        f"2020|12|{record.institution_id}|{record.id_type:d}|{record.id_number}|{record.given}|{record.middle}|"
        f"{record.family}|{record.absences}|{record.reason:d}|{record.days}|{done}"
    )


def upload(client, *lines, name="ASPEND1220.txt", month="2020-12", htmx=False):
    return send_file(client, f"/campaigns/{month}/ended", lines, name, htmx=htmx)


@pytest.mark.parametrize("htmx", [True, False])
def test_tells_what_became_of_the_file(client, world, records, htmx):
    client.sign_in(world.oleg)
    assert "Още не е върнато." in client.get(PAGE).page.text("main")
    answer = upload(client, line(records[0]), line(records[1]), "боклук", htmx=htmx)
    assert answer.status_code == 303

    shown = client.get("/campaigns/loads/1").page.text("main")
    assert "Зареден файл: списък на АСП за прекратените помощи" in shown
    assert "полетата са 1, а трябва да са 15" in shown
    page = client.get(PAGE).page.text("main")
    assert "2 върнати записи" in page
    assert "1 различни от решението" in page
    rejects = client.get("/campaigns/loads/1/rejects.txt").data.decode("cp1251")
    assert rejects.startswith("боклук|3|")


def test_the_institution_reads_it_beside_its_decisions(client, world, records):
    upload(client.sign_in(world.oleg), *map(line, records))
    page = client.sign_in(world.ana).get(ANSWER).page
    text = page.text("main")

    assert "Различно от решението ви: 1" in text
    assert text.index("Янкова") < text.index("Атанасова")
    assert "АСП прекрати помощта за 12 месеца от януари 2021 г.: решение № 7" in text.replace("\u00a0", " ")
    assert "Чужда" not in text
    other = client.sign_in(world.boris).get(ANSWER).page.text("main")
    assert "Без ваше решение: 1" in other
    assert "Атанасова" not in other


@pytest.mark.parametrize("page", ["/", "/confirmations/2020-12"])
def test_its_list_leads_to_it_once_it_is_back(client, world, records, page):
    def links() -> list:
        return client.get(page).page.all(f'main a[href="{ANSWER}#result"]')

    client.sign_in(world.ana)
    assert not links()
    upload(client.sign_in(world.oleg), line(records[0]))
    client.sign_in(world.ana)
    assert [link.text_content() for link in links()] == ["Вижте го до решенията си"]
    client.sign_in(world.boris)
    assert not links(), "АСП said nothing of his"


def test_says_that_all_is_as_decided(client, world, records):
    upload(client.sign_in(world.oleg), line(records[0]), line(records[1], "0|00|000000|отказано"))
    text = client.sign_in(world.ana).get(ANSWER).page.text("main")
    assert "Не е нужно да правите нищо." in text
    assert "АСП не е прекратила помощта: отказано" in text
    assert "няма деца от вашата институция" in client.sign_in(world.boris).get(ANSWER).page.text("main")


def test_the_regional_office_reads_counts(client, world, records):
    upload(client.sign_in(world.oleg), *map(line, records))
    text = client.sign_in(world.nora).get("/oversight/2020-12").page.text("main")
    assert "Записи: 3, прекратени помощи: 3, различни от решението на институцията: 1, без решение: 1" in text
    assert "Атанасова" not in text
    assert "решение № 7" not in text


def test_a_wrong_file_is_said_beside_its_field(client, world, records):
    client.sign_in(world.oleg)
    for name, month, status, said in [
        ("ASPCONF1220.txt", "2020-12", 422, "По името си"),
        ("ASPEND1220.txt", "2020-11", 404, ""),
    ]:
        answer = upload(client, line(records[0]), name=name, month=month)
        assert answer.status_code == status
        assert said in answer.text
    assert client.send("/campaigns/2020-12/ended").status_code == 422
    assert EndedRecord.select().count() == 0


def test_is_not_loaded_before_the_answer(client, world):
    record = add_record()
    client.sign_in(world.oleg)
    assert "Какво е направила АСП" not in client.get(PAGE).page.text("main")
    assert upload(client, line(record)).status_code == 409


def test_is_the_operators_alone(client, world, records):
    for person in (world.ana, world.nora):
        assert upload(client.sign_in(person), line(records[0])).status_code == 403
