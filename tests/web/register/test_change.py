"""POST /quarantine/entries/<id>, and …/release"""

from datetime import date, timedelta

import pytest

from portal.domain.people import Scope
from portal.domain.register.entry import PersonKind
from portal.storage.tables.register import Entry
from tests.actions.register.unlocked import draft, entered, fields, keep, kept
from tests.cast import NOW
from tests.domain.invented import OTHER_EGN

TODAY = NOW.date()


@pytest.fixture
def entry_id(world):
    return entered(world.ana)[0]


@pytest.fixture
def address(entry_id):
    return f"/quarantine/entries/{entry_id}"


@pytest.fixture
def ana(client, world, entry_id):
    return keep(client, world.ana)


def the_entry(world):
    (row,) = kept(world.ana)
    return row


# ---- Releasing


@pytest.mark.parametrize("htmx", [True, False])
def test_releases_today_at_one_press(ana, world, entry_id, address, htmx):
    answer = ana.send(f"{address}/release", htmx=htmx, version="1", released_on=TODAY.isoformat())

    assert the_entry(world).entry.released_on == TODAY
    if htmx:
        assert answer.status_code == 200
        said = answer.page.text(f"#entry-{entry_id}")
        assert "Карантината свърши: последният ден беше 28.01.2021 г." in said
        assert answer.page.one("#counts").get("hx-swap-oob") == "true"
        assert answer.page.one("#unlocked").get("hx-swap-oob") == "true"
    else:
        assert (answer.status_code, answer.location) == (303, f"/quarantine/#entry-{entry_id}")


def test_releases_today_where_the_form_names_no_day(ana, world, address):
    assert ana.send(f"{address}/release", version="1").status_code == 303
    assert the_entry(world).entry.released_on == TODAY


def test_a_release_before_the_beginning_is_refused_in_the_row(ana, world, entry_id, address):
    answer = ana.send(f"{address}/release", htmx=True, version="1", released_on="2021-01-20")
    assert answer.status_code == 422
    assert "Последният ден е преди началото" in answer.page.text(f"#entry-{entry_id} .record-says")
    assert the_entry(world).revision == 1


@pytest.mark.parametrize("htmx", [True, False])
def test_pressed_twice_it_says_that_it_is_written(ana, world, entry_id, address, htmx):
    ana.send(f"{address}/release", version="1")
    answer = ana.send(f"{address}/release", htmx=htmx, version="1")
    assert answer.status_code == 409
    assert "Промяната ви вече е записана." in answer.page.text(f"#entry-{entry_id}")
    assert the_entry(world).revision == 2


# ---- Extending


@pytest.mark.parametrize("htmx", [True, False])
def test_a_new_planned_end_leaves_the_rest_as_it_was(ana, world, entry_id, address, htmx):
    answer = ana.send(address, htmx=htmx, version="1", planned_until="2021-02-09")

    entry = the_entry(world).entry
    assert answer.status_code == (200 if htmx else 303)
    assert entry.planned_until == date(2021, 2, 9)
    assert (entry.names, entry.class_code) == (draft().names, 5)
    if htmx:
        assert "Под карантина до 09.02.2021 г. включително." in answer.page.text(f"#entry-{entry_id}")


@pytest.mark.parametrize("htmx", [True, False])
def test_a_new_end_before_the_beginning_is_refused_beside_its_field(ana, world, entry_id, address, htmx):
    answer = ana.send(address, htmx=htmx, version="1", planned_until="2021-01-20")
    page = answer.page
    assert answer.status_code == 422
    assert page.text(f"#planned_until-{entry_id}-error").startswith("Планираният край е преди началото")
    assert page.one(f"#planned_until-{entry_id}").get("value") == "2021-01-20"
    assert page.has(f"#entry-{entry_id} details.extend[open]")
    assert the_entry(world).revision == 1


def test_what_is_wrong_elsewhere_the_row_says_itself(ana, world, entry_id, address):
    """The second period of the same child: the fault is of the first day, which this form does not have."""
    ana.send(address, version="1", planned_until="2021-01-27")
    entered(world.ana, draft(placed_on=date(2021, 1, 29), planned_until=date(2021, 2, 12)))
    answer = ana.send(address, htmx=True, version="2", planned_until="2021-02-09")
    assert answer.status_code == 422
    assert "вече е вписано под карантина" in answer.page.text(f"#entry-{entry_id} .record-says")


# ---- Correcting


def test_opens_a_row_with_everything_in_it(ana, entry_id, address):
    answer = ana.get(address, htmx=True)
    page = answer.page
    sent = page.fields(page.one(f'form[action="{address}"]'))
    assert {name: value.strip() for name, value in sent.items()} == fields() | {
        "version": "1",
        "csrf_token": sent["csrf_token"],
    }
    assert page.has(f"#entry-{entry_id} details.history")


def test_opens_the_page_at_the_row_without_a_script(ana, entry_id, address):
    answer = ana.get(address)
    assert answer.page.has(f"#list #entry-{entry_id} #first_name-{entry_id}")
    assert answer.page.has('form[action="/quarantine/entries"] #first_name')


def test_closes_the_row_again(ana, entry_id, address):
    assert not ana.get(address, htmx=True, closed="yes").page.has(f"#first_name-{entry_id}")


@pytest.mark.parametrize("htmx", [True, False])
def test_corrects_everything(ana, world, entry_id, address, htmx):
    answer = ana.send(
        address, htmx=htmx, version="1", **fields(person="staff", first_name="Кирил", class_name="", note="")
    )
    entry = the_entry(world).entry
    assert answer.status_code == (200 if htmx else 303)
    assert (entry.person, entry.first_name, entry.note) == (PersonKind.STAFF, "Кирил", "")
    assert (entry.class_name, entry.class_code) == ("", None)


@pytest.mark.parametrize("htmx", [True, False])
def test_a_correction_that_does_not_hold_keeps_what_was_typed(ana, world, entry_id, address, htmx):
    answer = ana.send(address, htmx=htmx, version="1", **fields(first_name=" ", place="Пловдив"))
    page = answer.page
    assert answer.status_code == 422
    assert page.text(f"#first_name-{entry_id}-error").startswith("Напишете собственото име")
    assert page.one(f"#place-{entry_id}").get("value") == "Пловдив"
    assert the_entry(world).revision == 1
    if not htmx:
        assert page.one(".error-summary a").get("href") == f"#first_name-{entry_id}"


@pytest.mark.parametrize("htmx", [True, False])
def test_what_another_changed_meanwhile_is_shown_as_it_is_now(ana, world, entry_id, address, htmx):
    ana.send(address, version="1", note="Бележка на Ана.")
    answer = ana.send(address, htmx=htmx, version="1", **fields(note="Втора бележка."))
    page = answer.page
    assert answer.status_code == 409
    assert "Междувременно друг е променил този запис" in page.text(f"#entry-{entry_id} .record-says")
    assert page.one(f"#note-{entry_id}").text.strip() == "Бележка на Ана."
    assert page.one(f"#entry-{entry_id} input[name=version]").get("value") == "2"
    assert the_entry(world).entry.note == "Бележка на Ана."


def test_the_history_tells_who_changed_what(ana, entry_id, address):
    ana.at(NOW + timedelta(minutes=3)).send(address, version="1", planned_until="2021-02-09")
    history = ana.get(address).page.text(f"#entry-{entry_id} details.history")
    assert "28.01.2021 г., 10:00 ч. Ана Янева: вписано" in history.replace("\xa0", " ")
    assert "28.01.2021 г., 10:03 ч. Ана Янева Планиран край: 05.02.2021 → 09.02.2021" in history.replace(
        "\xa0", " "
    )


@pytest.mark.parametrize("version", ["", "x", "-1", "9" * 30, "²", "0" * 5000 + "1"])
def test_a_version_that_nobody_was_shown_changes_nothing(ana, world, address, version):
    assert ana.send(address, version=version, note="x").status_code in (409, 422)
    assert the_entry(world).revision == 1


def test_an_entry_that_does_not_open_is_not_changed(ana, entry_id, address):
    sealed = bytearray(bytes(Entry.get_by_id(entry_id).sealed))
    sealed[-1] ^= 1
    Entry.update(sealed=bytes(sealed)).execute()
    answer = ana.send(address, htmx=True, version="1", note="x")
    assert answer.status_code == 409
    assert "записът не може да бъде отворен" in answer.page.text(f"#entry-{entry_id}")
    assert Entry.get_by_id(entry_id).revision == 1


# ---- Whose, and who


@pytest.mark.parametrize("path", ["", "/release"])
def test_there_is_no_such_entry_for_the_neighbour(client, world, address, path):
    entered(world.boris, draft(first_name="Иван", id_number=OTHER_EGN))
    keep(client, world.boris)
    assert client.send(f"{address}{path}", version="1", note="x").status_code == 404
    assert client.get(address).status_code == 404
    assert the_entry(world).revision == 1


def test_there_is_no_such_entry_at_all(ana):
    for name in ("x", "..", "A" * 22, "A" * 23, "%D0%9A"):
        assert ana.send(f"/quarantine/entries/{name}", version="1").status_code == 404


@pytest.mark.parametrize("path", ["", "/release"])
def test_other_offices_change_nothing(client, world, address, path):
    for person in (world.nora, world.oleg, world.delegate(Scope.DECIDE, Scope.SIGN)):
        assert client.sign_in(person).send(f"{address}{path}", version="1").status_code == 403
        assert client.get(address).status_code == 403


@pytest.mark.parametrize("htmx", [True, False])
def test_a_press_on_a_locked_register_waits_for_the_password(client, world, address, htmx):
    answer = client.sign_in(world.ana).send(
        f"{address}/release", htmx=htmx, version="1", released_on="2021-01-27"
    )
    page = answer.page
    assert answer.status_code == 409
    sent = page.fields(page.one(f'form[action="{address}/release"]'))
    assert (sent["version"], sent["released_on"]) == ("1", "2021-01-27")
    assert the_entry(world).revision == 1
