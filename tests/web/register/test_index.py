"""GET /quarantine/"""

from dataclasses import replace
from datetime import date, timedelta

import pytest

from portal.domain.people import Scope
from portal.storage.tables.audit import AuditEntry
from portal.storage.tables.people import Login
from portal.storage.tables.register import Entry, Envelope, Grant
from tests.actions.register.unlocked import draft, entered, keep, teacher, unlock
from tests.cast import (
    NOW,
    change_delegations,
)
from tests.domain.invented import OTHER_EGN

ADDRESS = "/quarantine/"
TODAY = NOW.date()
IVAN = {"first_name": "Иван", "last_name": "Драгиев", "id_number": OTHER_EGN}


@pytest.fixture
def dora(world):
    return world.delegate(Scope.REGISTER)


@pytest.fixture
def ids(world, dora):
    """Калина under quarantine, Иван due today, a teacher released."""
    return entered(
        world.ana,
        draft(),
        draft(**IVAN, planned_until=TODAY, class_name="7Б"),
        teacher(released_on=TODAY - timedelta(days=1)),
    )


def opened():
    return [entry.who for entry in AuditEntry.select().where(AuditEntry.what == "register_opened")]


# ---- Before the first entry


def test_sends_the_director_to_make_the_envelope_first(client, world):
    page = client.sign_in(world.ana).get(ADDRESS).page
    assert page.has('a[href="/quarantine/envelope"]')
    assert not page.has('form[action="/quarantine/entries"]')


def test_tells_a_delegate_that_the_director_makes_the_envelope(client, world, dora):
    page = client.sign_in(dora).get(ADDRESS).page
    assert "директорът отпечатва плик" in page.text("main")
    assert not page.has('a[href="/quarantine/envelope"]')


def test_who_has_nobody_needs_no_envelope(client, world):
    page = client.sign_in(world.ana).get(ADDRESS).page
    assert page.has('main a[href="/quarantine/2020-12"]')


def test_with_the_envelope_there_is_the_form_to_enter_a_person(client, world):
    page = keep(client, world.ana).get(ADDRESS).page
    form = page.one('form[action="/quarantine/entries"]')
    assert {"person", "first_name", "id_type", "placed_on", "released_on", "note"} <= set(form.inputs.keys())
    assert "Днес няма лица под карантина." in page.text("#counts")


# ---- Locked, or without a key


def test_asks_for_the_password_while_it_is_locked(client, world, ids):
    answer = client.sign_in(world.ana).get(ADDRESS)
    form = answer.page.one('form[action="/quarantine/unlock"]')
    assert answer.status_code == 200
    assert form.inputs["password"].type == "password"
    assert "reason" not in form.inputs.keys()  # noqa: SIM118 – inputs is no dict
    assert "Калина" not in answer.text


def test_locks_itself_after_ten_minutes(client, world, ids):
    keep(client, world.ana)
    assert "Калина" in client.get(ADDRESS).text
    client.at(NOW + timedelta(minutes=10))
    assert "Калина" not in client.get(ADDRESS).text


def test_each_look_gives_ten_minutes_more(client, world, ids):
    keep(client, world.ana)
    for minutes in (0, 8, 16, 24):
        client.at(NOW + timedelta(minutes=minutes))
        page = client.get(ADDRESS).page
        assert page.text("#unlocked strong") == f"10:{minutes + 10} ч."


def test_a_part_of_a_locked_page_takes_the_whole_page_with_it(client, world, ids):
    answer = client.sign_in(world.ana).get(ADDRESS, htmx=True)
    assert answer.headers["HX-Retarget"] == "#main"
    assert answer.page.has('form[action="/quarantine/unlock"]')


def test_shows_the_way_in_to_who_has_no_key(client, world, ids):
    Grant.delete().where(Grant.holder == f"user:{world.ana.user_id}").execute()
    answer = keep(client, world.ana).get(ADDRESS)
    assert answer.status_code == 200
    assert answer.page.text("h1") == "Регистърът не се отваря с вашия достъп"
    assert answer.page.has('a[href="/quarantine/keys"]')
    assert "Калина" not in answer.text
    assert opened() == []


def test_an_old_register_without_a_key_hides_no_new_one(client, world, ids):
    september = NOW.replace(month=9, day=3, year=2021)
    client.at(september)
    entered(
        world.ana, draft(placed_on=date(2021, 9, 1), planned_until=date(2021, 9, 9), **IVAN), now=september
    )
    old = Entry.get_by_id(ids[0]).collection
    Grant.delete().where(Grant.holder == f"user:{world.ana.user_id}", Grant.collection == old).execute()
    page = keep(client, world.ana).get(ADDRESS).page
    assert "Регистърът за учебната 2020/2021 година не се отваря с вашия достъп" in page.text("main")
    assert "Иван" in page.text("#list")


# ---- Who may


def test_other_offices_have_no_part_in_it(client, world, ids):
    for person in (world.nora, world.oleg):
        assert client.sign_in(person).get(ADDRESS).status_code == 403


def test_a_delegate_without_the_scope_has_no_part_in_it(client, world, ids):
    signer = world.delegate(Scope.DECIDE, Scope.SIGN)
    answer = keep(client, signer).get(ADDRESS)
    assert answer.status_code == 403
    assert not answer.page.has('nav a[href="/quarantine/"]')


def test_a_delegate_has_no_part_in_it_after_the_last_day(client, world, dora, ids):
    keep(client, dora)
    change_delegations(until=TODAY - timedelta(days=1))
    assert client.get(ADDRESS).status_code == 403


def test_the_neighbour_sees_only_his_own(client, world, ids):
    entered(world.boris, draft(**IVAN))
    page = keep(client, world.boris).get(ADDRESS).page
    assert len(page.all("tr[data-record]")) == 1
    assert "Калина" not in page.text("main")


# ---- Open


def test_shows_first_who_waits_for_an_answer_and_folds_the_released(client, world, ids):
    kalina, ivan, teacher_id = ids
    page = keep(client, world.ana).get(ADDRESS).page
    assert [row.get("id") for row in page.all("tr[data-record]")] == [
        f"entry-{ivan}",
        f"entry-{kalina}",
        f"entry-{teacher_id}",
    ]
    assert page.has(f"details.released #entry-{teacher_id}")
    assert "Изтича днес: освободено или удължена карантина?" in page.text(f"#entry-{ivan} .standing")
    assert page.text("#counts") == (
        "2 деца и 0 от персонала са под карантина днес. За решаване: 1 – освободено или удължена карантина?"
    )


def test_a_row_says_all_that_is_needed_and_masks_the_identifier(client, world, ids):
    answer = keep(client, world.ana).get(ADDRESS)
    row = answer.page.text(f"#entry-{ids[0]}")
    for word in ("Калина Петрова Иванова-Симеонова", "5А", "124*****04", "контактно лице", "25.01.2021"):
        assert word in row
    assert "1241012004" not in answer.text


def test_a_row_offers_only_what_can_be_done(client, world, ids):
    page = keep(client, world.ana).get(ADDRESS).page
    assert page.has(f"#entry-{ids[1]} button[name=released_on]")
    assert page.has(f"#entry-{ids[1]} details.extend")
    assert not page.has(f"#entry-{ids[2]} button[name=released_on]")
    assert not page.has(f"#entry-{ids[2]} details.extend")


def test_one_press_releases_on_the_planned_day_where_it_has_passed(client, world, ids):
    client.at(NOW + timedelta(days=2))
    button = keep(client, world.ana).get(ADDRESS).page.one(f"#entry-{ids[1]} button[name=released_on]")
    assert button.get("value") == TODAY.isoformat()
    assert " ".join(button.text_content().split()) == "Вписвам край на 28.01.2021 г."


def test_the_year_that_is_over_shows_only_what_is_not(client, world, ids):
    september = NOW.replace(month=9, day=3, year=2021)
    page = keep(client.at(september), world.ana).get(ADDRESS).page
    assert [row.get("id") for row in page.all("tr[data-record]")] == [f"entry-{ids[1]}", f"entry-{ids[0]}"]


def test_an_entry_that_does_not_open_says_so_in_its_row(client, world, ids):
    kalina, ivan, _ = ids
    sealed = bytearray(bytes(Entry.get_by_id(kalina).sealed))
    sealed[60] ^= 1
    Entry.update(sealed=bytes(sealed)).where(Entry.id == kalina).execute()

    answer = keep(client, world.ana).get(ADDRESS)
    assert answer.status_code == 200
    assert "записът не може да бъде отворен" in answer.page.text(f"#entry-{kalina}")
    assert "Иван" in answer.page.text(f"#entry-{ivan}")
    assert not answer.page.has(f"#entry-{kalina} form")


def test_a_register_that_is_not_whole_says_so_loudly(client, world, ids):
    keep(client, world.ana)
    assert "Регистърът не е цял" not in client.get(ADDRESS).text
    Entry.delete().where(Entry.id == ids[0]).execute()
    page = client.get(ADDRESS).page
    assert "Регистърът не е цял" in page.text(".notice.is-wrong")
    assert page.has(f"#entry-{ids[1]}")


def test_warns_where_there_is_no_envelope_any_more(client, world, ids):
    keep(client, world.ana)
    assert "Няма плик" not in client.get(ADDRESS).text
    Envelope.update(retired_at=NOW).execute()
    assert "Няма плик на институцията" in client.get(ADDRESS).page.text("main")


def test_nothing_of_it_is_kept_by_the_browser(client, world, ids):
    answer = keep(client, world.ana).get(ADDRESS)
    assert answer.headers["Cache-Control"] == "no-store"
    assert "Калина" not in answer.page.text("title")


# ---- The audit


def test_opening_is_told_once_for_ten_minutes(client, world, ids):
    keep(client, world.ana)
    for minutes in (0, 3, 9):
        client.at(NOW + timedelta(minutes=minutes)).get(ADDRESS)
    assert opened() == [world.ana.user_id]
    client.at(NOW + timedelta(minutes=11)).get(ADDRESS)
    assert opened() == [world.ana.user_id] * 2


def test_a_delegate_who_has_just_logged_in_says_why_first(client, world, dora, ids):
    """The login keeps the key, so no password is asked a second time."""
    client.sign_in(dora)
    unlock(dora, client.token)
    page = client.get(ADDRESS).page
    form = page.one('form[action="/quarantine/unlock"]')
    assert set(form.inputs.keys()) == {"csrf_token", "next", "reason"}
    assert "Калина" not in page.text("main")

    answer = client.send("/quarantine/unlock", reason="Обаждане от РЗИ.")
    assert (answer.status_code, answer.location) == (303, ADDRESS)
    assert "Калина" in client.get(ADDRESS).text
    assert opened() == [dora.user_id]


def test_a_new_login_of_a_delegate_says_why_again(client, world, dora, ids):
    keep(client, dora)
    assert "Калина" in client.get(ADDRESS).text
    client.at(NOW + timedelta(minutes=1)).sign_in(replace(dora))
    unlock(dora, client.token, now=client.now)
    assert client.get(ADDRESS).page.has("input[name=reason]")
    assert Login.select().where(Login.user == dora.user_id).count() == 2
