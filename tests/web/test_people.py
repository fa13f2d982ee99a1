"""/people/: accounts, for the operator."""

import pytest

from portal.actions import invitations
from portal.actions.invitations import NewAccount
from portal.domain.people import Role
from portal.storage.people import OutboxMessage, User
from tests.cast import NOW, SCHOOL
from tests.letters import SITE, letters, readers


def names(page):
    return [link.text for link in page.all("#people th a")]


@pytest.fixture
def operator(client, world):
    return client.sign_in(world.oleg)


@pytest.fixture
def invited(world):
    new = NewAccount(Role.DIRECTOR, "new@example.org", "Нов Директор", SCHOOL)
    user, _ = invitations.invite(world.oleg, new, site=SITE, now=NOW)
    return user


@pytest.mark.parametrize("who", ["ana", "dora", "nora"])
@pytest.mark.parametrize("address", ["/people/", "/people/invite", "/people/1"])
def test_is_the_operators_alone(client, world, who, address):
    assert client.sign_in(getattr(world, who)).get(address).status_code == 403


def test_lists_everybody(operator):
    page = operator.get("/people/").page
    assert set(names(page)) == {
        "Ана Янева", "Борис Тодоров", "Вяра Колева", "Дора Илиева", "Нора Петрова", "Олег Минчев",
    }  # fmt: skip
    assert "Намерени: 6" in page.text("#people")


@pytest.mark.parametrize(
    ("fields", "found"),
    [
        ({"q": "АНА ПАИСИЙ"}, ["Ана Янева"]),
        ({"q": "2200004"}, ["Борис Тодоров"]),
        ({"q": "nora@"}, ["Нора Петрова"]),
        ({"role": "ruo"}, ["Нора Петрова"]),
        ({"state": "invited"}, ["Нов Директор"]),
        ({"q": "паисий", "role": "director", "state": "active"}, ["Ана Янева"]),
        ({"q": "няма такъв"}, []),
    ],
)
@pytest.mark.parametrize("htmx", [True, False])
def test_finds_people(operator, invited, fields, found, htmx):
    answer = operator.send("/people/search", htmx=htmx, **fields)
    assert names(answer.page) == found
    assert answer.page.is_whole is not htmx


def test_shows_the_first_of_very_many(operator):
    rows = [{"email": f"n{n}@example.org", "name": f"Човек {n:03}", "role": Role.OPERATOR, "invited_at": NOW}
            for n in range(250)]  # fmt: skip
    User.insert_many(rows).execute()
    page = operator.get("/people/").page
    assert len(names(page)) == 200
    assert "Показани са първите 200 от 256" in page.text("#people")


def test_invites_a_director(operator):
    answer = operator.send(
        "/people/invite", role="director", name="Нов Директор", email="new@example.org", institution=SCHOOL
    )
    user = User.get(User.email == "new@example.org")
    assert (answer.status_code, answer.location) == (303, f"/people/{user.id}")
    assert readers("invitation") == ["new@example.org"]
    page = operator.get(answer.location).page
    assert "Ана Янева" in page.text(".notice.is-warning")
    assert "/activate/" not in operator.get(answer.location).text  # nobody but the mailbox sees it


def test_invites_an_expert(operator):
    operator.send("/people/invite", role="ruo", name="Нов Експерт", email="new@example.org", region="22")
    assert User.get(User.email == "new@example.org").region == 22


def test_shows_each_rule_beside_its_field(operator):
    answer = operator.send("/people/invite", role="director", name="", email="ana", institution="1")
    assert answer.status_code == 422
    assert answer.page.text("#name-error")
    assert answer.page.text("#email-error")
    assert answer.page.text("#institution-error")
    assert answer.page.one("#email").get("value") == "ana"


@pytest.mark.parametrize(
    ("fields", "error"),
    [
        ({"role": "delegate"}, "#role-error"),
        ({"role": "ruo", "region": "99"}, "#region-error"),
        ({"role": "ruo", "region": "²"}, "#region-error"),
        ({"role": "ruo", "region": "9" * 5000}, "#region-error"),
        ({"role": "operator", "email": "ana@example.org"}, "#email-error"),
    ],
)
def test_refuses_what_the_form_does_not_offer(operator, fields, error):
    answer = operator.send("/people/invite", **{"name": "А", "email": "new@example.org", **fields})
    assert answer.status_code == 422
    assert answer.page.text(error)


def test_invites_again(operator, invited):
    answer = operator.send(f"/people/{invited.id}/invite")
    assert answer.status_code == 303
    assert len(letters("invitation")) == 2


def test_stops_and_lets_in_again(operator, world):
    page = f"/people/{world.ana.user_id}"
    assert operator.send(f"{page}/disable").status_code == 303
    assert "спрян" in operator.get(page).page.text(".tag")
    assert operator.send(f"{page}/reset").status_code == 409
    assert operator.send(f"{page}/enable").status_code == 303
    assert operator.send(f"{page}/reset").status_code == 303
    assert readers("password_reset") == ["ana@example.org"]


def test_says_why_not(operator, world):
    answer = operator.send(f"/people/{world.ana.user_id}/invite")
    assert answer.status_code == 409
    assert "вече е активиран" in answer.page.text(".is-wrong")
    assert operator.send(f"/people/{world.oleg.user_id}/disable").status_code == 409


def test_a_deed_is_not_done_by_others(client, world):
    for deed in ("invite", "reset", "disable", "enable"):
        answer = client.sign_in(world.ana).send(f"/people/{world.boris.user_id}/{deed}")
        assert answer.status_code == 403
    assert User.get_by_id(world.boris.user_id).is_active


def test_says_what_became_of_the_letter(operator, invited):
    page = f"/people/{invited.id}"
    assert "чака изпращане" in operator.get(page).page.text("main")
    OutboxMessage.update(sealed=None, error="Пощенският сървър отказа писмото (550).").execute()
    assert "не можа да бъде изпратено. Пощенският сървър отказа" in operator.get(page).page.text("main")
    OutboxMessage.update(sent_at=NOW).execute()
    assert "изпратено на 28.01.2021" in operator.get(page).page.text("main")


@pytest.mark.parametrize("user_id", ["10000", "99999999999999999999"])
def test_knows_nobody_who_is_not_there(operator, user_id):
    assert operator.get(f"/people/{user_id}").status_code == 404
