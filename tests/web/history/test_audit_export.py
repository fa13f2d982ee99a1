"""GET /audit/export.csv, and the reasons that delegates gave for opening names"""

import csv
import io

import pytest

from portal.actions.register.keys.collection import REASON
from portal.crypto.register import new_id, seal_record
from portal.storage.history.entries import PAGE
from portal.storage.tables import audit
from portal.storage.tables.db import writing
from portal.storage.tables.people import User
from portal.storage.tables.register import Grant, RegisterUse
from tests.actions.register.unlocked import entered, keep, register_of
from tests.cast import NOW, SCHOOL, add_record

REASON_TEXT = "Обаждане на РЗИ за 5А"
EXPORT = "/audit/export.csv"


def table(answer) -> list[list[str]]:
    assert answer.status_code == 200
    assert answer.headers["Content-Type"] == "text/csv; charset=utf-8"
    assert answer.headers["Content-Disposition"] == "attachment; filename=audit.csv"
    assert "no-store" in answer.headers["Cache-Control"]
    assert answer.data.startswith("\ufeff".encode())
    text = io.StringIO(answer.data.decode("utf-8-sig"), newline="")
    return list(csv.reader(text, delimiter=";"))


def use(person, reason: str = REASON_TEXT) -> str:
    """Дора opened names and said why, in the register that ``person`` can open."""
    register = register_of(person)
    made = new_id()
    sealed = seal_record(register.key, reason.encode(), register.place(REASON, made))
    RegisterUse.create(
        id=made, collection=register.collection, user=person.user_id, at=NOW, what="opened", sealed=sealed
    )
    with writing():
        audit.add(person, "register_opened", f"use:{made}", now=NOW, chain=SCHOOL)
    return made


@pytest.fixture
def ana(client, world):
    return client.sign_in(world.ana)


def test_everything_that_the_page_shows(ana, world):
    record = add_record(family="Неповторимова")
    with writing():
        for _ in range(PAGE):
            audit.add(world.ana, "signed", f"submission:{record.submission_id}", now=NOW, chain=SCHOOL)
        audit.add(world.dora, "confirmed", f"record:{record.id}", now=NOW, chain=SCHOOL)

    head, first, *more = table(ana.get(EXPORT))

    assert head == ["Кога", "Кой", "Какво", "За кое", "Основание"]
    assert first == [
        "28.01.2021 г., 10:00 ч.", "Дора Илиева", "потвърди", f"запис № {record.id} за декември 2020 г.", "",
    ]  # fmt: skip
    assert len(more) == PAGE
    assert "Неповторимова" not in str(more)


def test_only_what_was_asked_for(ana, world):
    with writing():
        audit.add(world.ana, "signed", "submission:1", now=NOW, chain=SCHOOL)
        audit.add(world.dora, "register_entered", "entry:x", now=NOW, chain=SCHOOL)

    assert len(table(ana.get(EXPORT, person=world.dora.user_id, kind="register"))) == 2
    assert len(table(ana.get(EXPORT, kind="operating"))) == 1


def test_the_page_leads_to_the_same_choice(ana, world):
    with writing():
        audit.add(world.dora, "register_entered", "entry:x", now=NOW, chain=SCHOOL)

    page = ana.get("/audit", person=world.dora.user_id, kind="register").page
    address = page.one(f"a[href^='{EXPORT}']").get("href")

    assert len(table(ana.get(address))) == 2
    assert f"person={world.dora.user_id}" in address


def test_a_name_that_begins_like_a_formula_is_text(ana, world):
    User.update(name='=HYPERLINK("http://x")').where(User.id == world.dora.user_id).execute()
    with writing():
        audit.add(world.dora, "signed", "submission:1", now=NOW, chain=SCHOOL)

    assert table(ana.get(EXPORT))[1][1] == '\'=HYPERLINK("http://x")'


def test_shows_nothing_of_the_neighbours(client, world):
    with writing():
        audit.add(world.ana, "signed", "submission:1", now=NOW, chain=SCHOOL)

    assert len(table(client.sign_in(world.boris).get(EXPORT))) == 1
    assert len(table(client.get(EXPORT, person=world.ana.user_id))) == 1


@pytest.mark.parametrize("name", ["dora", "nora", "oleg"])
def test_is_the_directors_alone(client, world, name):
    assert client.sign_in(getattr(world, name)).get(EXPORT).status_code == 403


def test_reasons_are_locked_with_the_register(ana, world):
    entered(world.ana)
    use(world.ana)

    page = ana.get("/audit")

    assert REASON_TEXT not in page.text
    assert "отключете регистъра, за да видите основанията" in page.page.text("tbody")
    assert page.page.one("main .notice a").get("href") == "/quarantine/"
    assert "отключете регистъра" in table(ana.get(EXPORT))[1][4]


def test_reasons_are_read_while_the_register_is_open(client, world):
    entered(world.ana)
    use(world.ana)
    keep(client, world.ana)

    page = client.get("/audit")

    assert f"Основание: {REASON_TEXT}" in page.page.text("tbody")
    assert not page.page.has("main .notice")
    assert table(client.get(EXPORT))[1][4] == REASON_TEXT


def test_a_reason_that_begins_like_a_formula_is_text(client, world):
    entered(world.ana)
    use(world.ana, "-1+cmd|' /C calc'!A0")
    keep(client, world.ana)

    assert table(client.get(EXPORT))[1][4].startswith("'-1")


def test_reading_reasons_does_not_keep_the_register_open(client, world):
    entered(world.ana)
    use(world.ana)
    keep(client, world.ana)
    for minutes in (5, 9):
        client.at(NOW.replace(minute=minutes)).get("/audit")

    assert REASON_TEXT not in client.at(NOW.replace(minute=11)).get("/audit").text


def test_a_reason_that_was_changed_or_erased_says_so(client, world):
    entered(world.ana)
    changed, erased, moved = use(world.ana), use(world.ana), use(world.ana)
    other = RegisterUse.get_by_id(moved)
    RegisterUse.update(sealed=other.sealed).where(RegisterUse.id == changed).execute()
    RegisterUse.delete().where(RegisterUse.id == erased).execute()
    keep(client, world.ana)

    column = [row[4] for row in table(client.get(EXPORT))[1:4]]

    assert column == [
        REASON_TEXT, "основанието е заличено заедно с регистъра", "основанието не може да бъде отворено",
    ]  # fmt: skip


def test_a_director_without_the_key_reads_no_reason(client, world):
    entered(world.ana)
    use(world.ana)
    Grant.delete().where(Grant.holder == f"user:{world.ana.user_id}").execute()
    keep(client, world.ana)

    answer = client.get("/audit")

    assert answer.status_code == 200
    assert "основанието не може да бъде отворено" in answer.page.text("tbody")
