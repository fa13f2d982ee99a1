"""Chromium as directors have it, behind a line that counts and slows."""

import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from bench.line import Line

CHROMIUM = shutil.which("chromium") or "/usr/bin/chromium"
FLAGS = ("--no-sandbox", "--disable-background-networking", "--disable-component-update")
WITHOUT = "--disable-features=WebUIOmniboxPopup,WebUIOmniboxAimPopup,OptimizationHints,PreconnectToSearch"
PATIENCE = 120_000  # milliseconds


@contextmanager
def chromium(*flags: str) -> Iterator[Any]:
    """None where there is no Chromium."""
    if shutil.which(CHROMIUM) is None:
        print(f"  no browser: {CHROMIUM} is not there (apt-get install chromium)")
        yield None
        return
    from playwright.sync_api import sync_playwright

    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=CHROMIUM, args=[*FLAGS, WITHOUT, *flags])
        yield browser
        browser.close()


@contextmanager
def visit(browser: Any, session: str, address: str) -> Iterator[Any]:
    """A page of a browser that has nothing in store, in which the director is logged in."""
    context = browser.new_context(base_url=address, locale="bg-BG", ignore_https_errors=True)
    is_secure = address.startswith("https:")
    name = "__Host-session" if is_secure else "session"
    context.add_cookies([{"name": name, "value": session, "url": address, "secure": is_secure}])
    page = context.new_page()
    page.set_default_timeout(PATIENCE)
    yield page
    context.close()


class Counted:
    """What a line carries while something is done: ``with Counted(line) as bytes: …``."""

    def __init__(self, line: Line) -> None:
        self.line = line

    def __enter__(self) -> "Counted":
        self.up, self.down = self.line.carried
        return self

    def __exit__(self, *_: object) -> None:
        up, down = self.line.carried
        self.up, self.down = up - self.up, down - self.down
