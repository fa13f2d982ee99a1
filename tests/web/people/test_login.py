"""GET and POST /login, POST /logout."""

import re

import pytest

from portal.crypto.errors import Busy
from portal.crypto.passwords import STRANGERS
from portal.domain.accounts import FREE_FAILURES, wait_in_words
from portal.storage.tables.people import Login, User
from tests.cast import OTHER_SCHOOL, PASSWORD
from tests.page import Client

WRONG = "не е тази парола"


@pytest.fixture
def log_in(client):
    def send(email="ana@example.org", password=PASSWORD, **more):
        answer = client.send("/login", email=email, password=password, **more)
        session = cookie(client, "session")
        client.token = session.value if session else ""
        return answer

    return send


def cookie(client, name):
    return client.http.get_cookie(name, domain="localhost")


def test_lets_the_director_in(client, log_in):
    answer = log_in()

    assert (answer.status_code, answer.location) == (303, "/")
    assert Login.get().user.name == "Ана Янева"
    assert "Ана Янева" in client.get("/account").page.text(".who")


def test_the_cookies_are_not_for_scripts_and_hold_no_name(client, log_in):
    answer = log_in()
    set_cookies = answer.headers.getlist("Set-Cookie")
    session = next(text for text in set_cookies if text.startswith("session="))
    device = next(text for text in set_cookies if text.startswith("device="))
    assert re.fullmatch(r"session=[\w-]{43}; HttpOnly; Path=/; SameSite=Lax", session)
    assert "Max-Age=34560000" in device
    assert cookie(client, "visit") is None


def test_the_login_has_another_id_than_the_visit(client, log_in):
    client.get("/login")
    visit = cookie(client, "visit").value
    log_in()
    assert cookie(client, "session").value != visit


def test_what_it_says_of_a_typed_password_does_not_depend_on_the_account(log_in):
    known, unknown = (
        log_in(email, "GHJDFHJKF ").page.text("#password-error")
        for email in ("ana@example.org", "nobody@example.org")
    )
    assert known == unknown
    for hint in ("латински букви", "Caps Lock", "интервал"):
        assert hint in known


@pytest.mark.parametrize(
    ("email", "password"),
    [
        ("ana@example.org", WRONG),
        ("nobody@example.org", PASSWORD),
        ("", ""),
        ("ana@example.org", ""),
    ],
)
def test_answers_every_mistake_alike_and_keeps_the_address(log_in, email, password):
    answer = log_in(email, password)

    assert answer.status_code == 422
    assert "Адресът или паролата не са верни" in answer.page.text("#password-error")
    assert answer.page.one("#email").get("value") == email
    assert answer.page.one("#password").get("value") is None
    assert Login.select().count() == 0


def test_after_five_failures_the_sixth_try_waits(log_in):
    for _ in range(FREE_FAILURES):
        assert log_in(password=WRONG).status_code == 422
    answer = log_in()
    assert (answer.status_code, answer.headers["Retry-After"]) == (429, "15")
    assert "Опитайте отново след 15 секунди" in answer.page.text(".error-summary")


def test_who_has_to_wait_reads_what_else_can_be_done(log_in):
    assert not log_in(password=WRONG).page.has(".notice.is-plain")
    for _ in range(FREE_FAILURES):
        answer = log_in(password=WRONG)
    text = answer.page.text(".notice.is-plain")
    assert "От друг браузър или телефон, с който вече сте влизали" in text
    assert "Забравена парола" in text
    assert "обадете се на ЦИОО" in text


@pytest.fixture
def crowded(monkeypatch):
    monkeypatch.setattr(STRANGERS, "turn", no_place)


def no_place(rank):
    raise Busy


def no_place_behind_others(rank):
    raise Busy(rank=1)


def test_in_a_crowd_the_page_asks_to_press_again(crowded, log_in):
    answer = log_in(next="/account")

    seconds = int(answer.headers["Retry-After"])
    assert (answer.status_code, 1 <= seconds <= 3) == (503, True)
    said = "Паролата ви не е проверена. Въведете я и натиснете „Влизам“ отново след "
    assert said + wait_in_words(seconds) in answer.page.text(".notice.is-warning:not([hidden])")
    assert answer.page.one("#email").get("value") == "ana@example.org"
    assert answer.page.one('input[name="next"]').get("value") == "/account"
    assert PASSWORD not in answer.text


def test_who_comes_from_where_passwords_failed_is_asked_to_come_later(crowded, log_in, monkeypatch):
    monkeypatch.setattr(STRANGERS, "turn", no_place_behind_others)
    assert 4 <= int(log_in().headers["Retry-After"]) <= 10


def test_in_a_crowd_a_page_that_waits_by_itself_is_left_as_it_is(crowded, client, log_in):
    answer = log_in(waits="yes")

    assert (answer.status_code, answer.text) == (204, "")
    assert cookie(client, "wait").value == answer.headers["Retry-After"]


def test_nobody_can_lock_out_a_browser_that_was_here(app, config, client, log_in):
    log_in()
    client.send("/logout")
    client.token = ""
    stranger = Client(app, config)
    for _ in range(FREE_FAILURES + 1):
        answer = stranger.send("/login", email="ana@example.org", password=WRONG)
    assert answer.status_code == 429
    assert log_in().status_code == 303


def test_goes_back_to_the_page_that_was_wanted(client, log_in):
    answer = client.get("/account", x="1")
    assert answer.location == "/login?next=/account?x%3D1"
    page = client.get(answer.location).page
    wanted = page.one('input[name="next"]').get("value")
    assert wanted == "/account?x=1"
    assert log_in(next=wanted).location == "/account?x=1"


@pytest.mark.parametrize(
    "elsewhere",
    [
        "//evil.example",
        "/\\evil.example",
        "https://evil.example/",
        "javascript:alert(1)",
        "/\t/evil.example",
        "///evil.example",
        "evil.example",
        "/x\r\nSet-Cookie: a=b",
        "\\\\evil.example",
        "",
    ],
)
def test_leads_nowhere_else(log_in, elsewhere):
    assert log_in(next=elsewhere).location == "/"


def test_who_is_in_is_led_on(client, world):
    answer = client.sign_in(world.ana).get("/login")
    assert (answer.status_code, answer.location) == (303, "/")


def test_asks_for_the_token_of_its_own_form(client, log_in):
    client.get("/login")
    assert log_in(token="чужд").status_code == 400


def test_logs_out(client, log_in):
    log_in()
    answer = client.send("/logout")

    assert (answer.status_code, answer.location) == (303, "/login")
    assert Login.select().count() == 0
    assert cookie(client, "session") is None
    client.token = ""
    assert "Излязохте" in client.get("/login").page.text("main")


def test_a_link_does_not_log_out(client, world):
    assert client.sign_in(world.ana).get("/logout").status_code == 405
    assert Login.select().count() == 1


def test_flask_s_own_cookie_holds_the_flash_alone(app, client, world):
    client.sign_in(world.ana).send("/account/elsewhere")
    with client.http.session_transaction() as kept:
        assert dict(kept) == {"_flashes": [("message", "Никъде другаде не сте влезли.")]}


def test_says_where_the_first_password_comes_from(client):
    text = client.get("/login").page.text("main")
    assert "Отворете връзката от поканата, получена по електронната поща" in text


def test_an_account_that_was_moved_past_the_portal_is_told_so(client, log_in, world):
    User.update(institution=OTHER_SCHOOL).where(User.id == world.ana.user_id).execute()

    answer = log_in()

    assert answer.status_code == 409
    assert "променени направо в базата данни" in answer.page.text("main")
    assert Login.select().count() == 0


def test_and_is_out_at_once_if_it_was_in(client, log_in, world):
    log_in()
    User.update(institution=OTHER_SCHOOL).where(User.id == world.ana.user_id).execute()

    assert client.get("/account").location.startswith("/login")
