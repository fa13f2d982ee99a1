"""A real portal, several processes behind one address, and a real Chromium looking at it."""

import shutil
import socket
import urllib.request
from collections.abc import Iterator
from contextlib import suppress
from multiprocessing.process import BaseProcess
from pathlib import Path

import pytest

from portal.crypto.pepper import write_once
from portal.crypto.tokens import new_token, token_digest
from portal.storage.tables.people import Login
from tests.browser.served import start
from tests.cast import NOW, PEPPER
from tests.conftest import REQUIRED
from tests.waiting import PATIENCE, until

CHROMIUM = shutil.which("chromium") or "/usr/bin/chromium"
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
    port = _free_port()
    pepper = tmp_path / "pepper"
    write_once(pepper, PEPPER)
    settings = {
        "PORTAL_ENV": "test",
        "PORTAL_CLOCK": NOW.isoformat(),
        "PORTAL_DATABASE_URL": database,
        "PORTAL_SECRET_KEY": "tests only, and long enough to be one",
        "PORTAL_PEPPER_FILE": str(pepper),
        "PORTAL_BASE_URL": f"http://127.0.0.1:{port}",
        "PORT": str(port),
    }
    log = tmp_path / "gunicorn.log"
    server = start(settings, log)
    try:
        _wait_for(f"http://127.0.0.1:{port}/healthz", server, log)
        yield f"http://127.0.0.1:{port}"
    finally:
        server.terminate()
        server.join(PATIENCE)
        server.close()


def pause(page) -> None:
    """Longer than a double click, whose second half portal.js ignores."""
    page.wait_for_timeout(600)


@pytest.fixture(params=[True, False], ids=["with JavaScript", "without JavaScript"])
def javascript(request) -> bool:
    return request.param


@pytest.fixture
def tab(chromium, portal, javascript):
    """A page of a fresh browser; a script's error or a broken rule of the CSP fails the test."""
    context = chromium.new_context(base_url=portal, java_script_enabled=javascript, locale="bg-BG")
    page = context.new_page()
    wrong = []
    page.on("pageerror", lambda error: wrong.append(str(error)))
    page.on("console", lambda line: wrong.append(line.text) if "Content Security" in line.text else None)
    page.set_default_timeout(LONGEST)
    yield page
    context.close()
    assert wrong == []


@pytest.fixture
def browse(chromium, portal):
    """Open a fresh browser with a person logged in."""
    contexts = []

    def opened(person, **options):
        token = new_token()
        Login.create(digest=token_digest(token), user=person.user_id, made_at=NOW, seen_at=NOW)
        context = chromium.new_context(base_url=portal, locale="bg-BG", **options)
        context.add_cookies([{"name": "session", "value": token, "url": portal}])
        contexts.append(context)
        page = context.new_page()
        page.set_default_timeout(LONGEST)
        return page

    yield opened
    for context in contexts:
        context.close()


def _free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return probe.getsockname()[1]


def _wait_for(address: str, server: BaseProcess, log: Path) -> None:
    def answers() -> bool:
        assert server.is_alive(), f"the portal did not start: {log.read_text()[-2000:]}"
        with suppress(OSError), urllib.request.urlopen(address, timeout=PATIENCE):
            return True
        return False

    until(answers)
