"""The list without a mouse: few stops on the way to it, keys that work in either layout, and what they do."""

import pytest
from playwright.sync_api import expect

from tests.cast import add_record
from tests.circulars import published

pytestmark = pytest.mark.browser
LIST = "/confirmations/2020-12"
PRESS = """([selector, key, code]) => document.querySelector(selector).dispatchEvent(
    new KeyboardEvent('keydown', { key, code, bubbles: true, cancelable: true }))"""


@pytest.fixture
def records(world):
    return [add_record(family=family) for family in ("Ангелова", "Бонева", "Василева")]


@pytest.fixture
def page(browse, world, records):
    return browse(world.ana, viewport={"width": 1280, "height": 900})


@pytest.mark.parametrize("has_circular", [False, True])
def test_home_to_the_first_child_is_four_stops(page, records, world, has_circular):
    if has_circular:
        published(world.nora, files=1)
    page.goto("/")
    page.keyboard.press("Tab")
    page.keyboard.press("Enter")
    page.keyboard.press("Tab")
    page.keyboard.press("Enter")
    page.wait_for_url(f"**{LIST}")
    page.locator(".has-script").wait_for()
    page.keyboard.press("Tab")
    page.keyboard.press("Enter")
    page.keyboard.press("Tab")

    expect(page.locator(f"#record-{records[0].id}")).to_be_focused()


def test_the_question_mark_shows_the_keys_and_escape_goes_back(page, records):
    page.goto(LIST)
    first = page.locator(f"#record-{records[0].id}")
    first.focus()
    page.keyboard.press("?")

    dialog = page.get_by_role("dialog", name="Клавиши в списъка")
    expect(dialog).to_contain_text("връщам за преглед")
    page.keyboard.press("Escape")
    expect(dialog).to_be_hidden()
    expect(first).to_be_focused()

    page.get_by_role("button", name="Клавиши: ?").click()
    dialog.get_by_role("button", name="Затварям").click()
    expect(dialog).to_be_hidden()


def test_a_question_mark_that_is_typed_is_text(page, records):
    page.goto(LIST)
    page.locator("#q").press("?")

    assert page.locator("#q").input_value() == "?"
    expect(page.get_by_role("dialog")).to_have_count(0)


@pytest.mark.parametrize(
    ("key", "code"),
    [("1", "Digit1"), ("1", "Numpad1"), ("&", "Digit1"), ("й", "KeyJ"), ("ArrowDown", "ArrowDown")],
)
def test_keys_work_by_their_place(page, records, key, code):
    page.goto(LIST)
    first, second, _ = (page.locator(f"#record-{record.id}") for record in records)
    first.focus()
    page.evaluate(PRESS, [f"#record-{records[0].id}", key, code])

    expect(second).to_be_focused()
    expect(first).to_have_class("record is-confirmed" if "1" in code else "record is-pending")


def test_nothing_is_lost_without_a_script(browse, world, records):
    page = browse(world.ana, java_script_enabled=False)
    page.goto(LIST)

    expect(page.get_by_text("Клавиши")).to_have_count(0)
    page.locator(f"#record-{records[0].id}").get_by_text("отказвам…").click()
    expect(page.locator(f"#corrected-{records[0].id}")).to_be_focused()


def test_a_row_keeps_the_filter_that_it_stands_under(page, records):
    page.goto(LIST)
    page.locator("#class").select_option("7")
    page.get_by_role("button", name="Търся").click()
    expect(page.locator(".shown")).to_contain_text("Показани 3 от 3")
    expect(page.locator("[data-rest]")).to_have_text("3")
    first, second, _ = (page.locator(f"#record-{record.id}") for record in records)
    first.locator("[value=confirmed]").click()
    expect(first).to_have_class("record is-confirmed")
    expect(page.locator("[data-rest]")).to_have_text("2")
    assert "class=7" in first.locator(".not-ours").get_attribute("href")

    second.locator("[data-editor^=refusal]").click()
    with page.expect_request(lambda request: request.method == "POST") as sent:
        page.locator(".editor button[value=refused]").click()
    assert "class=7" in sent.value.post_data
    expect(page.locator(".editor [aria-invalid=true]").first).to_be_visible()
    assert page.locator(".editor [name=class]").get_attribute("value") == "7"
