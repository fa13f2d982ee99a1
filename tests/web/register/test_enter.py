"""POST /quarantine/entries"""

import pytest

from portal.domain.identifiers import IdType
from portal.domain.people import Scope
from portal.domain.register.entry import Basis, PersonKind
from portal.storage.tables.register import Collection, Entry, Envelope
from tests.actions.register.unlocked import add_envelope, draft, entered, fields, keep, kept, unlock
from tests.cast import NOW, PASSWORD
from tests.domain.invented import OTHER_EGN

ADDRESS = "/quarantine/entries"


@pytest.fixture
def ana(client, world):
    return keep(client, world.ana)


@pytest.mark.parametrize("htmx", [True, False])
def test_enters_a_person_who_is_in_no_enrolment(ana, world, htmx):
    answer = ana.send(ADDRESS, htmx=htmx, **fields())

    (row,) = kept(world.ana)
    entry = row.entry
    assert (entry.person, entry.names) == (PersonKind.CHILD, "Калина Петрова Иванова-Симеонова")
    assert (entry.id_type, entry.id_number, entry.class_name) == (IdType.EGN, "1241012004", "5А")
    assert (entry.basis, entry.prescription) == (Basis.CONTACT, "РЗИ-1234/01.12.2020")
    assert (entry.phone, entry.place) == ("0888 123 456", "София, ул. „Роза“ 1")
    assert (entry.placed_on, entry.planned_until) == (draft().placed_on, draft().planned_until)
    assert (entry.released_on, entry.note) == (None, "Съученичка с положителен тест.")
    if htmx:
        assert answer.status_code == 200
        assert answer.page.has(f"#register #entry-{row.id}")
        assert answer.page.has('[role="status"][data-focus]')
        assert answer.page.one("#first_name").get("value") == ""
    else:
        assert (answer.status_code, answer.location) == (303, f"/quarantine/#entry-{row.id}")
        assert ana.get("/quarantine/").page.has(f"#entry-{row.id}")


def test_enters_one_of_the_staff_with_no_more_than_is_needed(ana, world):
    sent = dict.fromkeys(fields(), "") | {
        "person": "teacher",
        "first_name": "Мария",
        "last_name": "Колева",
        "basis": "positive",
        "placed_on": "25.1.2021 г.",
        "planned_until": "2021-02-05",
    }
    assert ana.send(ADDRESS, **sent).status_code == 303
    (row,) = kept(world.ana)
    assert (row.entry.person, row.entry.id_type, row.entry.placed_on) == (
        PersonKind.TEACHER,
        None,
        draft().placed_on,
    )


@pytest.mark.parametrize("htmx", [True, False])
def test_says_all_that_is_wrong_and_keeps_what_was_typed(ana, htmx):
    answer = ana.send(
        ADDRESS, htmx=htmx, **fields(first_name=" ", id_number="1241012005", basis="", placed_on="утре")
    )

    page = answer.page
    assert answer.status_code == 422
    assert page.text("#placed_on-error") == "Под карантина от: изберете дата, например 01.02.2021."
    assert page.one("#last_name").get("value") == "Иванова-Симеонова"
    assert page.one("#note").text.strip() == "Съученичка с положителен тест."
    assert not Entry.select().exists()


def test_says_it_beside_each_field(ana):
    page = ana.send(
        ADDRESS, **fields(first_name=" ", id_number="1241012005", basis="", planned_until="")
    ).page
    assert page.text("#first_name-error") == "Напишете собственото име с букви, както е в документа."
    assert "датата на раждане или контролната цифра" in page.text("#id_number-error")
    assert page.text("#basis-error") == "Изберете основание: контактно лице или положителен тест."
    assert page.has("#planned_until-error")
    assert [link.get("href") for link in page.all(".error-summary a")] == [
        "#first_name",
        "#id_number",
        "#basis",
        "#planned_until",
    ]


@pytest.mark.parametrize(
    "changes",
    [
        {"person": "parrot"},
        {"id_type": "9"},
        {"basis": "because"},
        {"released_on": "32.13.2021"},
        {"placed_on": "0001-01-01", "planned_until": "0001-01-01"},
        {"placed_on": "9999-12-31", "planned_until": "9999-12-31"},
        {"note": "х" * 2001},
        {"first_name": "х" * 61},
    ],
)
def test_takes_nothing_that_nobody_means(ana, changes):
    assert ana.send(ADDRESS, **fields(**changes)).status_code == 422
    assert not Entry.select().exists()


def test_an_empty_form_is_answered_with_what_is_missing(ana):
    assert ana.send(ADDRESS).status_code == 422


def test_sent_twice_it_is_entered_once(ana, world):
    first, second = ana.send(ADDRESS, **fields()), ana.send(ADDRESS, **fields())
    assert second.status_code == 303
    assert second.location == first.location
    assert len(kept(world.ana)) == 1


def test_refuses_a_second_quarantine_on_the_same_days(ana, world):
    ana.send(ADDRESS, **fields())
    answer = ana.send(ADDRESS, **fields(placed_on="2021-02-01", planned_until="2021-02-10"))
    assert answer.status_code == 422
    assert "вече е вписано под карантина от 25.01.2021 до 05.02.2021" in answer.page.text("#placed_on-error")
    assert len(kept(world.ana)) == 1


def test_keeps_names_out_of_the_address_the_cookies_and_the_log(ana, caplog):
    caplog.set_level("DEBUG")
    answer = ana.send(ADDRESS, **fields())
    ana.get("/quarantine/")
    told = answer.location + caplog.text + str(answer.headers.getlist("Set-Cookie"))
    for word in ("Калина", "1241012004", "2021-01-25", "%D0", "contact"):
        assert word not in told


def test_nothing_is_entered_before_the_envelope_is_made(client, world):
    client.sign_in(world.ana)
    unlock(world.ana, client.token)
    answer = client.send(ADDRESS, **fields())
    assert answer.status_code == 409
    assert "плик" in answer.page.text(".error-summary")
    assert answer.page.one("#first_name").get("value") == "Калина"
    assert not Collection.select().exists()
    assert not Envelope.select().exists()


def test_nothing_more_is_entered_where_the_register_is_not_whole(ana, world):
    one, _ = entered(world.ana, draft(), draft(first_name="Иван", id_number=OTHER_EGN))
    Entry.delete().where(Entry.id == one).execute()
    answer = ana.send(ADDRESS, **fields())
    assert answer.status_code == 409
    assert "не е цял" in answer.page.text(".error-summary")
    assert Entry.select().count() == 1


# ---- While it is locked


@pytest.mark.parametrize("htmx", [True, False])
def test_what_was_typed_waits_while_the_password_is_asked(client, world, htmx):
    add_envelope(world.ana)
    answer = client.sign_in(world.ana).send(ADDRESS, htmx=htmx, **fields())

    assert answer.status_code == 409
    assert answer.headers.get("HX-Retarget") == ("#main" if htmx else None)
    page = answer.page
    sent = page.fields(page.one(f'form[action="{ADDRESS}"]'))
    assert {name: sent[name] for name in fields()} == fields()
    assert not Entry.select().exists()


def test_the_password_in_the_same_form_opens_and_enters(client, world):
    add_envelope(world.ana)
    page = client.sign_in(world.ana).send(ADDRESS, **fields()).page
    sent = page.fields(page.one(f'form[action="{ADDRESS}"]')) | {"unlock-password": PASSWORD}
    answer = client.send(ADDRESS, **{name: value for name, value in sent.items() if name != "csrf_token"})
    assert answer.status_code == 303
    assert len(kept(world.ana)) == 1


def test_a_wrong_password_there_loses_nothing_either(client, world):
    add_envelope(world.ana)
    client.sign_in(world.ana)
    answer = client.send(ADDRESS, **fields(), **{"unlock-password": "друга"})
    page = answer.page
    assert answer.status_code == 422
    assert page.text("#unlock-password-error").startswith("Паролата не е вярна. Въведете я отново.")
    assert page.fields(page.one(f'form[action="{ADDRESS}"]'))["first_name"] == "Калина"
    assert page.one("#unlock-password").get("value") is None
    assert not Entry.select().exists()


# ---- Who may


def test_other_offices_enter_nobody(client, world):
    add_envelope(world.ana)
    for person in (world.nora, world.oleg, world.delegate(Scope.DECIDE, Scope.SIGN)):
        assert client.sign_in(person).send(ADDRESS, **fields()).status_code == 403
    assert not Entry.select().exists()


def test_a_delegate_of_the_register_enters(client, world):
    dora = world.delegate(Scope.REGISTER)
    assert keep(client, dora).send(ADDRESS, **fields()).status_code == 303
    assert kept(world.ana)[0].entry.by == "Дора Илиева"
    assert kept(world.ana)[0].entry.at == NOW
