"""/quarantine/keys: who has the register's key, and the ways in for who has not."""

from datetime import date, timedelta

import pytest

from portal.actions.people.invitations import NewAccount, invite
from portal.actions.register.keys.session import lock
from portal.domain.people import Role, Scope
from portal.storage.register.holders import key_state
from portal.storage.tables.people import User
from portal.storage.tables.register import Grant, Opening
from tests.actions.register.keys.keepers import new_director, swap_key
from tests.actions.register.unlocked import add_envelope, draft, entered, keep, session_of
from tests.cast import (
    NOW,
    PASSWORD,
    SCHOOL,
    SITE,
    change_delegations,
)
from tests.page import Client

PAGE = "/quarantine/keys"
DAY = timedelta(hours=24)


@pytest.fixture
def code(world):
    """The envelope's code; Калина stands in the register, and Дора may see her but has no key yet."""
    found = add_envelope(world.ana)
    entered(world.ana)
    world.delegate(Scope.REGISTER)
    return found


@pytest.fixture
def petar(code):
    """A new director in Ana's place."""
    return new_director()


@pytest.fixture
def dora(app, config, world, code):
    """Her browser, with the register unlocked and the key in hand."""
    browser = Client(app, config)
    keep(browser, world.ana)
    browser.send(f"/quarantine/holders/{world.dora.user_id}")
    return keep(browser, world.dora)


def state(person):
    return key_state(User.get_by_id(person.user_id), date(2021, 1, 28)).value


def row(answer, name):
    (found,) = [tr for tr in answer.page.all("tbody tr") if name in tr.text_content()]
    return found


def test_shows_who_has_the_key_and_who_waits(client, world, code):
    answer = keep(client, world.ana).get(PAGE)
    assert "има ключа" in row(answer, "Ана Янева").text_content()
    hers = row(answer, "Дора Илиева")
    assert "чака ключ" in hers.text_content()
    assert "30.06.2021 г. включително" in " ".join(hers.text_content().split())
    assert hers.xpath(f'.//form[@action="/quarantine/holders/{world.dora.user_id}"]')


@pytest.mark.parametrize("htmx", [True, False])
def test_gives_the_key(client, world, code, htmx):
    answer = keep(client, world.ana).send(f"/quarantine/holders/{world.dora.user_id}", htmx=htmx)
    assert (answer.status_code, answer.location) == (303, PAGE)
    assert state(world.dora) == "held"


def test_goes_back_to_the_delegates_from_where_it_was_given(client, world, code):
    keep(client, world.ana)
    answer = client.send(f"/quarantine/holders/{world.dora.user_id}", back="delegates")
    assert answer.location == "/delegates/"


def test_a_locked_register_asks_for_the_password_first(client, world, code):
    keep(client, world.ana)
    lock(session_of(client.token))
    address = f"/quarantine/holders/{world.dora.user_id}"
    assert client.send(address).status_code == 409
    assert state(world.dora) == "waits"
    assert client.send(address, **{"unlock-password": PASSWORD}).status_code == 303
    assert state(world.dora) == "held"


def test_gives_nothing_to_a_neighbour_or_a_stranger(client, world, code):
    keep(client, world.ana)
    for person in (world.boris, world.nora, world.oleg):
        assert client.send(f"/quarantine/holders/{person.user_id}").status_code == 404
    assert client.send("/quarantine/holders/999").status_code == 404


def test_a_delegate_without_a_key_can_give_none(client, world, code):
    keep(client, world.dora)
    answer = client.get(PAGE)
    assert not answer.page.all("form[action^='/quarantine/holders']")
    assert client.send(f"/quarantine/holders/{world.ana.user_id}").status_code == 409


def test_a_swapped_key_is_told_and_gets_nothing(client, world, code):
    keep(client, world.ana)
    swap_key(world.dora.user_id)
    answer = client.send(f"/quarantine/holders/{world.dora.user_id}")
    assert answer.status_code == 409
    assert "Публичният ключ на Дора Илиева" in answer.page.text("main")
    assert not Grant.select().where(Grant.holder == f"user:{world.dora.user_id}").exists()
    assert "Публичният ключ на Дора Илиева" in client.get(PAGE).page.text("main")
    assert draft().names in client.get("/quarantine/").text  # the page is not lost


def test_a_new_director_is_told_the_ways_in(client, petar):
    answer = client.sign_in(petar).get(PAGE)
    assert "заключен за вас" in answer.page.text("main")
    assert answer.page.has("form[action='/quarantine/open'] input[name=group_14]")


def test_a_new_director_waits_a_day(client, petar, code):
    client.sign_in(petar)
    answer = client.send("/quarantine/open", code=code)
    assert (answer.status_code, answer.location) == (303, PAGE)
    assert "29.01.2021 г., 10:00" in client.get(PAGE).page.text("main")
    assert client.send("/quarantine/open", code=code).status_code == 409

    client.at(NOW + DAY)
    answer = client.send("/quarantine/open", code=code)
    assert (answer.status_code, answer.location) == (303, "/quarantine/")
    assert state(petar) == "held"


@pytest.mark.parametrize("wrong", ["", "ABCD", "0" * 56])
def test_a_wrong_code_is_told_beside_it(client, petar, wrong):
    answer = client.sign_in(petar).send("/quarantine/open", code=wrong)
    assert answer.status_code == 422
    assert answer.page.text("#code-error")


def test_a_delegate_sees_what_was_announced_and_stops_it(client, dora, petar, code):
    client.sign_in(petar).send("/quarantine/open", code=code)
    answer = dora.get(PAGE)
    assert "Петър Ненов може да отвори регистъра" in answer.page.text("main")
    stop = f"/quarantine/openings/{Opening.get().id}/stop"
    assert dora.send(stop).status_code == 303
    assert dora.send(stop).status_code == 303
    assert not dora.get(PAGE).page.has(f"form[action='{stop}']")
    client.at(NOW + DAY)
    client.send("/quarantine/open", code=code)
    assert state(petar) == "waits"


def test_what_was_opened_is_not_stopped(client, dora, petar, code):
    client.sign_in(petar).send("/quarantine/open", code=code)
    client.at(NOW + DAY).send("/quarantine/open", code=code)
    assert dora.at(NOW + DAY).send(f"/quarantine/openings/{Opening.get().id}/stop").status_code == 409


def test_a_neighbour_stops_nothing(client, world, petar, code):
    client.sign_in(petar).send("/quarantine/open", code=code)
    assert (
        client.sign_in(world.boris).send(f"/quarantine/openings/{Opening.get().id}/stop").status_code == 404
    )


def test_a_delegate_lets_the_new_director_in_at_once(client, dora, petar):
    assert dora.send(f"/quarantine/holders/{petar.user_id}").status_code == 303
    assert state(petar) == "held"


def test_the_director_who_leaves_hands_it_over(client, world, code):
    keep(client, world.ana)
    assert "няма поканен нов директор" in client.get(PAGE).page.text("main")
    new = NewAccount(Role.DIRECTOR, "petar@example.org", "Петър Ненов", SCHOOL)
    user, _ = invite(None, new, site=SITE, now=NOW)
    address = f"/quarantine/handover/{user.id}"
    assert client.get(PAGE).page.has(f"form[action='{address}']")
    assert client.send(address).status_code == 303
    assert client.send(address).status_code == 303
    assert (Opening.get().user.id, Opening.get().opens_at) == (user.id, NOW)
    assert client.send("/quarantine/handover/999").status_code == 404


def test_a_delegate_whose_days_are_over_gets_nowhere(client, world, code, dora):
    change_delegations(until=date(2021, 1, 27))
    for answer in (dora.get(PAGE), dora.send(f"/quarantine/holders/{world.ana.user_id}")):
        assert answer.status_code == 403


def cards_of(client):
    return " ".join(card.text_content() for card in client.get("/").page.all("main .card"))


def test_the_first_page_tells_who_waits_for_the_key(client, world, code):
    assert "Дора Илиева" in cards_of(keep(client, world.ana))
    assert "заключен за вас" in cards_of(keep(client, world.dora))
    assert "заключен за вас" not in cards_of(keep(client, world.ana))


def test_the_first_page_tells_of_an_announced_opening(client, dora, petar, code):
    client.sign_in(petar).send("/quarantine/open", code=code)
    assert "Петър Ненов може да го отвори" in cards_of(dora)


def test_the_first_page_reminds_of_the_yearly_check(client, world, code):
    client.sign_in(world.ana)
    assert "Проверете плика" not in cards_of(client)
    assert "Проверете плика" in cards_of(client.at(NOW + 365 * DAY))


def test_the_first_page_says_nothing_of_it_to_who_may_not_see_names(client, world):
    entered(world.ana)
    assert "ключа" not in cards_of(client.sign_in(world.dora))
