"""A list of three hundred on an old computer: Chromium with its processor slowed six times."""

import statistics
from pathlib import Path
from typing import Any

from bench.browser import chromium, visit
from bench.school import PAGE, School
from bench.serving import served
from bench.table import Measure, show

CHILDREN, SLOWER, TIMES = 300, 6, 5

# From the last byte of the page until its script has run and something is painted.
USABLE = """() => new Promise((told) => setTimeout(() => {
    const page = performance.getEntriesByType('navigation')[0];
    const paint = performance.getEntriesByName('first-contentful-paint')[0];
    told(Math.max(page.domContentLoadedEventEnd, paint.startTime) - page.responseEnd);
}))"""
# What the browser itself says of a press: until the next frame is shown.
WATCH = """() => {
    window.pressed = [];
    const note = (list) => window.pressed.push(...list.getEntries().map((entry) => entry.duration));
    new PerformanceObserver(note).observe({ type: 'event', durationThreshold: 16 });
    document.addEventListener('htmx:before:swap', () => {
        const began = performance.now();
        requestAnimationFrame(() => setTimeout(() => { window.swapped = performance.now() - began; }));
    });
}"""


def measured(folder: Path) -> bool:
    school = School(folder, CHILDREN)
    with served(school.app, school.environment, folder / "gunicorn.log") as server, chromium() as browser:
        if browser is None:
            return True
        address = f"http://127.0.0.1:{server.port}"
        with visit(browser, school.session, address) as page:
            page.context.new_cdp_session(page).send("Emulation.setCPUThrottlingRate", {"rate": SLOWER})
            usable = statistics.median(_arrives(page) for _ in range(TIMES))
            page.evaluate(WATCH)
            presses = [_decides(page, number) for number in range(TIMES)]
    return show(
        f"A list of {CHILDREN}, the browser's processor {SLOWER} times slower",
        [
            Measure("usable after its last byte", usable, "ms", 1_000),
            Measure("a decision is seen to be made", statistics.median(p for p, _ in presses), "ms", 100),
            Measure("its answer is seen after it has come", statistics.median(s for _, s in presses), "ms"),
        ],
    )


def _arrives(page: Any) -> float:
    page.goto(PAGE, wait_until="load")
    return page.evaluate(USABLE)


def _decides(page: Any, number: int) -> tuple[float, float]:
    """The longest of the press's events, and the time from the answer to the frame with it."""
    row = page.locator(".record.is-pending").nth(number * 50)
    id = row.get_attribute("id")
    page.evaluate("() => { window.pressed.length = 0; window.swapped = 0; }")
    row.locator("[value=confirmed]").click()
    page.wait_for_selector(f"#{id}.is-confirmed")
    page.wait_for_timeout(500)
    return page.evaluate("() => [Math.max(16, ...window.pressed), window.swapped]")
