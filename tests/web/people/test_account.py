"""GET /account, POST /account/password, POST /account/logins and /account/elsewhere"""

from datetime import UTC, datetime, timedelta

import pytest

from portal.crypto.tokens import token_digest
from portal.domain.accounts import FREE_FAILURES
from portal.storage.people.logins import IDLE
from portal.storage.tables.audit import AuditEntry
from portal.storage.tables.people import Delegation, Login
from tests.cast import NOW, PASSWORD
from tests.page import Client

CHOSEN = "нова дълга парола"


@pytest.mark.parametrize(
    ("who", "said"),
    [
        ("ana", ["Ана Янева", "директор", "39. СУ „Отец Паисий“"]),
        ("dora", ["Дора Илиева", "упълномощено лице", "39. СУ „Отец Паисий“"]),
        ("nora", ["Нора Петрова", "експерт", "РУО София-град"]),
        ("oleg", ["Олег Минчев", "ЦИОО"]),
    ],
)
def test_says_who_one_is(client, world, who, said):
    facts = client.sign_in(getattr(world, who)).get("/account").page.text(".facts")
    assert [words for words in said if words not in facts] == []


def test_says_by_whose_order_and_until_when(client, world):
    page = client.sign_in(world.dora).get("/account").page
    assert "заповед № РД-15/12.01.2021 от Ана Янева до 30.06.2021 г. включително" in page.text(".notice")
    assert "подготвя решенията" in page.text(".notice")


def test_says_that_it_is_over(client, world):
    page = client.at(datetime(2021, 6, 30, 21, 0, tzinfo=UTC)).sign_in(world.dora).get("/account").page
    assert "изтекло" in page.text(".notice")


def test_says_that_it_was_revoked(client, world):
    Delegation.update(revoked_at=NOW).execute()
    page = client.sign_in(world.dora).get("/account").page
    assert "оттеглено" in page.text(".notice")


def test_asks_to_log_in(client):
    assert client.get("/account").location == "/login?next=/account"
    assert client.get("/account", htmx=True).status_code == 401


def test_changes_the_password(client, world):
    answer = client.sign_in(world.ana).send(
        "/account/password", current=PASSWORD, password=CHOSEN, confirm=CHOSEN
    )
    assert (answer.status_code, answer.location) == (303, "/account")
    assert "Паролата е сменена." in client.get("/account").page.text("main")


def test_shows_each_rule_beside_its_field(client, world):
    client.sign_in(world.ana)
    answer = client.send("/account/password", current="не е тя", password=CHOSEN, confirm=CHOSEN)
    assert answer.status_code == 422
    assert "не е вярна" in answer.page.text("#current-error")
    answer = client.send("/account/password", current=PASSWORD, password="кратка", confirm="")
    assert answer.page.text("#password-error")
    assert answer.page.text("#confirm-error")


@pytest.mark.parametrize("easy", ["password12345678", "Янева-Паисий-2026"])
def test_says_beside_the_field_why_a_password_is_easy_to_guess(client, world, easy):
    answer = client.sign_in(world.ana).send(
        "/account/password", current=PASSWORD, password=easy, confirm=easy
    )
    assert answer.status_code == 422
    assert "се отгатва лесно: състои се от" in answer.page.text("#password-error")
    assert easy not in answer.text


def test_waits_after_five_wrong_passwords(client, world):
    client.sign_in(world.ana)
    fields = {"current": "не е тя", "password": CHOSEN, "confirm": CHOSEN}
    for _ in range(FREE_FAILURES):
        client.send("/account/password", **fields)
    answer = client.send("/account/password", **fields)
    assert (answer.status_code, answer.headers["Retry-After"]) == (429, "15")
    assert "15 секунди" in answer.page.text("#current-error")


FIREFOX = "Mozilla/5.0 (X11; Linux x86_64; rv:140.0) Gecko/20100101 Firefox/140.0"
PHONE = (
    "Mozilla/5.0 (Linux; Android 10; K) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/142.0.0.0 Mobile "
    "Safari/537.36"
)


def rows(client):
    """Of the logins on the page: what is said of each, and the button to end it, if there is one."""
    page = client.get("/account").page
    table = page.one("#logins + table")
    lines = [" ".join(row.text_content().split()) for row in table.cssselect("tbody tr")]
    return lines, [field.get("value") for field in table.cssselect("input[name=login]")]


def log_in_with(app, config, agent):
    browser = Client(app, config)
    browser.http.environ_base["HTTP_USER_AGENT"] = agent
    answer = browser.send("/login", email="ana@example.org", password=PASSWORD)
    assert answer.status_code == 303
    return browser


def test_lists_where_one_is_logged_in_this_browser_first(app, config, world):
    here = log_in_with(app, config, FIREFOX)
    phone = log_in_with(app, config, PHONE)
    script = log_in_with(app, config, "curl/8.5.0")
    Login.update(seen_at=NOW - timedelta(minutes=30)).where(Login.browser == "Chrome, Android").execute()
    (first, *others), buttons = rows(here)
    assert first.startswith("Firefox, Linux тук 28.01.2021 г., 10:00 ч.")
    assert [line.split(" 28.")[0] for line in others] == ["неизвестен браузър", "Chrome, Android"]
    assert "28.01.2021 г., 09:30 ч." in others[1]
    assert len(buttons) == 2
    assert "curl" not in here.get("/account").text
    assert rows(phone)[0][0].startswith("Chrome, Android тук")
    assert rows(script)[0][0].startswith("неизвестен браузър тук")


def test_lists_nobody_else_s_logins_and_none_that_is_over(app, config, client, world):
    Client(app, config).sign_in(world.boris)
    Client(app, config).sign_in(world.ana)
    client.sign_in(world.ana)
    assert len(rows(client)[0]) == 2
    old = Client(app, config).sign_in(world.ana)
    Login.update(seen_at=NOW - IDLE).where(Login.digest == token_digest(old.token)).execute()
    assert len(rows(client)[0]) == 2


def test_ends_one_login(app, config, client, world):
    theirs, other = Client(app, config).sign_in(world.ana), Client(app, config).sign_in(world.ana)
    client.sign_in(world.ana)
    name = token_digest(theirs.token).hex()
    for said in ("Влизането е прекратено.", "Това влизане вече е приключило."):
        answer = client.send("/account/logins", login=name)
        assert (answer.status_code, answer.location) == (303, "/account#logins")
        assert said in client.get("/account").page.text("main")
    assert theirs.get("/account").status_code == 303
    assert other.get("/account").status_code == 200
    assert AuditEntry.select().where(AuditEntry.what == "login_ended").count() == 1


@pytest.mark.parametrize("name", ["", "zz", "ab", "00" * 32, "я"])
def test_ends_nothing_for_what_names_no_login(client, world, name):
    assert client.sign_in(world.ana).send("/account/logins", login=name).status_code == 303
    assert Login.select().count() == 1


def test_ends_nobody_else_s_login(app, config, client, world):
    boris = Client(app, config).sign_in(world.boris)
    client.sign_in(world.ana).send("/account/logins", login=token_digest(boris.token).hex())
    assert boris.get("/account").status_code == 200


def test_logs_out_everywhere_else(app, config, client, world):
    elsewhere = Client(app, config).sign_in(world.ana)
    client.sign_in(world.ana)
    assert "Прекратявам всички други" in client.get("/account").page.text("main")

    client.send("/account/elsewhere")
    assert elsewhere.get("/account").status_code == 303
    assert "Влезли сте само тук." in client.get("/account").page.text("main")
    assert Login.select().count() == 1


def test_tells_the_browser_whose_password_it_is(client, world):
    field = client.sign_in(world.ana).get("/account").page.one("form [autocomplete=username]")
    assert (field.get("type"), field.get("value")) == ("email", "ana@example.org")
    assert field.get("hidden") is not None
    assert field.get("name") is None


def test_says_what_time_it_is_in_the_portal(client, world):
    footer = client.sign_in(world.ana).get("/account").page.text("footer")
    assert "Време на портала: 28.01.2021 г., 10:00 ч. (София)" in footer
