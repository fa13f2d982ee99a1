"""/delegates/: naming, changing and revoking, for the director."""

import pytest

from portal.actions.people.invitations import TAKEN
from portal.actions.register.keys.session import lock
from portal.storage.tables.people import Delegation, Login
from portal.storage.tables.register import Collection, Grant
from tests.actions.register.keys.keepers import swap_key
from tests.actions.register.unlocked import entered, keep, session_of, unlock
from tests.cast import NOW, PASSWORD, add_record
from tests.mail.letters import readers
from tests.page import Client

NINA = {
    "name": "Нина Тодорова",
    "email": "nina@example.org",
    "scopes": ["decide", "sign"],
    "order_number": "РД-20/28.01.2021",
    "until": "2021-03-31",
}


@pytest.fixture
def director(client, world):
    return client.sign_in(world.ana)


@pytest.fixture
def address(world):
    """Дора's authorisation."""
    return f"/delegates/{Delegation.get().id}"


@pytest.mark.parametrize("who", ["dora", "nora", "oleg"])
def test_is_the_directors_alone(client, world, who, address):
    client.sign_in(getattr(world, who))
    for answer in (client.get("/delegates/"), client.get(address), client.send("/delegates/", **NINA),
                   client.send(address, **NINA), client.send(f"{address}/revoke")):  # fmt: skip
        assert answer.status_code == 403
    assert Delegation.get().revoked_at is None


def test_lists_who_may_do_what_and_until_when(director):
    card = director.get("/delegates/").page.text("section.card")
    for words in ("Дора Илиева", "подготвя решенията", "РД-15/12.01.2021", "30.06.2021 г. включително"):
        assert words in card


def test_hides_the_delegates_of_other_schools(client, world, address):
    client.sign_in(world.boris)
    assert "Дора" not in client.get("/delegates/").text
    assert client.get(address).status_code == 404
    assert client.send(address, **NINA).status_code == 404
    assert client.send(f"{address}/revoke").status_code == 404


@pytest.mark.parametrize("until", ["2021-03-31", "31.03.2021", "31.3.2021 г."])
def test_names_a_delegate(director, until):
    answer = director.send("/delegates/", **{**NINA, "until": until})

    assert (answer.status_code, answer.location) == (303, "/delegates/")
    row = Delegation.select().order_by(Delegation.id.desc()).get()
    assert (row.user.name, row.scopes, row.until.isoformat()) == (
        "Нина Тодорова",
        "decide,sign",
        "2021-03-31",
    )
    assert readers("invitation") == ["nina@example.org"]
    assert "още не е активирал" in director.get("/delegates/").page.text("main")


def test_offers_the_register_too(director):
    boxes = director.get("/delegates/").page.all('[name="scopes"]')
    assert [box.get("value") for box in boxes] == ["decide", "sign", "quarantine"]
    assert director.send("/delegates/", **{**NINA, "scopes": ["quarantine"]}).status_code == 303


def test_shows_each_rule_beside_its_field_and_keeps_what_was_typed(director):
    answer = director.send(
        "/delegates/", name="", email="nina", scopes=["sign"], order_number="", until="утре"
    )
    assert answer.status_code == 422
    for field in ("name", "email", "order_number", "until"):
        assert answer.page.text(f"#{field}-error")
    errors = [link.get("href") for link in answer.page.all(".error-summary a")]
    assert errors == ["#name", "#email", "#order_number", "#until"]  # as they stand on the page
    assert answer.page.one("#until").get("value") == "утре"
    assert answer.page.one('[name="scopes"][value="sign"]').get("checked") is not None


def test_reveals_nothing_about_others(director):
    answer = director.send("/delegates/", **{**NINA, "email": "boris@example.org"})
    assert answer.status_code == 422
    assert answer.page.text("#email-error") == TAKEN


def test_changes_the_terms(director, address):
    page = director.get(address).page
    assert page.one("#order_number").get("value") == "РД-15/12.01.2021"
    answer = director.send(address, scopes=["sign"], order_number="РД-21", until="2021-02-28")
    assert answer.status_code == 303
    old, new = Delegation.select().order_by(Delegation.id)
    assert (old.revoked_at, new.scopes, new.order_number) == (NOW, "sign", "РД-21")


def test_a_change_needs_good_terms(director, address):
    answer = director.send(address, scopes=[], order_number="РД-21", until="2020-02-28")
    assert answer.status_code == 422
    assert answer.page.text("#scopes-error")
    assert answer.page.text("#until-error")


def test_a_year_that_no_calendar_has_is_no_date(director, address):
    answer = director.send(address, scopes=["sign"], order_number="РД-21", until=f"1.1.{'9' * 20}")
    assert answer.status_code == 422
    assert answer.page.text("#until-error")


def test_revokes_at_once(app, config, world, director, address):
    dora = Client(app, config).sign_in(world.dora)
    assert director.send(f"{address}/revoke").status_code == 303
    assert dora.get("/account").status_code == 303  # she is out, at once
    assert [login.user_id for login in Login.select()] == [world.ana.user_id]
    assert director.send(f"{address}/revoke").status_code == 303
    assert readers() == ["dora@example.org"]
    assert "оттеглено на 28.01.2021" in director.get("/delegates/").page.text("main")


def test_too_late_to_change_what_was_revoked(director, address):
    director.send(f"{address}/revoke")
    assert not director.get(address).page.has("#order_number")
    answer = director.send(address, scopes=["sign"], order_number="РД-21", until="2021-02-28")
    assert answer.status_code == 409
    assert "вече е оттеглено" in answer.page.text(".is-wrong")


def test_after_it_the_delegate_sees_only_that_it_ended(client, world, director, address):
    director.send(f"{address}/revoke")
    client.sign_in(world.dora)
    assert "оттеглено" in client.get("/").page.text("main")
    assert client.get("/confirmations/2020-12").status_code == 403


KEEPS = {"scopes": ["decide", "quarantine"], "order_number": "РД-21", "until": "2021-06-30"}


def key_of(client):
    return client.get("/delegates/").page.text("section.card .tag.is-done, section.card .tag.is-waiting")


@pytest.fixture
def keeper(client, world):
    """Ана, with the register open and Калина in it."""
    entered(world.ana)
    return keep(client, world.ana)


def test_whoever_is_named_for_the_register_gets_its_key_at_once(keeper, address):
    assert keeper.send(address, **KEEPS).status_code == 303
    assert key_of(keeper) == "има ключа на регистъра"


def test_a_key_that_waits_is_given_with_one_button(keeper, world, address):
    lock(session_of(keeper.token))
    keeper.send(address, **KEEPS)
    assert key_of(keeper) == "чака ключ"
    unlock(world.ana, keeper.token)
    form = keeper.get("/delegates/").page.one("form[action^='/quarantine/holders/']")
    assert keeper.send(form.get("action"), back="delegates").location == "/delegates/"
    assert key_of(keeper) == "има ключа на регистъра"


def given_key(keeper, address):
    keeper.send(address, **KEEPS)
    return f"/delegates/{Delegation.get(Delegation.revoked_at.is_null()).id}"


def test_revoking_renews_the_key_without_a_word_while_the_register_is_open(keeper, address):
    now = given_key(keeper, address)
    assert not keeper.get(now).page.has("input[type=password]")
    keeper.send(f"{now}/revoke")
    assert Collection.get().epoch == 2
    assert "нов ключ" not in keeper.get("/delegates/").page.text("main")


def test_revoking_asks_for_the_password_in_the_same_form_when_it_is_locked(keeper, address):
    now = given_key(keeper, address)
    lock(session_of(keeper.token))
    field = keeper.get(now).page.one("input[type=password]")
    assert field.get("name") == "password"
    assert keeper.send(f"{now}/revoke", password=PASSWORD).status_code == 303
    assert (Collection.get().epoch, Collection.get().rotation_due_at) == (2, None)


def test_revoking_never_waits_for_the_password(keeper, address):
    now = given_key(keeper, address)
    lock(session_of(keeper.token))
    assert keeper.send(f"{now}/revoke").status_code == 303
    assert Delegation.select().where(Delegation.revoked_at.is_null()).count() == 0
    assert "още не е подновен" in keeper.get("/delegates/").page.text("main")
    assert Grant.select().where(Grant.scope == "quarantine").count() == 0


def test_a_wrong_password_revokes_nothing_and_says_how_to_go_on(keeper, address):
    now = given_key(keeper, address)
    lock(session_of(keeper.token))
    answer = keeper.send(f"{now}/revoke", password="съвсем друга парола")
    assert answer.status_code == 422
    assert "оставете полето празно" in answer.page.text(".is-wrong")
    assert Delegation.select().where(Delegation.revoked_at.is_null()).count() == 1
    assert keeper.send(f"{now}/revoke").status_code == 303


def test_too_many_wrong_passwords_do_not_hold_up_a_revocation(keeper, address):
    now = given_key(keeper, address)
    lock(session_of(keeper.token))
    answers = [keeper.send(f"{now}/revoke", password=f"грешна парола {n}").status_code for n in range(8)]
    assert answers[0] == 422
    assert 303 in answers
    assert Delegation.select().where(Delegation.revoked_at.is_null()).count() == 0


def test_shows_what_each_delegate_did_lately(client, world):
    record = add_record()
    client.sign_in(world.dora)
    for version in range(3):
        client.send(f"/confirmations/2020-12/records/{record.id}", decision="confirmed", version=version)
        client.send(f"/confirmations/2020-12/records/{record.id}", decision="pending", version=version + 1)
    page = client.sign_in(world.ana).get("/delegates/").page
    deeds = [item.text_content() for item in page.all("section.card details li")]
    assert len(deeds) == 3
    assert all("върна за преглед: запис" in deed for deed in deeds)
    assert record.family not in " ".join(deeds)


def test_a_swapped_key_is_told_and_stops_the_naming(keeper, world, address):
    swap_key(world.dora.user_id)
    answer = keeper.send(address, **KEEPS)
    assert answer.status_code == 409
    assert "Публичният ключ на Дора Илиева" in answer.page.text(".is-wrong")
    assert Delegation.get(Delegation.revoked_at.is_null()).scopes == "decide"
