"""GET and POST /activate/<token>"""

from dataclasses import replace
from datetime import date, timedelta

import pytest

from portal.actions.people import invitations
from portal.actions.people.accounts import send_reset
from portal.actions.people.delegations import Appointment, name_delegate
from portal.actions.people.egn import is_owner
from portal.actions.people.invitations import NewAccount
from portal.app import create_app
from portal.domain.delegations import Terms
from portal.domain.people import Role, Scope
from portal.storage.tables.people import Login, User
from tests.cast import EGNS, NOW, SCHOOL, SITE
from tests.mail.letters import letters, token_in
from tests.page import Client

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


@pytest.mark.parametrize(
    "easy", ["парола123456", "director-1oy-2026", "Отец Паисий 2026", "нов.директор.2026"]
)
def test_says_beside_the_field_why_a_password_is_easy_to_guess(client, world, address, easy):
    """For a new account as for a new password."""
    send_reset(world.oleg, world.ana.user_id, site=SITE, now=NOW)
    renewal = f"/activate/{token_in(letters('password_reset')[0])}"
    for page, password in ((address, easy), (renewal, easy.replace("нов.директор", "ана янева"))):
        answer = client.send(page, password=password, confirm=password)
        assert answer.status_code == 422
        assert "се отгатва лесно: състои се от" in answer.page.text("#password-error")
        assert "четири думи" in answer.page.text(".error-summary")
        assert password not in answer.text


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


# The ЕГН, where signatures by КЕП count


@pytest.fixture
def counting(config, world, app):
    """A browser of a portal where these kinds of signature count."""

    def portal(*kinds: str) -> Client:
        counted = replace(config, signatures=frozenset(kinds))
        return Client(create_app(counted), counted)

    return portal


def delegates_address(world, *scopes: Scope) -> str:
    terms = Terms(frozenset(scopes), "РД-20", date(2021, 6, 30))
    name_delegate(world.ana, Appointment("new@example.org", "Нов Човек", terms), site=SITE, now=NOW)
    return f"/activate/{token_in(letters('invitation')[-1])}"


def new_user() -> User:
    return User.get(User.email == "new@example.org")


def open_with(client, address, egn, password=CHOSEN):
    return client.send(address, password=password, confirm=password, egn=egn)


def test_asks_for_no_egn_where_only_passwords_count(client, address):
    assert not client.get(address).page.has("#egn")
    assert open_with(client, address, EGNS[0]).status_code == 303
    assert new_user().egn_hash is None


@pytest.mark.parametrize(("kinds", "optional"), [(("password", "qualified"), True), (("qualified",), False)])
def test_asks_a_director_for_the_egn(counting, address, kinds, optional):
    page = counting(*kinds).get(address).page
    label = page.text("label[for=egn]")
    assert ("по желание" in label) is optional
    assert "само като отпечатък" in page.text("#egn-hint")
    assert page.one("#egn").get("autocomplete") == "off"


@pytest.mark.parametrize(
    ("scopes", "optional"), [((Scope.SIGN, Scope.DECIDE), False), ((Scope.DECIDE,), True)]
)
def test_asks_a_delegate_who_may_sign(counting, world, scopes, optional):
    page = counting("qualified").get(delegates_address(world, *scopes)).page
    assert ("по желание" in page.text("label[for=egn]")) is optional


@pytest.mark.parametrize("new", [
    NewAccount(Role.RUO, "new@example.org", "Нов Човек", region=22),
    NewAccount(Role.OPERATOR, "new@example.org", "Нов Човек"),
])  # fmt: skip
def test_asks_nobody_else(counting, world, new):
    _, token = invitations.invite(None, new, site=SITE, now=NOW)
    client = counting("qualified")
    assert not client.get(f"/activate/{token}").page.has("#egn")
    assert open_with(client, f"/activate/{token}", EGNS[0]).status_code == 303
    assert new_user().egn_hash is None


def test_keeps_only_the_hash_of_it(counting, address):
    client = counting("password", "qualified")
    answer = open_with(client, address, f"  {EGNS[0]} ")

    assert (answer.status_code, answer.location) == (303, "/")
    assert is_owner(new_user(), EGNS[0], site=SITE)
    assert EGNS[0] not in str(answer.headers)
    for page in ("/", "/account"):
        assert EGNS[0] not in client.get(page).text


def test_keeps_the_number_of_a_foreigner_as_such(counting, address):
    client = counting("password", "qualified")
    refused = client.send(address, password=CHOSEN, confirm=CHOSEN, egn="7000001233")
    assert refused.status_code == 422
    assert "Прилича на ЛНЧ: отбележете го" in refused.page.text("#egn-error")

    answer = client.send(address, password=CHOSEN, confirm=CHOSEN, egn="7000001233", lnch="yes")
    assert (answer.status_code, answer.location) == (303, "/")
    assert is_owner(new_user(), "PI:BG-7000001233", site=SITE)
    assert not is_owner(new_user(), "7000001233", site=SITE)


def test_remembers_the_mark_of_a_foreigner(counting, address):
    answer = counting("password", "qualified").send(
        address, password=CHOSEN, confirm="друга", egn="7000001233", lnch="yes"
    )
    assert answer.page.one("#lnch").get("checked") is not None


def test_takes_a_director_without_one_where_passwords_count_too(counting, address):
    assert open_with(counting("password", "qualified"), address, "").status_code == 303
    assert new_user().egn_hash is None


def test_says_what_is_wrong_with_it_and_keeps_what_was_typed(counting, address):
    client = counting("qualified")
    answer = open_with(client, address, "", password="кратка")
    assert answer.status_code == 422
    assert answer.page.text("#egn-error") == "Напишете ЕГН: десет цифри."
    assert "поне 12 знака" in answer.page.text("#password-error")

    answer = open_with(client, address, "1351210629")
    assert answer.status_code == 422
    assert answer.page.one("#egn").get("value") == "1351210629"
    assert CHOSEN not in answer.text
    assert not new_user().is_active


def test_a_new_password_asks_for_no_egn(counting, world):
    send_reset(world.oleg, world.ana.user_id, site=SITE, now=NOW)
    address = f"/activate/{token_in(letters('password_reset')[0])}"
    client = counting("qualified")
    assert not client.get(address).page.has("#egn")
    assert open_with(client, address, EGNS[0]).status_code == 303
    assert User.get_by_id(world.ana.user_id).egn_hash is None
