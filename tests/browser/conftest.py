"""A real portal, several processes behind one address, and a real Chromium looking at it."""

import shutil
import time
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from pathlib import Path

import pytest

from portal.crypto.tokens import new_token
from tests.cast import (
    NOW,
    add_login,
)
from tests.conftest import REQUIRED
from tests.served import served
from tests.waiting import PATIENCE

ASKING = shutil.which("chromium") or "/usr/bin/chromium"  # with windows, in which it can ask people
# The same engine without windows takes a third less of the processor.
CHROMIUM = shutil.which("chromium-headless-shell") or ASKING
# The first line are two pages that the address bar of each window makes, longer in the making than ours. The
# others are what Playwright turns off: whoever names any, names all.
WITHOUT = (
    *("WebUIOmniboxPopup", "WebUIOmniboxAimPopup"),
    *("AimEnabled", "AvoidCorsURLLoaderRestartOnRedirect", "AvoidUnnecessaryBeforeUnloadCheckSync"),
    *("DestroyProfileOnBrowserClose", "HttpsFirstBalancedModeAutoEnable", "HttpsUpgrades", "LensOverlay"),
    *("MediaRouter", "NetworkTimeServiceQuerying", "OptimizationHints", "PaintHolding", "PreconnectToSearch"),
    "ThirdPartyStoragePartitioning",
)
FLAGS = ["--no-sandbox", "--disable-background-networking", f"--disable-features={','.join(WITHOUT)}"]
LONGEST = PATIENCE * 1000  # milliseconds
COMES = 5  # seconds that an answer which is on its way is waited for: some tests let none come
LOOKS = 5  # as often nothing more is on its way before that is believed


@pytest.fixture(scope="session")
def chromium():
    if not Path(CHROMIUM).exists():
        if "browser" in REQUIRED:
            pytest.fail("Chromium is required and not installed (apt-get install chromium)")
        pytest.skip("no Chromium on this machine (apt-get install chromium)")
    from playwright.sync_api import expect, sync_playwright

    expect.set_options(timeout=LONGEST)
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=CHROMIUM, args=FLAGS)
        yield browser
        browser.close()


@pytest.fixture
def portal(world, database, tmp_path) -> Iterator[str]:
    """The address of a portal served by gunicorn over the test's database, with the cast in it."""
    with served(database, tmp_path) as portal:
        yield portal.address


@contextmanager
def fresh(browser, **options):
    """A fresh browser, closed once what was asked for has come: who closes one page while the next is on its
    way may wait for ever for Chromium 156 to say that it is closed."""
    context = browser.new_context(locale="bg-BG", **options)
    coming = set()
    context.on("request", lambda request: coming.add(request))
    for over in ("requestfinished", "requestfailed"):
        context.on(over, lambda request: coming.discard(request))
    yield context
    settle(context, coming)
    context.close()


def settle(context, coming: set) -> None:
    """Wait for what is on its way, and then for what a script asks for when it has come."""
    end, still = time.monotonic() + COMES, 1
    while still and context.pages and time.monotonic() < end:
        context.pages[0].wait_for_timeout(20)
        still = LOOKS if coming else still - 1


def pause(page) -> None:
    """Longer than a double click, whose second half portal.js ignores."""
    page.wait_for_timeout(600)


@contextmanager
def unheard(page):
    """Nobody answers whether the line is back: what goes again at once is unsaved for a moment only."""
    asked = []
    page.route("**/healthz", lambda route: asked.append(route))
    yield
    for route in asked:
        route.continue_()
    page.unroute("**/healthz")


@pytest.fixture(params=[True, False], ids=["with JavaScript", "without JavaScript"])
def javascript(request) -> bool:
    return request.param


@pytest.fixture
def tab(chromium, portal, javascript):
    """A page of a fresh browser; a script's error or a broken rule of the CSP fails the test."""
    with fresh(chromium, base_url=portal, java_script_enabled=javascript) as context:
        page = context.new_page()
        wrong = []
        page.on("pageerror", lambda error: wrong.append(str(error)))
        page.on("console", lambda line: wrong.append(line.text) if "Content Security" in line.text else None)
        page.set_default_timeout(LONGEST)
        yield page
    assert wrong == []


@pytest.fixture
def browse(chromium, portal):
    """Open a fresh browser with a person logged in."""
    yield from browsing(chromium, portal)


@pytest.fixture
def browse_enlarged(chromium, portal):
    """The same for somebody who has told the browser to write half as large again."""
    enlarged = chromium.browser_type.launch(
        executable_path=CHROMIUM, args=[*FLAGS, "--blink-settings=defaultFontSize=24"]
    )
    yield from browsing(enlarged, portal)
    enlarged.close()


def browsing(browser, portal):
    with ExitStack() as contexts:

        def opened(person, **options):
            token = new_token()
            add_login(token, person.user_id, now=NOW)
            context = contexts.enter_context(fresh(browser, base_url=portal, **options))
            context.add_cookies([{"name": "session", "value": token, "url": portal}])
            page = context.new_page()
            page.set_default_timeout(LONGEST)
            return page

        yield opened
