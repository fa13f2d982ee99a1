"""Whose a page is: what is sent from the page of somebody else, and where a login that ended leads."""

import json

import pytest

from portal.crypto.tokens import csrf_secret, mask
from portal.domain.decisions import Decision
from tests.cast import add_record, stored

LIST = "/confirmations/2020-12"
HOST = "http://localhost"


@pytest.fixture
def record(world):
    return add_record()


def owner(answer) -> str:
    return json.loads(answer.page.one("body").get("hx-headers:inherited"))["X-Page-Of"]


def cookie(client) -> str:
    found = client.http.get_cookie("owner", domain="localhost")
    return "" if found is None else found.value


def token_of(client) -> str:
    return client.get(LIST).page.all('input[name="csrf_token"]')[0].get("value")


def test_a_page_and_a_cookie_that_scripts_read_say_whose_it_is(client, world, record):
    answer = client.sign_in(world.ana).get(LIST)

    assert owner(answer).startswith(f"{world.ana.user_id}-")
    assert f"owner={owner(answer)}; Path=/; SameSite=Strict" in answer.headers.getlist("Set-Cookie")
    assert "Set-Cookie" not in client.get(LIST).headers  # once a login
    assert cookie(client) == owner(answer)
    assert client.token not in owner(answer)


def test_each_login_is_told_from_the_one_before(client, world, record):
    first = owner(client.sign_in(world.ana).get(LIST))
    second = owner(client.sign_in(world.ana).get(LIST))

    assert first != second == cookie(client)
    client.sign_out().get("/login")
    assert cookie(client) == ""


def test_only_a_page_says_it_anew(client, world, record):
    """Not a part of one that is open already, nor a redirect to one that will say it."""
    client.sign_in(world.ana)
    part = client.get(LIST, htmx=True)
    redirect = client.send(f"{LIST}/records/{record.id}", decision="confirmed", version="1")

    assert [answer.status_code for answer in (part, redirect)] == [200, 303]
    assert cookie(client) == ""
    client.get(LIST)
    assert cookie(client) != ""


def test_a_form_for_an_address_that_is_none_is_not_found(client, world):
    assert client.sign_in(world.ana).send("/nothing", note="x").status_code == 404


@pytest.mark.parametrize("htmx", [True, False], ids=["with HTMX", "as a page"])
def test_nobody_decides_from_the_page_of_somebody_else(client, world, record, htmx):
    of_dora = token_of(client.sign_in(world.dora))
    client.sign_in(world.ana)

    told = client.send(
        f"{LIST}/records/{record.id}", htmx=htmx, token=of_dora, decision="confirmed", version="1"
    )

    assert told.status_code == 400
    assert "вече е влязъл друг човек: Ана Янева" in told.text
    assert stored(record).decision is Decision.PENDING


def test_a_good_token_in_the_page_of_somebody_else_decides_nothing(client, world, record):
    client.sign_in(world.ana)
    good = mask(csrf_secret(client.token))
    data = {"csrf_token": f"{good}.{world.dora.user_id}", "decision": "confirmed", "version": "1"}

    told = client.http.post(f"{LIST}/records/{record.id}", data=data)

    assert (told.status_code, stored(record).decision) == (400, Decision.PENDING)


@pytest.mark.parametrize("method", ["get", "post"])
def test_the_script_of_somebody_else_s_page_gets_nothing(client, world, record, method):
    client.sign_in(world.ana)
    headers = {"HX-Request": "true", "X-Page-Of": f"{world.dora.user_id}-abcdefgh"}
    data = {"csrf_token": mask(csrf_secret(client.token)), "q": ""}

    ask = client.http.post if method == "post" else client.http.get
    told = ask(f"{LIST}/search" if data and method == "post" else LIST, headers=headers, data=data)

    assert told.status_code == 400
    assert told.headers["HX-Retarget"] == "#alert"
    assert "Ана Янева" in told.text
    assert "Ангелова" not in told.text


def test_a_script_that_asks_for_json_is_told_the_same_in_it(client, world, record):
    of_dora = token_of(client.sign_in(world.dora))
    client.sign_in(world.ana)

    address, data = f"{LIST}/records/{record.id}", {"csrf_token": of_dora}
    told = client.http.post(address, data=data, headers={"Accept": "application/json"})

    assert (told.status_code, told.mimetype) == (400, "application/json")
    assert "вече е влязъл друг човек: Ана Янева" in told.json["sentence"]


def test_the_page_of_an_older_login_of_one_s_own_is_only_to_be_loaded_again(client, world, record):
    old = token_of(client.sign_in(world.ana))
    client.sign_in(world.ana)

    told = client.send(f"{LIST}/records/{record.id}", token=old, decision="confirmed", version="1")

    assert told.status_code == 400
    assert "отворена преди последното ви влизане" in told.text
    assert "друг човек" not in told.text


def test_the_error_leads_back_to_the_page_that_was_sent_from(client, world, record):
    client.sign_in(world.ana)
    data, headers = {"csrf_token": "x"}, {"Referer": f"{HOST}{LIST}?q=1"}

    told = client._read(client.http.post(f"{LIST}/records/{record.id}", data=data, headers=headers))

    assert told.page.one("main a.button").get("href") == LIST


class TestWhoIsLoggedIn:
    """GET /account/token."""

    def ask(self, client, of=""):
        return client.get("/account/token", of=of)

    def test_gives_the_same_person_what_their_old_page_needs(self, client, world, record):
        old = owner(client.sign_in(world.ana).get(LIST))
        new = self.ask(client.sign_in(world.ana), of=old).response.json

        assert new["of"] == cookie(client) != old
        done = client.send(
            f"{LIST}/records/{record.id}", token=new["token"], decision="confirmed", version="1"
        )
        assert (done.status_code, stored(record).decision) == (303, Decision.CONFIRMED)

    def test_gives_the_page_of_another_a_name_alone(self, client, world, record):
        of_dora = owner(client.sign_in(world.dora).get(LIST))
        told = self.ask(client.sign_in(world.ana), of=of_dora).response.json

        assert (told["name"], told["token"]) == ("Ана Янева", "")

    @pytest.mark.parametrize("of", ["", "x", "-", "1", "²", "9" * 50, "Ж"])
    def test_says_no_token_for_what_is_no_owner(self, client, world, of):
        client.sign_in(world.dora)
        assert self.ask(client, of=of).response.json["token"] == ""

    def test_says_that_nobody_is(self, client, world):
        assert self.ask(client).location.startswith("/login")


class TestALoginThatEndedWithoutScripts:
    def send(self, client, path, referer):
        return client.http.post(path, data={"note": "бележка"}, headers={"Referer": referer})

    def test_leads_back_to_the_page_and_says_that_nothing_was_stored(self, client, world, record):
        told = self.send(client, f"{LIST}/records/{record.id}", f"{HOST}{LIST}")

        assert (told.status_code, told.headers["Location"]) == (303, f"/login?next={LIST}")
        assert "изпратеното не е записано" in client.get(told.headers["Location"]).page.text("main")

    @pytest.mark.parametrize(
        "referer",
        ["", "https://example.org/account", f"{HOST}/", f"{HOST}/nothing", f"{HOST}/account/elsewhere"],
    )
    def test_leads_nowhere_that_is_no_page_of_ours(self, client, world, referer):
        assert self.send(client, "/delegates/", referer).headers["Location"] == "/login"


@pytest.mark.parametrize("field", ["", "чужд"])
def test_a_script_says_the_token_in_a_header(client, world, record, field):
    client.sign_in(world.ana)
    headers = {"HX-Request": "true", "X-Form-Token": f"{mask(csrf_secret(client.token))}.{world.ana.user_id}"}
    data = {"csrf_token": field, "decision": "confirmed", "version": "1"}

    assert client.http.post(f"{LIST}/records/{record.id}", data=data, headers=headers).status_code == 200
    assert stored(record).decision is Decision.CONFIRMED


@pytest.mark.parametrize("whose", ["nobody", "somebody else"])
def test_a_token_in_a_header_is_checked_as_one_in_a_form(client, world, record, whose):
    client.sign_in(world.ana)
    good = mask(csrf_secret(client.token))
    token = "x" if whose == "nobody" else f"{good}.{world.dora.user_id}"
    data = {"csrf_token": good, "decision": "confirmed", "version": "1"}
    answer = client.http.post(
        f"{LIST}/records/{record.id}", data=data, headers={"HX-Request": "true", "X-Form-Token": token}
    )

    assert answer.status_code == 400
    assert stored(record).decision is Decision.PENDING
