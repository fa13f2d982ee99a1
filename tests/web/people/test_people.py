"""/people/: accounts, for the operator."""

import pytest

from portal.actions.letters.outbox import message_of
from portal.actions.people import invitations
from portal.actions.people.egn import is_owner
from portal.actions.people.egn_changes import ask_for_change, withdraw
from portal.actions.people.invitations import NewAccount
from portal.domain.letters.fate import LetterState
from portal.domain.people import Role
from portal.domain.signing.egn import EGN_TRIES
from portal.storage.tables.audit import AuditEntry
from portal.storage.tables.letters import OutboxMessage
from portal.storage.tables.people import User
from portal.storage.tables.qualified import EgnRequest
from tests.cast import EGNS, FAR_SCHOOL, NOW, ORIGIN, PASSWORD, SCHOOL, SITE
from tests.mail.letters import letters, readers, token_in


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
    assert len(names(page)) == 50
    assert "Показани са първите 50 от 256" in page.text("#people")


def test_invites_a_director(operator):
    answer = operator.send(
        "/people/invite",
        role="director",
        name="Нов Директор",
        email="new@example.org",
        institution=FAR_SCHOOL,
    )
    user = User.get(User.email == "new@example.org")
    assert (answer.status_code, answer.location) == (303, f"/people/{user.id}")
    assert readers("invitation") == ["new@example.org"]
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


def test_names_the_director_whose_access_an_invitation_ends(operator, invited):
    assert "Ана Янева" in operator.get(f"/people/{invited.id}").page.text(".notice.is-warning")


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


def test_corrects_the_address_of_somebody_who_never_activated(operator, invited):
    operator.get(f"/people/{invited.id}").page.one("#email")
    before = token_in(letters("invitation")[0])
    assert operator.send(f"/people/{invited.id}/address", email="Right@Example.org").status_code == 303

    assert "right@example.org" in operator.get(f"/people/{invited.id}").page.text("main")
    rows = list(OutboxMessage.select().order_by(OutboxMessage.id))
    assert [row.state for row in rows] == [LetterState.DROPPED, LetterState.WAITS]
    letter = message_of(rows[-1], site=SITE, now=NOW)
    assert letter.to == User.get_by_id(invited.id).email == "right@example.org"
    assert operator.get(f"/activate/{before}").status_code == 409
    assert operator.get(f"/activate/{token_in(letter)}").status_code == 200
    assert AuditEntry.select().where(AuditEntry.what == "address_corrected").count() == 1
    answer = operator.send(f"/people/{invited.id}/address", email="right@example.org")
    assert answer.status_code == 303  # pressed twice
    assert OutboxMessage.select().count() == len(rows)


@pytest.mark.parametrize(
    ("email", "said"),
    [
        ("ana@example.org", "вече е на друг достъп"),
        ("new@example.org", "Това е адресът и сега"),
        ("няма", "Проверете адреса"),
        ("", "Напишете адреса"),
    ],
)
def test_says_why_an_address_cannot_be_corrected(operator, invited, email, said):
    answer = operator.send(f"/people/{invited.id}/address", email=email)

    assert answer.status_code == 422
    assert said in answer.page.text("#email-error")
    assert User.get_by_id(invited.id).email == "new@example.org"


@pytest.mark.parametrize(("who", "said"), [("boris", "вече е активиран"), ("dora", "вече е активиран")])
def test_leaves_the_address_of_whoever_is_here(operator, world, who, said):
    person = getattr(world, who)
    page = operator.get(f"/people/{person.user_id}").page
    assert "Адресът на активиран достъп не се променя" in page.text("main")
    answer = operator.send(f"/people/{person.user_id}/address", email="other@example.org")

    assert answer.status_code == 409
    assert said in answer.page.text("main")
    assert User.get_by_id(person.user_id).email == person.email


def test_leaves_a_delegates_address_to_the_director(operator, world):
    User.update(activated_at=None).where(User.id == world.dora.user_id).execute()

    assert "от директора" in operator.get(f"/people/{world.dora.user_id}").page.text("main")
    answer = operator.send(f"/people/{world.dora.user_id}/address", email="other@example.org")
    assert answer.status_code == 409


def test_a_deed_is_not_done_by_others(client, world):
    for deed in ("invite", "reset", "disable", "enable"):
        answer = client.sign_in(world.ana).send(f"/people/{world.boris.user_id}/{deed}")
        assert answer.status_code == 403
    assert User.get_by_id(world.boris.user_id).is_active


def test_says_what_became_of_the_letter(operator, invited):
    page = f"/people/{invited.id}"
    assert "чака изпращане" in operator.get(page).page.text("main")
    error = "Пощенският сървър отказа писмото (550)."
    OutboxMessage.update(sealed=None, state=LetterState.GIVEN_UP, error=error).execute()
    assert "не можа да бъде изпратено. Пощенският сървър отказа" in operator.get(page).page.text("main")
    OutboxMessage.update(sent_at=NOW).execute()
    assert "изпратено на 28.01.2021" in operator.get(page).page.text("main")


@pytest.mark.parametrize("user_id", ["10000", "99999999999999999999"])
def test_knows_nobody_who_is_not_there(operator, user_id):
    assert operator.get(f"/people/{user_id}").status_code == 404


# An ЕГН that somebody asked for


@pytest.fixture
def asking(world):
    """Ана, who waits; her page."""
    ask_for_change(world.ana, EGNS[0], PASSWORD, origin=ORIGIN, site=SITE, now=NOW)
    return f"/people/{world.ana.user_id}"


def has_egn(world, egn) -> bool:
    return is_owner(User.get_by_id(world.ana.user_id), egn, site=SITE)


def test_says_that_somebody_waits_and_leads_there(operator, asking):
    for page in ("/", "/people/"):
        shown = operator.get(page).page
        assert "чакат потвърждение: 1" in shown.text("main")
        assert shown.has("a[href='/people/egn']")
    page = operator.get("/people/egn").page
    assert page.text("main table a") == "Ана Янева"
    assert page.one("main table a").get("href") == f"{asking}#egn-request"
    assert "28.01.2021" in page.text("main table")


def test_says_nothing_where_nobody_waits(operator):
    for page in ("/", "/people/"):
        assert not operator.get(page).page.has("a[href='/people/egn']")
    assert "Никой не чака." in operator.get("/people/egn").page.text("main")


def test_shows_the_request_and_where_the_egn_comes_from(operator, asking):
    answer = operator.get(asking)
    assert "Потвърждавайте само по официално писмо на институцията" in answer.page.text("main")
    assert "Не го вземайте по телефона" in answer.page.text("main")
    assert "Имате 5 опита" in answer.page.text("#egn-hint")
    assert answer.page.one("#egn").get("value") == ""
    assert EGNS[0] not in answer.text


def test_asks_nothing_about_somebody_who_asked_for_nothing(operator, world, asking):
    assert not operator.get(f"/people/{world.boris.user_id}").page.has("#egn")


@pytest.mark.parametrize("htmx", [True, False])
def test_confirms_what_stands_in_the_letter(operator, world, asking, htmx):
    answer = operator.send(f"{asking}/egn", egn=f" {EGNS[0]} ", htmx=htmx)

    assert (answer.status_code, answer.location) == (303, asking)
    assert has_egn(world, EGNS[0])
    shown = operator.get(asking)
    assert "Номерът е потвърден" in shown.page.text(".notice.is-done")
    assert not shown.page.has("#egn")
    assert EGNS[0] not in shown.text + str(answer.headers)


@pytest.mark.parametrize(
    ("typed", "said"),
    [("", "Напишете ЕГН"), (EGNS[0][:9], "десет цифри"), (EGNS[1], "Това не е поисканото ЕГН")],
)
def test_says_what_is_wrong_with_the_egn(operator, world, asking, typed, said):
    answer = operator.send(f"{asking}/egn", egn=typed)

    assert answer.status_code == 422
    assert said in answer.page.text("#egn-error")
    assert answer.page.one("#egn").get("value") == typed
    assert answer.page.one(".error-summary a").get("href") == "#egn"
    assert EGNS[0] not in answer.text
    assert not has_egn(world, EGNS[0])


def test_the_fifth_wrong_one_ends_it(operator, world, asking):
    for left in range(EGN_TRIES - 1, 0, -1):
        answer = operator.send(f"{asking}/egn", egn=EGNS[1])
        assert answer.status_code == 422
        words = "имате още един опит" if left == 1 else f"имате още {left} опита"
        assert words in answer.page.text("#egn-error").casefold()
    answer = operator.send(f"{asking}/egn", egn=EGNS[1])

    assert answer.status_code == 409
    assert "искането е приключено" in answer.page.text(".is-wrong")
    assert not answer.page.has("#egn")
    assert EGNS[1] not in answer.text
    assert operator.send(f"{asking}/egn", egn=EGNS[0]).status_code == 409


def test_twice_is_once_and_says_so(operator, asking):
    operator.send(f"{asking}/egn", egn=EGNS[0])
    answer = operator.send(f"{asking}/egn", egn=EGNS[0])
    assert answer.status_code == 409
    assert "вече е решено" in answer.page.text(".is-wrong")
    assert EGNS[0] not in answer.text
    assert len(letters("egn_changed")) == 1


def test_says_so_when_it_was_taken_back_meanwhile(operator, world, asking):
    withdraw(world.ana, now=NOW)
    for deed in ("egn", "egn/refuse"):
        answer = operator.send(f"{asking}/{deed}", egn=EGNS[0])
        assert answer.status_code == 409
        assert "оттеглил" in answer.page.text(".is-wrong")


def test_refuses_a_request(operator, world, asking):
    answer = operator.send(f"{asking}/egn/refuse")
    assert (answer.status_code, answer.location) == (303, asking)
    assert EgnRequest.select().count() == 0
    assert readers("egn_change_refused") == ["ana@example.org"]
    assert operator.send(f"{asking}/egn/refuse").status_code == 409


@pytest.mark.parametrize("who", ["ana", "boris", "dora", "nora"])
@pytest.mark.parametrize("deed", ["egn", "egn/refuse"])
def test_an_egn_is_decided_by_the_operator_alone(client, world, asking, who, deed):
    assert client.sign_in(getattr(world, who)).send(f"{asking}/{deed}", egn=EGNS[0]).status_code == 403
    assert EgnRequest.get().tries == 0
    assert not has_egn(world, EGNS[0])


def test_decides_nothing_for_nobody(operator):
    for deed in ("egn", "egn/refuse"):
        assert operator.send(f"/people/10000/{deed}", egn=EGNS[0]).status_code == 404
