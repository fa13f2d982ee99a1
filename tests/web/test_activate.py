"""GET and POST /activate/<token>"""

from datetime import timedelta

import pytest

from portal.actions import invitations
from portal.actions.accounts import send_reset
from portal.actions.invitations import NewAccount
from portal.domain.people import Role
from portal.storage.people import Login, User
from tests.cast import NOW, SCHOOL
from tests.letters import SITE, letters, token_in

CHOSEN = "нова дълга парола"


@pytest.fixture
def address(world):
    new = NewAccount(Role.DIRECTOR, "new@example.org", "Нов Директор", SCHOOL)
    _, token = invitations.invite(world.oleg, new, site=SITE, now=NOW)
    return f"/activate/{token}"


def test_shows_whose_account_it_is_and_uses_nothing_up(client, address):
    for _ in range(2):  # a mail filter opens links before the person does
        page = client.get(address).page
        assert "39. СУ „Отец Паисий“" in page.text(".facts")
        assert page.one("#password").get("autocomplete") == "new-password"


def test_takes_the_password_and_lets_in(client, address):
    answer = client.send(address, password=CHOSEN, confirm=CHOSEN)

    assert (answer.status_code, answer.location) == (303, "/")
    assert Login.get().user.email == "new@example.org"
    page = client.get("/account").page
    assert "Нов Директор" in page.text(".facts")
    assert "Достъпът ви е активиран." in page.text("main")


def test_shows_each_rule_beside_its_field(client, address):
    answer = client.send(address, password="кратка", confirm="друга")

    assert answer.status_code == 422
    assert "поне 12 знака" in answer.page.text("#password-error")
    assert "се различават" in answer.page.text("#confirm-error")
    assert len(answer.page.all(".error-summary a")) == 2
    assert "кратка" not in answer.text


def test_says_that_it_was_used(client, address):
    client.send(address, password=CHOSEN, confirm=CHOSEN)
    for answer in (client.get(address), client.http.post(address)):
        assert answer.status_code in (400, 409)
    answer = client.get(address)
    assert answer.status_code == 409
    assert "вече е използван" in answer.page.text("main")


def test_says_that_it_is_over(client, address):
    answer = client.at(NOW + timedelta(days=8)).get(address)
    assert answer.status_code == 409
    assert "Поискайте нова покана от ЦИОО." in answer.page.text("main")


def test_says_so_when_it_ends_between_reading_and_sending(client, address):
    client.get(address)
    answer = client.at(NOW + timedelta(days=8)).send(address, password=CHOSEN, confirm=CHOSEN)
    assert answer.status_code == 409
    assert Login.select().count() == 0


@pytest.mark.parametrize("token", ["n" * 43, "x"])
def test_knows_no_invented_address(client, token):
    answer = client.get(f"/activate/{token}")
    assert answer.status_code == 404
    assert "Тази връзка не отваря нищо" in answer.page.text("main")


def test_asks_for_a_name_only_where_there_is_none(client, world, address):
    assert not client.get(address).page.has("#name")
    _, token = invitations.invite(None, NewAccount(Role.OPERATOR, "o@example.org"), site=SITE, now=NOW)
    nameless = f"/activate/{token}"
    assert client.get(nameless).page.one("#name").get("value") == "o@example.org"
    client.send(nameless, name="Оля Петкова", password=CHOSEN, confirm=CHOSEN)
    assert User.get(User.email == "o@example.org").name == "Оля Петкова"


def test_says_what_a_new_password_changes(client, world):
    send_reset(world.oleg, world.ana.user_id, site=SITE, now=NOW)
    address = f"/activate/{token_in(letters('password_reset')[0])}"
    assert "нов ключ за подписване" in client.get(address).page.text("main")
    assert client.send(address, password=CHOSEN, confirm=CHOSEN).status_code == 303


def test_ends_the_login_that_the_browser_had(client, world, address):
    client.sign_in(world.boris).send(address, password=CHOSEN, confirm=CHOSEN)
    assert [login.user.email for login in Login.select()] == ["new@example.org"]
