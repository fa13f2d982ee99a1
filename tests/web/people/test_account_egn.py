"""POST /account/egn, POST /account/egn/withdraw, and what /account says of the ЕГН"""

import logging
from dataclasses import replace

import pytest

from portal.actions.people.egn import is_owner, set_at_activation
from portal.actions.people.egn_changes import confirm_change
from portal.domain.accounts import FREE_FAILURES
from portal.domain.people import Scope
from portal.storage.people.egn_requests import request_of
from portal.storage.tables.db import writing
from portal.storage.tables.people import User
from portal.storage.tables.qualified import EgnRequest
from tests.cast import EGNS, NOW, PASSWORD, SITE
from tests.mail.letters import letters

ADDRESS, WITHDRAW = "/account/egn", "/account/egn/withdraw"
KEPT, WANTED = EGNS[:2]
SECTION = "ЕГН или ЛНЧ за подписване с КЕП"


@pytest.fixture
def config(config):
    return replace(config, signatures=frozenset({"password", "qualified"}))


@pytest.fixture
def ana(client, world):
    return client.sign_in(world.ana)


def give(person):
    with writing():
        set_at_activation(User.get_by_id(person.user_id), KEPT, site=SITE, now=NOW)


def ask(client, egn=WANTED, password=PASSWORD, **more):
    return client.send(ADDRESS, egn=egn, password=password, **more)


def test_says_that_none_is_kept_and_what_follows(ana):
    page = ana.get("/account").page
    assert page.text("#signing-egn") == SECTION
    assert "не е записано ЕГН" in page.text("main")
    assert "официално писмо" in page.text("main ol")


def test_says_that_one_is_kept_and_never_which(ana, world):
    give(world.ana)
    answer = ana.get("/account")
    assert "Порталът пази само отпечатък" in answer.page.text("main")
    assert KEPT not in answer.text
    assert KEPT[:3] not in answer.page.text("main")


@pytest.mark.parametrize(("who", "has_one"), [("ana", 1), ("dora", 0), ("nora", 0), ("oleg", 0)])
def test_is_for_those_who_may_come_to_sign(client, world, who, has_one):
    assert len(client.sign_in(getattr(world, who)).get("/account").page.all("#signing-egn")) == has_one


def test_a_delegate_who_may_sign_is_asked_too(client, world):
    assert client.sign_in(world.delegate(Scope.SIGN)).get("/account").page.has("#signing-egn")


@pytest.mark.parametrize("who", ["nora", "oleg"])
@pytest.mark.parametrize("address", [ADDRESS, WITHDRAW])
def test_others_have_none_to_ask_for(client, world, who, address):
    assert client.sign_in(getattr(world, who)).send(address).status_code == 403


@pytest.mark.parametrize("htmx", [True, False])
def test_asks_for_it(ana, world, htmx):
    give(world.ana)
    answer = ask(ana, f" {WANTED} ", htmx=htmx)

    assert (answer.status_code, answer.location) == (303, "/account#signing-egn")
    assert request_of(world.ana.user_id).asked_at == NOW
    page = ana.get("/account").page
    assert "Искането е записано." in page.text(".is-done")
    assert "28.01.2021 г., 10:00 ч. поискахте да се запише друго ЕГН или ЛНЧ" in page.text(".is-plain")
    assert "Дотогава важи досегашното." in page.text(".is-plain")
    assert not page.has("#egn")
    assert is_owner(User.get_by_id(world.ana.user_id), KEPT, site=SITE)


def test_no_browser_keeps_the_number_as_the_name_that_the_password_is_for(ana):
    form = ana.get("/account").page.one(f"form[action='{ADDRESS}']")
    fields = [
        field.get("autocomplete") for field in form.cssselect("input:not([type=hidden]):not([type=checkbox])")
    ]
    assert fields == ["off", "username", "current-password"]


def test_a_delegate_asks_too(client, world):
    assert ask(client.sign_in(world.dora)).status_code == 303
    assert request_of(world.dora.user_id) is not None
    assert request_of(world.ana.user_id) is None


def test_twice_is_once(ana):
    ask(ana)
    assert ask(ana).status_code == 303
    assert EgnRequest.select().count() == 1
    assert len(letters("egn_change_asked")) == 1


@pytest.mark.parametrize("htmx", [True, False])
def test_shows_each_rule_beside_its_field_and_keeps_what_was_typed(ana, htmx):
    answer = ask(ana, "1351210629", "", htmx=htmx)

    assert answer.status_code == 422
    assert "някоя от цифрите е сгрешена" in answer.page.text("#egn-error")
    assert "Напишете паролата" in answer.page.text("#egn-password-error")
    assert answer.page.one("#egn").get("value") == "1351210629"
    assert [link.get("href") for link in answer.page.all(".error-summary a")] == ["#egn", "#egn-password"]


def test_a_wrong_password_asks_for_nothing(ana):
    answer = ask(ana, password="не е тя")

    assert answer.status_code == 422
    assert "Паролата не е вярна. Нищо не е поискано." in answer.page.text("#egn-password-error")
    assert answer.page.one("#egn").get("value") == WANTED
    assert "не е тя" not in answer.text
    assert EgnRequest.select().count() == 0


def test_waits_after_five_wrong_passwords(ana):
    for _ in range(FREE_FAILURES):
        ask(ana, password="не е тя")
    answer = ask(ana)
    assert (answer.status_code, answer.headers["Retry-After"]) == (429, "15")
    assert "15 секунди" in answer.page.text("#egn-password-error")
    assert EgnRequest.select().count() == 0


def test_the_form_of_the_password_is_another_one(ana):
    answer = ana.send(
        "/account/password", current="не е тя", password="нова дълга парола", confirm="нова дълга парола"
    )
    assert answer.page.has("#current-error")
    assert not answer.page.has("#egn-error, #egn-password-error")
    answer = ask(ana, password="")
    assert not answer.page.has("#current-error, #password-error")


def test_is_taken_back_and_twice_is_once(ana):
    ask(ana)
    for _ in range(2):
        answer = ana.send(WITHDRAW)
        assert (answer.status_code, answer.location) == (303, "/account#signing-egn")
    page = ana.get("/account").page
    assert "Искането е оттеглено." in page.text("main")
    assert page.has("#egn")
    assert EgnRequest.select().count() == 0


def test_nobody_takes_back_anothers(app, client, world):
    ask(client.sign_in(world.ana))
    client.sign_in(world.boris).send(WITHDRAW)
    assert request_of(world.ana.user_id) is not None


def test_a_stale_page_that_asks_again_is_shown_its_mistake(ana):
    ask(ana)
    answer = ask(ana, "135")
    assert answer.status_code == 422
    assert answer.page.has("#egn-error")
    assert answer.page.has(f"form[action='{WITHDRAW}']")


def test_nothing_of_it_where_only_passwords_count(client, config, world):
    client.sign_in(world.ana)
    portal = client.app.extensions["portal"]
    client.app.extensions["portal"] = replace(
        portal, config=replace(config, signatures=frozenset({"password"}))
    )
    assert not client.get("/account").page.has("#signing-egn, #egn")
    assert ask(client).status_code == 404
    assert client.send(WITHDRAW).status_code == 404
    assert EgnRequest.select().count() == 0


def test_the_director_reads_who_did_what(ana, world):
    give(world.ana)
    ask(ana)
    ana.send(WITHDRAW)
    ask(ana)
    confirm_change(world.oleg, world.ana.user_id, WANTED, site=SITE, now=NOW)
    text = ana.get("/audit", kind="accounts").page.text("main")
    for deed in (
        "записа ЕГН или ЛНЧ за подписване с КЕП",
        "поиска да се запише ЕГН или ЛНЧ за подписване с КЕП",
        "оттегли искане за ЕГН или ЛНЧ за подписване с КЕП",
        "потвърди ЕГН или ЛНЧ за подписване с КЕП",
    ):
        assert deed in text
    assert "egn_" not in text


def test_the_number_is_nowhere_but_in_the_form_that_did_not_hold(ana, world, caplog):
    caplog.set_level(logging.DEBUG)
    caplog.set_level(logging.INFO, logger="peewee")  # as in portal.logs: its statements hold the values
    give(world.ana)
    answers = [ask(ana), ask(ana), ana.get("/account"), ana.send(WITHDRAW), ana.get("/account"), ana.get("/")]
    seen = [answer.text + str(answer.headers) for answer in answers]
    seen += [caplog.text, str(ana.http._cookies)]
    seen += [letter.subject + letter.body for letter in letters()]
    assert [number for number in (KEPT, WANTED) for text in seen if number in text] == []
