"""A password that is typed on an old computer: shown on demand, and what Caps Lock does to it."""

import pytest

from tests.cast import PASSWORD

pytestmark = pytest.mark.browser

CAPS = """on => document.activeElement.dispatchEvent(
    new KeyboardEvent("keyup", {key: "a", bubbles: true, modifierCapsLock: on}))"""


@pytest.fixture
def tab(chromium, portal):
    page = chromium.new_page()
    page.goto(f"{portal}/login")
    yield page
    page.close()


def test_the_keyboard_shows_and_hides_it(tab):
    button = tab.get_by_role("button", name="Показвам „Парола“")

    def is_shown():
        pressed = button.get_attribute("aria-pressed") == "true"
        assert tab.get_attribute("#password", "type") == ("text" if pressed else "password")
        return pressed

    tab.fill("#password", PASSWORD)
    tab.focus("#password")
    tab.keyboard.press("Tab")
    assert button.evaluate("button => button === document.activeElement")
    assert not is_shown()

    tab.keyboard.press("Space")
    assert is_shown()
    assert tab.input_value("#password") == PASSWORD

    tab.keyboard.press("Enter")
    assert not is_shown()


def test_it_is_sent_hidden_and_a_failed_try_says_what_to_look_at(tab, portal):
    from playwright.sync_api import expect

    tab.fill("#email", "ana@example.org")
    tab.fill("#password", " GHJDFHJKF")
    tab.click(".secret button")
    tab.evaluate("""() => addEventListener("submit", event => {
        document.title = event.target.elements.password.type; event.preventDefault(); })""")
    tab.click("text=Влизам")
    expect(tab).to_have_title("password")

    tab.reload()
    tab.fill("#password", " GHJDFHJKF")
    tab.click("text=Влизам")
    for hint in ("латински букви: проверете клавиатурната подредба", "проверете Caps Lock", "има интервал"):
        expect(tab.locator("#password-error")).to_contain_text(hint)


def test_caps_lock_is_told_while_it_is_on(tab):
    tab.focus("#password")
    tab.evaluate(CAPS, True)
    assert tab.text_content(".field:has(#password) [data-caps]") == "Caps Lock е включен."
    assert tab.text_content("#said") == "Caps Lock е включен."

    tab.evaluate(CAPS, False)
    assert tab.locator("[data-caps]").count() == 0


def test_without_a_script_there_is_no_button_and_the_form_works(chromium, portal):
    context = chromium.new_context(java_script_enabled=False)
    page = context.new_page()
    page.goto(f"{portal}/login")
    assert not page.is_visible(".secret button")

    page.fill("#email", "ana@example.org")
    page.fill("#password", PASSWORD)
    page.press("#password", "Enter")
    page.wait_for_url(f"{portal}/")
    context.close()
