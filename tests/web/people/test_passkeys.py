"""/account/two-factor/keys, and /login/key."""

import dataclasses
import json

import pytest

from portal.domain.keys.second_factor import STEP_LASTS
from portal.storage.tables.people import Login
from portal.storage.tables.second_factor import Passkey
from tests.actions.people.factor import code, with_factor
from tests.actions.people.keys import Key
from tests.cast import NOW, PASSWORD

PAGE = "/account/two-factor"
KEYS = f"{PAGE}/keys"


@pytest.fixture
def ana(client, world):
    with_factor(world.ana)
    return client.sign_in(world.ana)


@pytest.fixture
def key() -> Key:
    return Key()


def begin(client, *, name="Ключ <в сейфа>", steps=0, **typed):
    return client.send(
        f"{KEYS}/start", **({"name": name, "password": PASSWORD, "code": code(steps=steps)} | typed)
    )


def add(client, key, **typed):
    page = begin(client, **typed).page
    form = page.one("[data-passkey=create]")
    return client.send(form.get("action"), **page.fields(form) | {"key": key.made(form.get("data-options"))})


def give_password(client, **more):
    """Without a login, to the page that asks for the code."""
    client.sign_out()
    client.http.delete_cookie("device", domain="localhost")
    client.send("/login", email="ana@example.org", password=PASSWORD, **more)
    return client.get("/login").page


def options(client) -> str:
    return client.send("/login/key/options").text


def is_in(client) -> bool:
    cookie = client.http.get_cookie("session", domain="localhost")
    client.token = cookie.value if cookie else ""
    return client.get("/account").status_code == 200


class TestAccount:
    def test_a_key_is_added_and_removed(self, ana, key):
        answer = add(ana, key)
        assert (answer.status_code, answer.location) == (303, f"{PAGE}#keys")
        page = ana.get(PAGE).page
        assert page.text("table.stacks tbody th") == "Ключ <в сейфа>"
        assert "още не" in page.text("table.stacks")

        ana.send(page.one("table.stacks form").get("action"))

        assert not ana.get(PAGE).page.has("table.stacks")
        assert Passkey.select().count() == 0

    def test_is_not_offered_before_the_codes(self, client, world):
        page = client.sign_in(world.ana).get(PAGE).page
        assert not page.has("#keys")
        assert begin(client).status_code == 409

    def test_is_not_offered_where_browsers_know_none(self, client, world, app):
        portal = app.extensions["portal"]
        config = dataclasses.replace(portal.config, base_url="http://127.0.0.1:8000")
        app.extensions["portal"] = dataclasses.replace(portal, config=config)
        with_factor(world.ana)
        page = client.sign_in(world.ana).get(PAGE).page
        assert not page.has("#key-name")
        assert "адресът трябва да е име" in page.text("main")
        assert begin(client).status_code == 409

    @pytest.mark.parametrize(
        ("typed", "at"),
        [({"name": " "}, "name"), ({"password": "не е"}, "password"), ({"code": "000000"}, "code")],
    )
    def test_what_is_wrong_stands_beside_its_field(self, ana, typed, at):
        answer = begin(ana, **typed)
        assert answer.status_code == 422
        page = answer.page
        assert page.has(f"#key-{at}-error")
        assert page.one(".error-summary a").get("href") == f"#key-{at}"
        assert page.one("#key-password").get("value") is None

    @pytest.mark.parametrize("sent", ["", "{}", "[" * 5000, "\x00", '{"rawId": "' + "A" * 50_000 + '"}'])
    def test_what_is_no_key_is_told(self, ana, sent):
        begin(ana)
        answer = ana.send(KEYS, name="x", key=sent)
        assert answer.status_code == 409
        assert "Ключът не беше добавен" in answer.page.text(".notice.is-wrong")
        assert Passkey.select().count() == 0

    def test_nothing_of_it_is_kept_by_browsers(self, ana):
        answer = begin(ana)
        assert answer.headers["Cache-Control"] == "no-store"
        assert "unsafe" not in answer.headers["Content-Security-Policy"]

    def test_a_number_that_is_nobodys_is_nothing(self, ana):
        assert ana.send(f"{KEYS}/7/remove").status_code == 303


class TestLogin:
    def test_the_key_leads_where_the_code_would(self, ana, key):
        add(ana, key)
        Login.delete().execute()
        page = give_password(ana)
        form = page.one("[data-passkey=get]")
        assert form.get("hidden") is not None  # a script shows it
        assert page.has("#code")
        answer = ana.send(form.get("action"), key=key.used(options(ana)), next="/account")
        assert (answer.status_code, answer.location) == (303, "/account")
        assert is_in(ana)

    def test_who_has_none_gets_no_script(self, ana):
        page = give_password(ana)
        assert not page.has("[data-passkey]")
        assert "passkey" not in page.text("body")
        answer = ana.send("/login/key/options")
        assert answer.status_code == 409
        assert "няма ключ" in json.loads(answer.text)["sentence"]

    def test_a_wrong_one_is_told_beside_the_code(self, ana, key):
        add(ana, key)
        give_password(ana)
        answer = ana.send("/login/key", key=Key(key.credential_id).used(options(ana)))
        assert answer.status_code == 422
        assert "не е някой от вашите ключове" in answer.page.text(".error-summary")
        assert not is_in(ana)

    def test_an_answer_that_was_used_is_told_and_the_code_is_asked(self, ana, key):
        add(ana, key)
        give_password(ana)
        answer = ana.send("/login/key", key="{}")
        assert answer.status_code == 409
        assert "отговорът му вече е използван" in answer.page.text(".notice.is-wrong")
        assert answer.page.has("#code")

    def test_when_the_time_is_over_it_begins_anew(self, ana, key):
        add(ana, key)
        give_password(ana)
        sent = key.used(options(ana))
        ana.at(NOW + STEP_LASTS)
        answer = ana.send("/login/key", key=sent)
        assert answer.status_code == 409
        assert answer.page.has("#password")

    def test_a_foreign_next_leads_to_the_first_page(self, ana, key):
        add(ana, key)
        give_password(ana)
        answer = ana.send("/login/key", key=key.used(options(ana)), next="https://example.org/")
        assert answer.location == "/"

    @pytest.mark.parametrize("address", ["/login/key", "/login/key/options"])
    def test_without_the_password_there_is_nothing(self, client, world, address):
        assert client.send(address, key="{}").status_code == 409
