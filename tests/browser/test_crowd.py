"""Logging in while many others do: the page waits for its turn by itself."""

import pytest

from tests.cast import PASSWORD

pytestmark = pytest.mark.browser

CROWDED = {"Retry-After": "1", "Set-Cookie": "wait=1; Max-Age=6; Path=/; SameSite=Strict"}


@pytest.fixture
def log_in(tab):
    def typed(password=PASSWORD):
        tab.goto("/login")
        tab.get_by_label("Електронна поща").fill("ana@example.org")
        tab.get_by_label("Парола", exact=True).fill(password)
        tab.get_by_role("button", name="Влизам").click()

    return typed


def crowd(tab, times):
    """So many tries find no place; what each sent."""
    sent = []

    def answer(route):
        if route.request.method == "POST":
            sent.append(route.request.post_data)
        if route.request.method == "POST" and len(sent) <= times:
            route.fulfill(status=204, headers=CROWDED)
        else:
            route.continue_()

    tab.route("**/login", answer)
    return sent


@pytest.mark.parametrize("javascript", [True], indirect=True)
def test_says_that_it_waits_and_goes_in_by_itself(tab, log_in):
    sent = crowd(tab, times=2)
    log_in()
    tab.get_by_text("Чакате реда си").wait_for()
    assert tab.get_by_label("Парола", exact=True).input_value() == PASSWORD

    tab.locator(".who", has_text="Ана Янева").wait_for()
    assert len(sent) == 3


@pytest.mark.parametrize("javascript", [True], indirect=True)
def test_a_wrong_password_ends_the_waiting(tab, log_in):
    crowd(tab, times=1)
    log_in("не е тази парола")
    summary = tab.locator(".error-summary")
    summary.wait_for()
    assert "Адресът или паролата не са верни" in summary.inner_text()
    assert not tab.get_by_text("Чакате реда си").is_visible()


def test_after_too_many_wrong_ones_says_what_else_can_be_done(tab, log_in):
    for _ in range(5):
        log_in("не е тази парола")
        tab.locator(".error-summary").wait_for()
    log_in()
    tab.get_by_text("Ако не можете да чакате").wait_for()
    assert "Опитайте отново след 15 секунди" in tab.locator(".error-summary").inner_text()
