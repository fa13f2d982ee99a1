"""A dead line where nothing goes by itself: each page says what is true of it and keeps what was typed."""

from decimal import Decimal

import pytest
from playwright.sync_api import expect

from portal.actions.lists.confirmations import decide
from portal.domain.decisions import Decided, Decision, RefusalReason
from portal.storage.tables.register import Entry, Envelope
from tests.browser.test_main_job import log_in
from tests.browser.test_register import copy_groups, enroll, enter_class, make_envelope, press
from tests.cast import MONTH, NOW, PASSWORD, add_record, stored
from tests.waiting import until

pytestmark = pytest.mark.browser
LIST = "/confirmations/2020-12"
UNSAVED = "Не е записано: няма връзка. Натиснете отново."


@pytest.fixture
def page(browse, world):
    return browse(world.ana, viewport={"width": 1280, "height": 900})


@pytest.fixture
def director(page):
    """Logged in by the password, which opens the register."""
    page.context.clear_cookies()
    log_in(page, "ana@example.org")
    return page


@pytest.fixture
def register(director):
    enroll()
    make_envelope(director)
    return director


def test_a_row_of_the_register_says_that_it_has_to_be_pressed_again(register):
    enter_class(register)
    row = register.locator("tr[data-record]").first
    register.context.set_offline(True)
    row.get_by_role("button", name="Вписвам край").click()
    expect(row.locator("[data-failed]")).to_have_text(UNSAVED)
    register.context.set_offline(False)
    row.get_by_role("button", name="Вписвам край").click()

    until(lambda: Entry.select().where(Entry.revision > 1).count() == 1)


def test_who_confirms_the_rest_stays_beside_what_is_to_be_confirmed(page, world):
    records = [add_record(family=family) for family in ("Ангелова", "Бонева")]
    page.goto(f"{LIST}/confirm-rest")
    page.context.set_offline(True)
    press(page, "Потвърждавам 2 записа")
    expect(page.locator("[data-failed]")).to_contain_text("Нищо не е записано: няма връзка.")
    assert {stored(record).decision for record in records} == {Decision.PENDING}
    page.context.set_offline(False)
    press(page, "Потвърждавам 2 записа")

    expect(page.locator("#counts")).to_be_visible()
    assert {stored(record).decision for record in records} == {Decision.CONFIRMED}


def test_a_class_that_is_not_entered_stays_as_it_was_chosen(register):
    register.goto("/quarantine/")
    register.get_by_label("Випуск или група").select_option("5")
    press(register, "Показвам децата")
    register.get_by_label("контактно лице").check()
    register.locator("[name=child]").first.uncheck()
    register.locator("[name=placed_on]").fill("2021-01-25")
    register.locator("[name=planned_until]").fill("2021-02-05")
    register.context.set_offline(True)
    press(register, "Вписвам отбелязаните")
    expect(register.locator("[data-failed]")).to_contain_text("Не е записано: няма връзка. Избраното остава")
    register.context.set_offline(False)
    press(register, "Вписвам отбелязаните")

    expect(register.locator("#counts")).to_contain_text("2 деца")
    assert Entry.select().count() == 2


def test_the_sheet_that_was_printed_stays_the_envelopes(director):
    director.goto("/quarantine/envelope")
    copy_groups(director)
    director.context.set_offline(True)
    press(director, "Потвърждавам, че пликът е готов")
    expect(director.locator("[data-failed]")).to_contain_text("Пликът още не е направен: няма връзка.")
    assert Envelope.select().count() == 0
    director.context.set_offline(False)
    press(director, "Потвърждавам, че пликът е готов")

    expect(director.locator("main")).to_contain_text("Пликът е в сила.")


def test_a_row_that_could_not_be_opened_is_as_saved_as_before(page, world):
    record = add_record(family="Ангелова")
    refused = Decided(Decision.REFUSED, corrected=Decimal(4), reason=RefusalReason.OTHER, note="бележка")
    decide(world.ana, MONTH, record.id, refused, seen=1, now=NOW)
    page.goto(LIST)
    row = page.locator(f"#record-{record.id}")
    page.context.set_offline(True)
    row.get_by_text("поправям отказа…").click()

    expect(row.locator("[data-failed]")).to_have_text("Не е отворено: няма връзка. Натиснете отново.")
    expect(row).to_have_class("record is-refused")
    expect(page.locator("#counts .unsaved")).to_have_count(0)
    page.context.set_offline(False)
    row.get_by_text("поправям отказа…").click()
    expect(page.locator(f"#note-{record.id}")).to_have_value("бележка")
    assert stored(record).version == 2


def test_signing_says_that_it_is_on_its_way_until_the_answer_comes(page, world):
    add_record(decision=Decision.CONFIRMED)
    page.goto(f"{LIST}/sign")
    page.get_by_label("Парола").fill(PASSWORD)
    said = "document.querySelector('[data-failed]').textContent"
    page.evaluate(f"window.addEventListener('pagehide', () => sessionStorage.setItem('said', {said}))")
    asked = []
    page.route("**/account/token*", lambda route: asked.append(route))
    for _ in range(2):  # pressed again it is not sent again, and goes on saying so
        press(page, "Подписвам списъка")
        expect(page.locator("[data-failed]")).to_have_text("Изпраща се…")
    until(lambda: page.wait_for_timeout(20) or asked)
    asked[0].continue_()

    expect(page.locator("main")).to_contain_text("Списъкът е подписан.")
    assert page.evaluate("sessionStorage.getItem('said')") == "Изпраща се…"
    assert len(asked) == 1
