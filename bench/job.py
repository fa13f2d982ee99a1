"""The whole job of a month on a slow line: sixty children, six of them refused, then signed; by a hand that
needs no time. Beside it sixty decisions in the minimal app, which has neither rules nor a signature. Django's
admin is left out: it would be a dependency for this alone."""

import time
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, contextmanager
from pathlib import Path
from typing import Any

from bench.browser import chromium, visit
from bench.line import Line
from bench.minimal.side import Minimal
from bench.school import PAGE, PASSWORD, School
from bench.serving import served
from bench.table import Measure, show
from tests.deploy.front import HOST, NGINX, in_front_of

UP, DOWN, DELAY = 30_000, 50_000, 0.225  # bit/s each way, and seconds there: 450 ms there and back
REFUSED = 6
Hand = Callable[[Any], None]
Reached = Callable[[School, Path], AbstractContextManager[tuple[int, str]]]
# Inside the page: from outside, Playwright looks only twice a second.
COME = """([selector, count]) => new Promise((come) => {
    const look = () => document.querySelectorAll(selector).length >= count ? come() : setTimeout(look, 20);
    look();
})"""


def measured(folder: Path) -> bool:
    with chromium(f"--host-resolver-rules=MAP {HOST} 127.0.0.1") as browser:
        if browser is None:
            return True
        within = [_shown("HTTP/1.1", browser, folder / "http1", _plain)]
        if Path(NGINX).exists():
            within.append(_shown("HTTP/2 and TLS from nginx", browser, folder / "http2", _fronted))
        return all([*within, _minimal(browser, folder / "minimal")])


def _shown(what: str, browser: Any, folder: Path, reached: Reached) -> bool:
    rest, rest_bytes = _ours(browser, folder / "rest", _the_rest_at_once, reached)
    single, single_bytes = _ours(browser, folder / "single", _one_by_one, reached)
    return show(
        f"The whole job: 60 children, {REFUSED} refused, signed; 50/30 kbit/s, 450 ms, {what}",
        [
            Measure("the rest at once", rest, "s", 20),
            Measure("  both ways", rest_bytes, "B", 70_000),
            Measure("one by one, without waiting", single, "s", 28),
            Measure("  both ways", single_bytes, "B"),
        ],
    )


def _ours(browser: Any, folder: Path, decide: Hand, reached: Reached) -> tuple[float, int]:
    school = School(folder)

    def job(page: Any) -> None:
        page.goto(PAGE, wait_until="domcontentloaded")
        _refuse_six(page)
        decide(page)
        _sign(page)

    with reached(school, folder) as (port, address):
        return _timed(browser, port, address, school.session, job)


@contextmanager
def _plain(school: School, folder: Path) -> Iterator[tuple[int, str]]:
    """Where the portal listens, and how a browser calls it, with the port of the line."""
    with served(school.app, school.environment, folder / "gunicorn.log") as server:
        yield server.port, "http://127.0.0.1:{}"


@contextmanager
def _fronted(school: School, folder: Path) -> Iterator[tuple[int, str]]:
    """The same behind nginx as deploy/nginx.conf sets it up."""
    settings = {"PORTAL_BASE_URL": f"https://{HOST}", "PORTAL_TRUSTED_PROXIES": "1"}
    (folder / "nginx").mkdir()
    with (
        served(school.app, school.environment | settings, folder / "gunicorn.log") as server,
        in_front_of(f"http://127.0.0.1:{server.port}", folder / "nginx") as front,
    ):
        yield front.secure, f"https://{HOST}:{{}}"


def _timed(browser: Any, port: int, address: str, session: str, job: Hand) -> tuple[float, int]:
    line = Line(port, up=UP, down=DOWN, delay=DELAY)
    with visit(browser, session, address.format(line.port)) as page:
        began = time.monotonic()
        job(page)
        took = time.monotonic() - began
    line.close()
    return took, sum(line.carried)


def _refuse_six(page: Any) -> None:
    """Each without waiting for the answer to the one before."""
    rows = page.locator(".record:has([data-editor^=refusal-absence])")
    for id in rows.evaluate_all("rows => rows.map(row => row.id)")[:REFUSED]:
        page.locator(f"#{id} [data-editor^=refusal]").evaluate("link => link.click()")
        number = id.removeprefix("record-")
        page.locator(f"#corrected-{number}").fill("4,5")
        page.locator(f"#reason-{number}").select_option("late_note")
        page.locator(f"#note-{number}").fill("Бележка № 118 от 7.12.")
        page.locator(f"#{id} + .editor button[value=refused]").evaluate("button => button.click()")
    page.evaluate(COME, [".is-refused", REFUSED])


def _the_rest_at_once(page: Any) -> None:
    page.locator("#counts .next a").click()
    page.locator("form[action$=confirm-rest] button").click()


def _one_by_one(page: Any) -> None:
    page.locator(".record [value=confirmed]").evaluate_all("all => all.forEach(button => button.click())")
    page.evaluate(COME, ["#counts.is-ready", 1])


def _sign(page: Any) -> None:
    page.locator("#counts.is-ready .next a").click()
    page.locator("input[type=password]").fill(PASSWORD)
    page.locator("form[action$='/sign'] button:not([type=button])").click()
    page.wait_for_selector("a[href$='receipt.pdf']")


def _minimal(browser: Any, folder: Path) -> bool:
    folder.mkdir(parents=True, exist_ok=True)
    side = Minimal(f"sqlite:///{folder}/minimal.db", folder)
    side.fill(1, 60)
    settings = {"PORTAL_SECRET_KEY": "only for measuring, and long enough", "MINIMAL_COMPRESSED": "yes"}

    def job(page: Any) -> None:
        page.goto("/list", wait_until="domcontentloaded")
        buttons = page.locator(".record [value=confirmed]")
        buttons.evaluate_all("all => all.forEach(button => button.click())")
        page.evaluate(COME, [".is-confirmed", 60])

    with served(side.app, side.environment | settings, folder / "gunicorn.log") as server:
        side.log_in(server.port)
        session = side.visits[0].session
        took, carried = _timed(browser, server.port, "http://127.0.0.1:{}", session, job)
    side.close()
    return show(
        "Beside it the minimal app: sixty decisions one by one, without waiting, HTTP/1.1",
        [Measure("until the last is stored", took, "s"), Measure("  both ways", carried, "B")],
    )
