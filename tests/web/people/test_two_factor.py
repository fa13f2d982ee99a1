"""/account/two-factor, and the code at /login."""

import base64
import dataclasses
import re

import pytest

from portal.crypto.second_factor import RECOVERY_CODES
from portal.domain.accounts import FREE_FAILURES
from portal.domain.decisions import Decision
from portal.domain.keys.second_factor import REMOVAL_NOTICE, STEP_LASTS, TRUSTED
from portal.domain.people import Scope
from portal.storage.tables.people import Login, User
from portal.storage.tables.second_factor import FactorRemoval, SecondFactor
from portal.storage.tables.signatures import Signature
from tests.actions.people.factor import code, with_factor
from tests.cast import MONTH, NOW, PASSWORD, add_record
from tests.mail.letters import letters, token_in
from tests.page import Client

ADDRESS = "/account/two-factor"
SIGN = f"/confirmations/{MONTH}/sign"


@pytest.fixture
def log_in(client):
    def send(email="ana@example.org", password=PASSWORD, **more):
        return client.send("/login", email=email, password=password, **more)

    return send


@pytest.fixture
def required(app):
    portal = app.extensions["portal"]
    config = dataclasses.replace(portal.config, needs_second_factor=True)
    app.extensions["portal"] = dataclasses.replace(portal, config=config)


def cookie(client, name):
    return client.http.get_cookie(name, domain="localhost")


def is_in(client) -> bool:
    client.token = "" if cookie(client, "session") is None else cookie(client, "session").value
    return client.get("/account").status_code == 200


def set_up(client):
    """To the page with the picture, and what is on it: the secret sealed in the form, and the code of now."""
    page = client.send(f"{ADDRESS}/start", password=PASSWORD).page
    secret = page.text("#secret").replace(" ", "")
    return page, page.one('[name="setup"]').get("value"), code(secret=base64.b32decode(secret))


class TestSetup:
    def test_shows_a_picture_and_the_secret_once(self, client, world):
        page, _, _ = set_up(client.sign_in(world.ana))
        assert page.one("img.qr").get("src").startswith("data:image/png;base64,")
        assert re.fullmatch(r"([A-Z2-7]{4} ){7}[A-Z2-7]{4}", page.text("#secret"))
        assert SecondFactor.select().count() == 0

    def test_the_code_turns_it_on_and_shows_ten_codes(self, client, world):
        _, setup, now = set_up(client.sign_in(world.ana))
        answer = client.send(ADDRESS, setup=setup, code=f"{now[:3]} {now[3:]}")
        assert answer.status_code == 200
        assert len(answer.page.all("#recovery-codes li")) == RECOVERY_CODES
        assert "no-store" in answer.headers["Cache-Control"]
        page = client.get(ADDRESS).page
        assert "включен" in page.text("main")
        assert not page.has("#recovery-codes")

    def test_twice_is_told(self, client, world):
        _, setup, now = set_up(client.sign_in(world.ana))
        client.send(ADDRESS, setup=setup, code=now)
        answer = client.send(ADDRESS, setup=setup, code=now)
        assert answer.status_code == 409
        assert "вече е включен" in answer.page.text(".notice.is-wrong")

    def test_another_code_keeps_the_same_secret(self, client, world):
        page, setup, _ = set_up(client.sign_in(world.ana))
        answer = client.send(ADDRESS, setup=setup, code="000000")
        assert answer.status_code == 422
        assert answer.page.text("#secret") == page.text("#secret")
        assert answer.page.has("#code-error")

    def test_nobody_elses_form(self, app, config, client, world):
        _, setup, now = set_up(client.sign_in(world.ana))
        other = Client(app, config).sign_in(world.boris)
        assert other.send(ADDRESS, setup=setup, code=now).status_code == 409
        assert User.get_by_id(world.boris.user_id).factor_at is None

    def test_asks_for_the_password(self, client, world):
        for typed in ("", "не е"):
            answer = client.sign_in(world.ana).send(f"{ADDRESS}/start", password=typed)
            assert (answer.status_code, answer.page.has("#password-error")) == (422, True)

    def test_the_browser_it_was_set_up_in_is_known(self, client, world, log_in):
        log_in()
        assert is_in(client)
        _, setup, now = set_up(client)
        client.send(ADDRESS, setup=setup, code=now)
        client.send("/logout")
        client.token = ""
        log_in()
        assert is_in(client)


class TestLogin:
    def test_asks_for_the_code_after_the_password(self, client, world, log_in):
        with_factor(world.ana)
        answer = log_in(next="/account?x=1")
        assert (answer.status_code, answer.location) == (303, "/login?next=/account?x%3D1")
        assert not is_in(client)
        page = client.get(answer.location).page
        assert page.one("#code").get("autocomplete") == "one-time-code"
        wanted = page.one('[name="next"]').get("value")
        answer = client.send("/login", code=code(), next=wanted)
        assert (answer.status_code, answer.location) == (303, "/account?x=1")
        assert is_in(client)
        assert cookie(client, "step") is None

    def test_the_password_is_nowhere(self, client, world, log_in):
        with_factor(world.ana)
        answer = log_in()
        page = client.get("/login")
        told = [*answer.headers.getlist("Set-Cookie"), page.text]
        assert not any(PASSWORD in text or "ana@example.org" in text for text in told)
        step = next(text for text in told if text.startswith("step="))
        assert re.match(r"step=[\w-]{43}; .*Max-Age=300; HttpOnly; Path=/; SameSite=Lax", step)

    def test_not_after_a_wrong_one(self, client, world, log_in):
        with_factor(world.ana)
        assert log_in(password="не е тази парола").status_code == 422
        assert not client.get("/login").page.has("#code")

    def test_a_wrong_code_and_a_used_one(self, client, world, log_in):
        with_factor(world.ana)
        log_in()
        client.send("/login", code=code())
        client.sign_out().http.delete_cookie("device", domain="localhost")
        log_in()
        for wrong in (code(), "000000", "", "<b>"):
            answer = client.send("/login", code=wrong)
            assert (answer.status_code, answer.page.has("#code-error")) == (422, True)
        assert Login.select().count() == 1

    def test_with_htmx_the_page_says_the_same(self, client, world, log_in):
        with_factor(world.ana)
        log_in()
        assert client.send("/login", code="000000", htmx=True).status_code == 422

    def test_the_sixth_try_waits(self, client, world, log_in):
        with_factor(world.ana)
        log_in()
        for _ in range(FREE_FAILURES):
            assert client.send("/login", code="000000").status_code == 422
        answer = client.send("/login", code=code())
        assert (answer.status_code, answer.headers["Retry-After"]) == (429, "15")
        assert "след 15 секунди" in answer.page.text("#code-error")

    def test_late_or_without_the_password_it_begins_again(self, client, world, log_in):
        with_factor(world.ana)
        assert client.send("/login", code=code()).status_code == 409
        log_in()
        answer = client.at(NOW + STEP_LASTS).send("/login", code=code(NOW + STEP_LASTS))
        assert answer.status_code == 409
        assert answer.page.has("#password")
        assert client.get("/login").page.has("#password")

    def test_one_can_begin_again(self, client, world, log_in):
        with_factor(world.ana)
        log_in()
        assert client.get("/login", again="yes").page.has("#password")

    def test_a_recovery_code_in_the_same_field(self, client, world, log_in):
        codes = with_factor(world.ana)
        log_in()
        assert client.send("/login", code=codes[0].lower()).status_code == 303
        assert "остават още 9" in letters("recovery_code_used")[-1].body.replace("\n", " ")

    def test_a_known_browser_is_asked_once_in_thirty_days(self, client, world, log_in):
        with_factor(world.ana)
        log_in()
        client.send("/login", code=code())
        client.sign_out()
        log_in()
        assert is_in(client)
        client.sign_out().at(NOW + TRUSTED)
        log_in()
        assert not is_in(client)

    def test_a_letter_for_a_new_password_is_not_enough(self, client, world):
        with_factor(world.ana)
        client.send("/forgotten", email="ana@example.org")
        chosen = "нова дълга парола"
        address = f"/activate/{token_in(letters('password_reset')[-1])}"
        assert client.send(address, password=chosen, confirm=chosen).location == "/login"
        assert not is_in(client)
        assert client.send("/login", code=code()).status_code == 303
        assert is_in(client)


class TestOwn:
    def test_new_codes(self, client, world):
        with_factor(world.ana)
        answer = client.sign_in(world.ana).send(f"{ADDRESS}/codes", password=PASSWORD, code=code())
        assert len(answer.page.all("#recovery-codes li")) == RECOVERY_CODES

    @pytest.mark.parametrize("what", ["codes", "off"])
    def test_a_wrong_code_changes_nothing(self, client, world, what):
        with_factor(world.ana)
        answer = client.sign_in(world.ana).send(f"{ADDRESS}/{what}", password=PASSWORD, code="000000")
        assert answer.status_code == 422
        assert User.get_by_id(world.ana.user_id).factor_at == NOW

    def test_off(self, client, world):
        with_factor(world.ana)
        answer = client.sign_in(world.ana).send(f"{ADDRESS}/off", password=PASSWORD, code=code())
        assert (answer.status_code, answer.location) == (303, ADDRESS)
        assert SecondFactor.select().count() == 0

    @pytest.mark.parametrize("what", ["codes", "off"])
    def test_without_one_there_is_nothing_to_change(self, client, world, what):
        answer = client.sign_in(world.ana).send(f"{ADDRESS}/{what}", password=PASSWORD, code=code())
        assert answer.status_code == 409


@pytest.mark.usefixtures("required")
class TestRequired:
    @pytest.mark.parametrize("who", ["nora", "oleg"])
    def test_office_and_operator_are_led_there_first(self, client, world, who):
        client.sign_in(getattr(world, who))
        for address in ("/", "/account", f"/oversight/{MONTH}"):
            assert (client.get(address).status_code, client.get(address).location) == (303, ADDRESS)
        answer = client.get("/", htmx=True)
        assert (answer.status_code, answer.headers["HX-Redirect"]) == (403, ADDRESS)
        assert client.send(f"/people/{world.ana.user_id}/disable").status_code in (303, 403)
        assert User.get_by_id(world.ana.user_id).disabled_at is None
        _, setup, now = set_up(client)
        client.send(ADDRESS, setup=setup, code=now)
        assert client.get("/").status_code == 200

    def test_they_can_still_leave(self, client, world):
        assert client.sign_in(world.nora).send("/logout").location == "/login"

    @pytest.mark.parametrize("scope", [None, Scope.SIGN])
    def test_who_signs_reads_it_on_the_page(self, client, world, scope):
        add_record(decision=Decision.CONFIRMED, decided_by=world.ana.user_id, decided_at=NOW)
        person = world.ana if scope is None else world.delegate(scope)
        page = client.sign_in(person).get(SIGN).page
        assert page.one('#signing a[href="/account/two-factor"]') is not None
        assert not page.has('#signing [name="password"]')
        answer = client.send(SIGN, password=PASSWORD)
        assert answer.status_code == 409
        assert "втори фактор" in answer.page.text(".error-summary")
        assert Signature.select().count() == 0
        with_factor(person)
        assert client.send(SIGN, password=PASSWORD).status_code == 303

    def test_who_decides_is_not_asked(self, client, world):
        assert client.sign_in(world.dora).get(f"/confirmations/{MONTH}").status_code == 200


class TestRemoval:
    def test_operator_office_and_a_day(self, app, config, client, world, log_in):
        with_factor(world.ana)
        person = f"/people/{world.ana.user_id}"
        operator = Client(app, config).sign_in(world.oleg)
        assert operator.get(person).page.has(f'form[action="{person}/two-factor"]')
        for _ in range(2):
            assert operator.send(f"{person}/two-factor").status_code == 303
        office = Client(app, config).sign_in(world.nora)
        page = office.get(f"{ADDRESS}/removals").page
        assert "Ана Янева" in page.text("main")
        for _ in range(2):
            assert office.send(f"{ADDRESS}/removals/{world.ana.user_id}/agree").status_code == 303
        client.at(NOW + REMOVAL_NOTICE)
        log_in()
        assert is_in(client)

    def test_the_person_sees_it_and_stops_it(self, app, config, client, world):
        with_factor(world.ana)
        Client(app, config).sign_in(world.oleg).send(f"/people/{world.ana.user_id}/two-factor")
        page = client.sign_in(world.ana).get(ADDRESS).page
        assert "Поискано е изключване" in page.text(".notice.is-warning")
        for _ in range(2):
            assert client.send(f"{ADDRESS}/stop").status_code == 303
        assert FactorRemoval.select().count() == 0

    def test_another_schools_director_finds_none(self, app, config, client, world):
        with_factor(world.dora)
        Client(app, config).sign_in(world.oleg).send(f"/people/{world.dora.user_id}/two-factor")
        assert "Сега никой" in client.sign_in(world.boris).get(f"{ADDRESS}/removals").page.text("main")
        assert client.send(f"{ADDRESS}/removals/{world.dora.user_id}/agree").status_code == 404
        assert "Дора" in client.sign_in(world.ana).get(f"{ADDRESS}/removals").page.text("main")
