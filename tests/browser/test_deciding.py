"""The list in a browser: keys, slow lines, lost answers."""

from decimal import Decimal

import pytest
from playwright.sync_api import expect

from portal.crypto.tokens import new_token
from portal.domain.decisions import Decision, Reason
from portal.storage.tables.campaigns import Record
from portal.storage.tables.people import Login
from tests.browser.conftest import pause, unheard
from tests.cast import (
    NOW,
    PASSWORD,
    add_login,
    add_record,
    stored,
)
from tests.waiting import until

pytestmark = pytest.mark.browser
LIST = "/confirmations/2020-12"


@pytest.fixture
def records(world):
    return [add_record(family=family) for family in ("Ангелова", "Бонева", "Василева", "Георгиева")]


@pytest.fixture
def page(browse, world, records):
    page = browse(world.ana, viewport={"width": 1280, "height": 900})
    page.goto(LIST)
    return page


def row(page, record):
    return page.locator(f"#record-{record.id}")


def confirm(page, record):
    row(page, record).get_by_role("button", name="потвърждавам").click()


def refuse(page):
    page.locator(".editor button[value=refused]").click()


def test_a_first_visit_costs_three_requests_and_a_second_one(browse, world, records):
    page = browse(world.ana)
    asked = []
    page.on("request", lambda request: asked.append(request.url))
    page.goto(LIST)
    assert len(asked) == 3
    page.goto("/confirmations/")
    assert len([url for url in asked[3:] if "/static/" in url]) == 2  # from the browser's own store:
    assert page.evaluate("performance.getEntriesByType('resource').every(e => e.transferSize === 0)")


def test_what_a_refusal_needs_comes_with_the_first_one(browse, world, records):
    page = browse(world.ana)
    scripts = []
    page.on("request", lambda asked: scripts.append(asked.url) if asked.resource_type == "script" else None)
    page.goto(LIST)
    page.keyboard.press("Tab")
    confirm(page, records[0])
    expect(row(page, records[0])).to_have_class("record is-confirmed")
    assert [url for url in scripts if "/portal-" not in url] == []

    for record in records[1:3]:
        row(page, record).locator("[data-editor^=refusal]").click()
    until(lambda: page.evaluate("window.portal.isThere"))
    assert len([url for url in scripts if "/working-" in url]) == 1


def test_the_row_keeps_what_the_answer_leaves_out(page, records):
    facts = row(page, records[0]).locator("th, td:nth-child(2)").all_inner_texts()
    with page.expect_response(lambda answer: answer.request.method == "POST") as answer:
        confirm(page, records[0])

    expect(row(page, records[0])).to_have_class("record is-confirmed")
    assert "Ангелова" not in answer.value.text()
    assert row(page, records[0]).locator("th, td:nth-child(2)").all_inner_texts() == facts
    assert row(page, records[0]).locator("th, td").count() == 4
    assert "не е наше дете" not in answer.value.text()
    row(page, records[0]).get_by_role("link", name="не е наше дете").click()
    expect(page.locator(".editor textarea")).to_be_focused()


def test_what_was_said_of_an_earlier_figure_goes_with_the_decision(page, records):
    Record.update(figure_before=Decimal(9), figure_changed_at=NOW).where(Record.id == records[0].id).execute()
    page.reload()
    expect(row(page, records[0])).to_contain_text("АСП промени числото")

    confirm(page, records[0])

    expect(row(page, records[0])).to_have_class("record is-confirmed")
    expect(row(page, records[0])).not_to_contain_text("АСП промени числото")


def test_the_rest_is_offered_while_there_is_any_that_may_be_confirmed(page, records, world):
    impossible = add_record(reason=Reason.DISTANCE, figure="18")
    Record.update(decision=Decision.CONFIRMED).where(Record.id << records[1:]).execute()
    page.reload()
    expect(page.get_by_text("Потвърждавам всички останали")).to_be_visible()

    confirm(page, records[0])
    expect(row(page, records[0])).to_have_class("record is-confirmed")
    expect(row(page, impossible)).to_have_class("record is-pending")
    expect(page.get_by_text("Потвърждавам всички останали")).to_be_hidden()

    row(page, records[0]).get_by_role("button", name="връщам за преглед").click()
    expect(page.get_by_text("Потвърждавам всички останали в целия списък (1)…")).to_be_visible()


def test_decides_by_keys_alone(page, records):
    first, second, third, _ = records
    row(page, first).focus()
    page.keyboard.press("1")
    expect(row(page, second)).to_be_focused()
    expect(row(page, first)).to_have_class("record is-confirmed")

    page.keyboard.press("ArrowDown")
    page.keyboard.press("2")
    expect(page.locator(f"#corrected-{third.id}")).to_be_focused()
    page.keyboard.type("4,5")
    page.keyboard.press("Escape")
    expect(row(page, third)).to_be_focused()

    page.keyboard.press("k")
    page.keyboard.press("k")
    page.keyboard.press("0")
    expect(row(page, first)).to_have_class("record is-pending")
    expect(row(page, first)).to_be_focused()


def test_the_choices_of_a_row_are_heard_with_the_child_and_left_out_on_paper(page, records):
    there = row(page, records[0])
    for choice in ("потвърждавам", "отказвам", "не е наше дете"):
        expect(there.get_by_label(f"{choice}: Мария Иванова Ангелова", exact=True)).to_be_visible()

    page.emulate_media(media="print")
    expect(there.get_by_label("не е наше дете")).to_be_hidden()
    expect(there.get_by_text("Мария Иванова Ангелова")).to_be_visible()


def test_tab_reaches_one_row_and_then_its_buttons(page, records):
    assert page.locator("[data-record][tabindex='0']").count() == 1
    row(page, records[1]).focus()
    page.keyboard.press("Tab")
    expect(row(page, records[1]).locator("[value=confirmed]")).to_be_focused()
    assert page.locator("[data-record][tabindex='0']").get_attribute("id") == f"record-{records[1].id}"


def test_leads_to_the_field_that_did_not_hold_and_keeps_what_was_typed(page, records):
    record = records[0]
    row(page, record).focus()
    page.keyboard.press("2")
    page.keyboard.type("9")
    refuse(page)

    expect(page.locator(f"#corrected-{record.id}-error")).to_be_visible()
    expect(page.locator(f"#corrected-{record.id}")).to_be_focused()
    assert page.locator(f"#corrected-{record.id}").input_value() == "9"


def test_on_a_phone_the_field_that_did_not_hold_is_on_the_screen(browse, world, records):
    page = browse(world.ana, viewport={"width": 360, "height": 740})
    page.goto(LIST)
    row(page, records[0]).locator("[data-editor^=refusal]").click()
    field = page.locator(f"#corrected-{records[0].id}")
    page.evaluate(
        "field => scrollBy(0, field.getBoundingClientRect().bottom - innerHeight)", field.element_handle()
    )
    field.fill("9")
    field.press("Enter")

    expect(page.locator(f"#corrected-{records[0].id}-error")).to_be_visible()
    expect(field).to_be_focused()
    expect(field).to_be_in_viewport(ratio=1)


def test_the_next_child_does_not_wait_for_the_last_answer(page, records):
    held = []
    page.route("**/records/*", lambda route: held.append(route))
    for record in records[:3]:
        confirm(page, record)
    for record in records[:3]:
        expect(row(page, record)).to_contain_text("записва се…")
    while len(held) < 3:  # a row says so before its request has come here
        page.wait_for_timeout(20)
    for route in held:
        route.continue_()
    for record in records[:3]:
        expect(row(page, record)).to_have_class("record is-confirmed")


def test_a_double_click_sends_once(page, records):
    sent = []
    page.on("request", lambda request: sent.append(request.url) if request.method == "POST" else None)
    row(page, records[0]).locator("[value=confirmed]").dblclick()

    expect(row(page, records[0])).to_have_class("record is-confirmed")
    assert len(sent) == 1


def test_says_what_was_not_saved_and_keeps_it_until_it_is(page, records):
    record = records[0]
    row(page, record).focus()
    page.keyboard.press("2")
    page.keyboard.type("4,5")
    page.locator(f"#note-{record.id}").fill("Бележка № 7")
    page.locator(f"#reason-{record.id}").select_option("late_note")
    page.context.set_offline(True)
    refuse(page)

    expect(row(page, record)).to_contain_text("Не е записано: няма връзка. Натиснете отново.")
    assert stored(record).decision is Decision.PENDING
    assert page.locator(f"#note-{record.id}").input_value() == "Бележка № 7"
    page.context.set_offline(False)
    expect(row(page, record)).to_have_class("record is-refused")
    assert stored(record).note == "Бележка № 7"


@pytest.mark.parametrize(
    ("status", "body"), [(502, "Bad gateway"), (200, "<html><body>Влезте в мрежата</body></html>"), (204, "")]
)
def test_an_answer_of_someone_else_is_not_taken_for_ours(page, records, status, body):
    page.route(
        "**/records/*", lambda route: route.fulfill(status=status, body=body, content_type="text/html")
    )
    confirm(page, records[0])

    expect(row(page, records[0])).to_contain_text("Не е записано")
    confirm(page, records[1])
    expect(row(page, records[1])).to_contain_text("Не е записано")


def test_warns_before_leaving_what_was_not_saved(page, records):
    asked = []
    page.on("dialog", lambda dialog: (asked.append(dialog.type), dialog.accept()))
    page.goto(LIST)
    assert asked == []
    page.context.set_offline(True)
    confirm(page, records[0])
    expect(row(page, records[0])).to_have_class("record is-pending is-failed")
    with unheard(page):
        page.context.set_offline(False)
        page.goto("/confirmations/")
    assert asked == ["beforeunload"]


def test_an_answer_that_was_overtaken_does_not_count_back(page, records):
    held = []
    page.route("**/records/*", lambda route: held.append(route), times=1)
    confirm(page, records[0])
    expect(row(page, records[0])).to_contain_text("записва се…")
    first = held[0].fetch()  # stored first, and told last
    for record in records[1:]:
        confirm(page, record)
        expect(row(page, record)).to_have_class("record is-confirmed")
    expect(page.locator("#counts")).to_contain_text("Готово, но неподписано.")
    held[0].fulfill(response=first)

    expect(row(page, records[0])).to_have_class("record is-confirmed")
    expect(page.locator("#counts")).to_contain_text("остават 0 · потвърдени: 4")
    expect(page.locator("#steps [aria-current]")).to_have_text("Подпишете списъка")
    expect(page.get_by_role("link", name="Към подписване")).to_be_visible()


def test_an_answer_that_was_overtaken_takes_no_step_ahead(page, records):
    Record.update(decision=Decision.CONFIRMED).where(Record.id << records[1:]).execute()
    page.reload()
    held = []
    page.route("**/records/*", lambda route: held.append(route), times=1)
    confirm(page, records[0])
    expect(row(page, records[0])).to_contain_text("записва се…")
    last = held[0].fetch()  # nothing was left then
    row(page, records[1]).get_by_role("button", name="връщам за преглед").click()
    expect(row(page, records[1])).to_have_class("record is-pending")
    held[0].fulfill(response=last)

    expect(row(page, records[0])).to_have_class("record is-confirmed")
    expect(page.locator("#counts")).to_contain_text("остава 1")
    expect(page.locator("#steps [aria-current]")).to_have_text("Прегледайте децата")


def test_reads_out_what_was_stored(page, records):
    confirm(page, records[0])
    expect(page.locator("#said")).to_have_text("Мария Иванова Ангелова: потвърдено, остават 3")


def test_everything_works_without_scripts(browse, world, records):
    page = browse(world.ana, java_script_enabled=False)
    page.goto(LIST)
    confirm(page, records[0])

    expect(row(page, records[0])).to_have_class("record is-confirmed")
    assert page.url.endswith(f"#record-{records[0].id}")


@pytest.mark.parametrize("width", [1280, 360])
def test_fits_the_screen(browse, world, records, width):
    page = browse(world.ana, viewport={"width": width, "height": 800})
    page.goto(LIST)
    assert page.evaluate("document.documentElement.scrollWidth <= innerWidth")
    heights = page.eval_on_selector_all(
        ".record .button:not(.is-link)", "all => all.map(b => b.offsetHeight)"
    )
    assert min(height for height in heights if height) >= 44


def test_a_login_that_ended_loses_nothing_that_was_typed(page, records, world):
    record = records[0]
    row(page, record).focus()
    page.keyboard.press("2")
    page.keyboard.type("4,5")
    page.locator(f"#reason-{record.id}").select_option("late_note")
    page.locator(f"#note-{record.id}").fill("Бележка № 7")
    Login.delete().execute()
    refuse(page)

    expect(row(page, record)).to_contain_text("Не е записано: влизането ви изтече.")
    assert page.locator(f"#note-{record.id}").input_value() == "Бележка № 7"
    with page.context.expect_page() as opened:
        row(page, record).get_by_role("link", name="Вход").click()
    other = opened.value
    other.get_by_label("Електронна поща").fill("ana@example.org")
    other.get_by_label("Парола").fill(PASSWORD)
    other.get_by_role("button", name="Влизам").click()
    other.get_by_text("Какво предстои").wait_for()
    other.close()
    pause(page)
    refuse(page)

    expect(row(page, record)).to_have_class("record is-refused")
    assert stored(record).note == "Бележка № 7"


def test_a_login_renewed_in_another_tab_asks_only_to_press_again(page, records, world):
    old = page.context.cookies()
    token = new_token()
    add_login(token, world.ana.user_id, now=NOW)
    page.context.add_cookies([{**cookie, "value": token} for cookie in old if cookie["name"] == "session"])
    confirm(page, records[0])

    expect(row(page, records[0])).to_contain_text("влезли сте отново")
    pause(page)
    confirm(page, records[0])
    expect(row(page, records[0])).to_have_class("record is-confirmed")


def test_a_refusal_is_put_right_without_typing_it_again(page, records):
    record = records[0]
    row(page, record).focus()
    page.keyboard.press("2")
    page.keyboard.type("4,5")
    page.locator(f"#reason-{record.id}").select_option("late_note")
    page.locator(f"#note-{record.id}").fill("Бележка № 7")
    refuse(page)
    expect(row(page, record)).to_have_class("record is-refused")

    row(page, record).get_by_text("поправям отказа…").click()
    assert page.locator(f"#note-{record.id}").input_value() == "Бележка № 7"
    page.locator(f"#corrected-{record.id}").fill("4")
    pause(page)
    refuse(page)
    expect(row(page, record)).to_contain_text("отказвам: 4 уч. часа")
    assert (stored(record).corrected, stored(record).note) == (4, "Бележка № 7")
