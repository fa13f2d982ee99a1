"""nginx's page for an address that sends too many forms: what was typed is not lost."""

import pytest
from playwright.sync_api import expect

from tests.browser.conftest import CHROMIUM, FLAGS, LONGEST
from tests.deploy.conftest import programs  # noqa: F401
from tests.deploy.front import HOST, Visitor, in_front_of
from tests.served import served
from tests.waiting import until

pytestmark = [pytest.mark.browser, pytest.mark.nginx, pytest.mark.xdist_group("nginx")]

REFUSED = "Твърде много заявки наведнъж"
EMAIL = "ana@example.org"


@pytest.fixture
def front(programs, world, database, tmp_path):  # noqa: F811
    there = {"PORTAL_BASE_URL": f"https://{HOST}", "PORTAL_TRUSTED_PROXIES": "1"}
    with served(database, tmp_path, **there) as portal, in_front_of(portal.address, tmp_path) as found:
        yield found


@pytest.fixture
def page(chromium, front):
    """In a browser that goes to nginx under its name, and keeps no page in its memory."""
    there = [f"--host-resolver-rules=MAP {HOST}:443 127.0.0.1:{front.secure}", "--ignore-certificate-errors"]
    browser = chromium.browser_type.launch(executable_path=CHROMIUM, args=[*FLAGS, *there])
    page = browser.new_page(base_url=f"https://{HOST}", locale="bg-BG")
    page.set_default_timeout(LONGEST)
    yield page
    browser.close()


@pytest.fixture
def refused(front, page):
    """On the page of nginx: others behind the same address were faster."""

    def is_refused() -> bool:
        page.goto("/forgotten")
        page.get_by_label("Електронна поща").fill(EMAIL)
        others = Visitor(front, "127.0.0.1")
        while others.send("/forgotten").status != 429:
            pass
        others.line.close()
        page.get_by_role("button", name="Искам писмо").click()
        page.wait_for_load_state()
        return heading(page) == REFUSED

    until(is_refused)


def heading(page) -> str:
    return page.get_by_role("heading", level=1).inner_text()


def test_loading_the_page_again_sends_the_same_once_more(page, refused):
    def is_taken() -> bool:
        page.reload()
        return heading(page) != REFUSED

    until(is_taken)
    assert page.url == f"https://{HOST}/forgotten/sent"


def test_back_leads_to_what_was_typed(page, refused):
    page.go_back()
    expect(page.get_by_label("Електронна поща")).to_have_value(EMAIL)
