"""POST /quarantine/entries/<id>/strike"""

import pytest

from portal.actions.register.keys.session import lock
from portal.domain.people import Scope
from portal.storage.tables.register import Entry
from tests.actions.register.unlocked import draft, entered, keep, kept, session_of, teacher
from tests.cast import PASSWORD

WHY = "Вписано е друго дете."


@pytest.fixture
def ids(world):
    return entered(world.ana, draft(), teacher())


@pytest.fixture
def address(ids):
    return f"/quarantine/entries/{ids[0]}"


@pytest.fixture
def ana(client, world, ids):
    return keep(client, world.ana)


def struck(world):
    return [row.entry.struck_out for row in kept(world.ana) if row.entry.is_struck_out]


@pytest.mark.parametrize("htmx", [True, False])
def test_strikes_it_out_and_says_who_when_and_why(ana, world, ids, address, htmx):
    before = ana.get("/quarantine/").page
    assert before.text(".part caption") == "Под карантина", "how many, the bar says"
    answer = ana.send(f"{address}/strike", htmx=htmx, revision="1", why=WHY)

    if htmx:
        assert answer.status_code == 200
        page = answer.page
        assert "0 деца и 1 от персонала" in page.text("#counts")
    else:
        assert (answer.status_code, answer.location) == (303, f"/quarantine/#entry-{ids[0]}")
        page = ana.get("/quarantine/").page
        assert page.has(f"details.struck #entry-{ids[0]}.is-struck")
    assert struck(world) == [WHY]
    row = page.text(f"#entry-{ids[0]}")
    assert "Зачеркнат на 28.01.2021 г., 10:00 ч., Ана Янева: Вписано е друго дете." in row
    assert not page.has(f"#entry-{ids[0]} button")


def test_what_was_struck_out_opens_to_be_read_alone(ana, ids, address):
    ana.send(f"{address}/strike", revision="1", why=WHY)
    page = ana.get(address).page

    assert page.has(f"details.struck[open] #entry-{ids[0]} details.history[open]")
    assert "Зачеркнат запис: няма → Вписано е друго дете." in page.text(f"#entry-{ids[0]}")
    assert not page.has(f"#entry-{ids[0]} form")


def test_is_offered_where_everything_is_corrected(ana, address, ids):
    page = ana.get(address).page
    sent = page.fields(page.one(f'form[action="{address}/strike"]'))
    assert (sent["revision"], sent["why"]) == ("1", "")


def test_can_be_looked_for(ana, ids, address):
    ana.send(f"{address}/strike", revision="1", why=WHY)
    page = ana.send("/quarantine/search", standing="struck").page
    assert [row.get("id") for row in page.all("tr[data-record]")] == [f"entry-{ids[0]}"]


@pytest.mark.parametrize("htmx", [True, False])
def test_without_a_reason_says_so_beside_it(ana, world, ids, address, htmx):
    answer = ana.send(f"{address}/strike", htmx=htmx, revision="1", why=" ")

    assert answer.status_code == 422
    assert answer.page.text(f"#why-{ids[0]}-error").startswith("Напишете защо се зачерква")
    assert answer.page.one(f"#first_name-{ids[0]}").get("value") == "Калина"
    if not htmx:
        assert answer.page.one(".error-summary a").get("href") == f"#why-{ids[0]}"
    assert struck(world) == []


@pytest.mark.parametrize("htmx", [True, False])
def test_what_another_changed_meanwhile_is_shown_as_it_is_now(ana, ids, address, htmx):
    ana.send(address, version="1", note="Бележка.")
    answer = ana.send(f"{address}/strike", htmx=htmx, revision="1", why=WHY)

    assert answer.status_code == 409
    assert "Междувременно друг е променил" in answer.page.text(f"#entry-{ids[0]} .record-says")
    assert answer.page.one(f"#why-{ids[0]}").get("value") == WHY


@pytest.mark.parametrize("htmx", [True, False])
def test_pressed_twice_it_says_that_it_is_done(ana, ids, address, htmx):
    ana.send(f"{address}/strike", revision="1", why=WHY)
    answer = ana.send(f"{address}/strike", htmx=htmx, revision="1", why=WHY)
    assert answer.status_code == 409
    assert "Записът вече е зачеркнат." in answer.page.text(f"#entry-{ids[0]}")


@pytest.mark.parametrize("revision", ["", "x", "9" * 30])
def test_takes_no_row_that_was_not_loaded(ana, world, address, revision):
    assert ana.send(f"{address}/strike", revision=revision, why=WHY).status_code == 422
    assert struck(world) == []


def test_a_locked_register_asks_for_the_password_and_keeps_the_reason(ana, world, ids, address):
    lock(session_of(ana.token))
    asked = ana.send(f"{address}/strike", revision="1", why=WHY)
    assert asked.status_code == 409
    form = asked.page.one(f'form[action="{address}/strike"]')
    sent = {name: value for name, value in asked.page.fields(form).items() if name in ("revision", "why")}
    assert sent == {"revision": "1", "why": WHY}

    assert ana.send(f"{address}/strike", **sent, **{"unlock-password": PASSWORD}).status_code == 303
    assert struck(world) == [WHY]


def test_the_reason_stands_in_no_address_cookie_or_log(ana, address, caplog):
    caplog.set_level("DEBUG")
    answer = ana.send(f"{address}/strike", revision="1", why=WHY)
    told = answer.location + caplog.text + str(answer.headers.getlist("Set-Cookie"))
    for word in ("друго", "Калина", "%D0"):
        assert word not in told


def test_is_for_those_who_keep_the_register(client, world, ids, address):
    sent = {"revision": "1", "why": WHY}
    for person in (world.nora, world.oleg, world.delegate(Scope.DECIDE, Scope.SIGN)):
        assert client.sign_in(person).send(f"{address}/strike", **sent).status_code == 403
    assert keep(client, world.boris).send(f"{address}/strike", **sent).status_code == 404
    assert {row.revision for row in Entry.select()} == {1}


def test_a_delegate_of_the_register_strikes_out_under_their_own_name(client, world):
    dora = world.delegate(Scope.REGISTER)
    (entry_id,) = entered(world.ana, draft())
    keep(client, dora).send(f"/quarantine/entries/{entry_id}/strike", revision="1", why=WHY)
    (row,) = kept(world.ana)
    assert (row.entry.by, row.entry.struck_out) == ("Дора Илиева", WHY)
