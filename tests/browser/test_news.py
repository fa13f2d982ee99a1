"""What a director is told of her own access, from the new browser to „Разбрах“, with and without a script."""

import pytest

from portal.storage.tables.access_news import AccessNews
from tests.cast import PASSWORD
from tests.mail.letters import readers

pytestmark = [pytest.mark.browser, pytest.mark.both_databases]

NEWS = "text=от браузър, който порталът не познава"


def log_in(page) -> None:
    page.goto("/login")
    page.fill("#email", "ana@example.org")
    page.fill("#password", PASSWORD)
    page.click("text=Влизам")
    page.wait_for_selector("text=Какво предстои")


def test_a_new_browser_is_told_in_the_old_one_until_it_was_read(tab, chromium, portal, javascript):
    log_in(tab)
    other = chromium.new_context(base_url=portal, java_script_enabled=javascript)
    stranger = other.new_page()

    log_in(stranger)

    assert not stranger.is_visible(NEWS)
    assert readers("new_browser") == ["ana@example.org"]
    other.close()
    tab.goto("/")
    tab.wait_for_selector(NEWS)
    tab.click("text=Разбрах")
    tab.wait_for_selector(NEWS, state="detached")
    assert AccessNews.select().count() == 0
