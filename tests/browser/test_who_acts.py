"""Two people at one browser, a login that ends while somebody types, and Back: who acts is who is shown, and
what was typed stays."""

from decimal import Decimal

import pytest
from playwright.sync_api import expect

from portal.actions.lists.confirmations import decide
from portal.crypto.tokens import new_token
from portal.domain.decisions import Decided, Decision, RefusalReason
from portal.storage.tables.institutions import Closure
from portal.storage.tables.people import Login
from tests.browser.conftest import pause
from tests.browser.test_main_job import log_in
from tests.browser.test_register import make_envelope, press
from tests.cast import MONTH, NOW, add_login, add_record, stored

pytestmark = pytest.mark.browser
LIST = "/confirmations/2020-12"
ENDED = "Не е записано: влизането ви изтече."
ORDER = "РД-09-114/10.12.2020"
OTHER = "Не е записано: в този браузър вече е влязъл друг човек: Дора Илиева."


@pytest.fixture
def record(world):
    return add_record(family="Ангелова")


@pytest.fixture
def page(browse, world, record):
    page = browse(world.ana, viewport={"width": 1280, "height": 900})
    page.goto(LIST)
    return page


def row(page, record):
    return page.locator(f"#record-{record.id}")


def confirm(page, record):
    row(page, record).get_by_role("button", name="потвърждавам").click()


def become(page, person, *, visit=True):
    """Somebody logs in, in another tab of the same browser."""
    token = new_token()
    add_login(token, person.user_id, now=NOW)
    old = next(cookie for cookie in page.context.cookies() if cookie["name"] == "session")
    page.context.add_cookies([{**old, "value": token}])
    if visit:
        other = page.context.new_page()
        other.goto("/account")
        other.close()


def asked(page) -> list[str]:
    """What the page asks the portal from here on, as method and path; a script is told nothing."""
    made = []

    def note(request):
        if request.resource_type != "script":
            made.append(f"{request.method} {request.url.split('/', 3)[3].split('?')[0]}")

    page.on("request", note)
    return made


def test_a_page_of_the_director_sends_nothing_for_the_delegate(page, world, record):
    become(page, world.dora)
    made = asked(page)
    confirm(page, record)

    expect(row(page, record)).to_contain_text(OTHER)
    assert made == ["GET account/token"]
    assert stored(record).decision is Decision.PENDING
    pause(page)
    confirm(page, record)
    expect(row(page, record)).to_contain_text(OTHER)
    assert not [request for request in made if request.startswith("POST")]

    row(page, record).get_by_role("link", name="Презаредете страницата").click()
    expect(page.locator(".who")).to_contain_text("Дора Илиева")
    confirm(page, record)
    expect(row(page, record)).to_have_class("record is-confirmed")
    assert stored(record).decided_by_id == world.dora.user_id


def test_the_portal_refuses_it_where_the_page_cannot_know(page, world, record):
    become(page, world.dora, visit=False)
    confirm(page, record)

    expect(row(page, record)).to_contain_text(OTHER)
    assert stored(record).decision is Decision.PENDING


def test_without_scripts_the_portal_says_who_is_there(browse, world, record):
    page = browse(world.ana, java_script_enabled=False)
    page.goto(LIST)
    become(page, world.dora)
    confirm(page, record)

    expect(page.locator("main")).to_contain_text("вече е влязъл друг човек: Дора Илиева")
    assert stored(record).decision is Decision.PENDING
    page.get_by_role("link", name="Презареждам страницата").click()
    expect(page.locator(".who")).to_contain_text("Дора Илиева")
    assert page.url.endswith(LIST)


def test_a_page_that_stayed_current_asks_nothing_before_it_sends(page, record):
    made = asked(page)
    confirm(page, record)

    expect(row(page, record)).to_have_class("record is-confirmed")
    assert made == [f"POST confirmations/2020-12/records/{record.id}"]


def test_one_s_own_new_login_is_taken_over_without_a_word(page, world, record):
    become(page, world.ana)
    confirm(page, record)

    expect(row(page, record)).to_have_class("record is-confirmed")


def test_a_page_that_slept_asks_before_it_sends(browse, world):
    page = browse(world.ana)
    page.clock.install()
    page.goto("/closures/")
    page.get_by_label("Първи ден").fill("2020-12-07")
    page.get_by_label("Последен ден").fill("2020-12-08")
    page.get_by_label("Номер и дата на заповедта").fill(ORDER)
    Login.delete().execute()
    page.clock.fast_forward("11:00")
    made = asked(page)
    page.get_by_role("button", name="Записвам дните").click()

    expect(page.locator("main")).to_contain_text(ENDED)
    assert made[0] == "GET account/token"
    assert not [request for request in made if request.startswith("POST")]
    assert page.get_by_label("Номер и дата на заповедта").input_value() == ORDER
    log_in_beside(page)
    page.get_by_role("button", name="Записвам дните").click()
    expect(page.locator("main")).to_contain_text("Дните са записани.")
    assert Closure.get().order_number == ORDER


def test_a_search_stays_where_it_was_typed(page, record):
    Login.delete().execute()
    page.get_by_label("Име или последни 4 цифри на ЕГН").fill("Ангел")
    page.get_by_role("button", name="Търся").click()

    expect(page.locator("form[role=search]")).to_contain_text(ENDED)
    assert page.get_by_label("Име или последни 4 цифри на ЕГН").input_value() == "Ангел"
    log_in_beside(page)
    page.get_by_role("button", name="Търся").click()
    expect(page.locator("form[role=search]")).not_to_contain_text(ENDED)
    expect(row(page, record)).to_be_visible()


def log_in_beside(page):
    """By the link that the message offers, which leaves the page as it is."""
    with page.context.expect_page() as opened:
        page.get_by_role("link", name="Вход").click()
    log_in(opened.value, "ana@example.org")
    expect(opened.value.get_by_role("button", name="Влизам")).to_be_hidden()
    opened.value.wait_for_load_state()  # closed on its way it might never be: conftest.py, fresh
    opened.value.close()


def test_an_entry_of_the_register_stays_as_it_was_typed(browse, world):
    page = browse(world.ana)
    log_out_and_in(page)
    make_envelope(page)
    page.goto("/quarantine/")
    page.locator("#first_name").fill("Мария")
    page.locator("#last_name").fill("Ангелова")
    Login.delete().execute()
    press(page, "Вписвам")

    expect(page.locator(".enter form")).to_contain_text(ENDED)
    assert page.locator("#last_name").input_value() == "Ангелова"


def log_out_and_in(page):
    """By the password, which opens the register."""
    page.context.clear_cookies()
    log_in(page, "ana@example.org")


@pytest.mark.parametrize("scripts", [True, False])
def test_back_restores_no_old_refusal_beside_a_new_version(browse, world, record, scripts):
    page = browse(world.ana, java_script_enabled=scripts)
    page.goto(LIST)
    row(page, record).get_by_text("отказвам…").click()
    page.locator(f"#reason-{record.id}").select_option("late_note")
    page.locator(f"#note-{record.id}").fill("стара бележка")
    page.goto("/confirmations/")
    refused = Decided(Decision.REFUSED, corrected=Decimal(4), reason=RefusalReason.OTHER, note="нова бележка")
    decide(world.dora, MONTH, record.id, refused, seen=1, now=NOW)
    page.go_back()

    row(page, record).get_by_text("поправям отказа…").click()
    assert page.locator(f"#note-{record.id}").input_value() == "нова бележка"
    assert page.locator(f"#reason-{record.id}").input_value() == "other"
