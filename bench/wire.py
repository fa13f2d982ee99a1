"""What the list costs on the line, headers and all, as a Chromium asks for it: over HTTP/1.1 from gunicorn,
and over HTTP/2 from nginx as deploy/nginx.conf sets it up, where nginx is installed."""

import statistics
from contextlib import ExitStack
from pathlib import Path
from typing import Any

from bench.browser import Counted, chromium, visit
from bench.line import Line
from bench.loading import SITE
from bench.school import PAGE, School
from bench.serving import served
from bench.table import Measure, show
from bench.town import MONTH, NOW
from portal.actions.lists.confirm_rest import confirm_rest
from portal.actions.people.egn import set_at_activation
from portal.storage.people.persons import person_with
from portal.storage.tables.campaigns import Record
from portal.storage.tables.db import connected, writing
from portal.storage.tables.people import User
from tests.crypto.qualified.authority import Authority
from tests.deploy.front import HOST, NGINX, in_front_of

TIMES = 5


def measured(folder: Path) -> bool:
    within = [_over_http1(folder / "http1")]
    if Path(NGINX).exists():
        within.append(_over_http2(folder / "http2"))
    return all(within)


def _over_http1(folder: Path) -> bool:
    school = School(folder)
    with ExitStack() as ends:
        server = ends.enter_context(served(school.app, school.environment, folder / "gunicorn.log"))
        line = Line(server.port)
        browser = ends.enter_context(chromium())
        if browser is None:
            return True
        page = ends.enter_context(visit(browser, school.session, f"http://127.0.0.1:{line.port}"))
        cost = _costs(page, line, school) | {"qualified": _sign_page_with_card(browser, folder / "card")}
    return show(
        "On the line with headers, 60 children, HTTP/1.1 (brotli)",
        [
            Measure("first visit: page, style, script", cost["first"], "B", 28_000),
            Measure("  of it the script, which is then kept", cost["script"], "B"),
            Measure("next visit", cost["next"], "B", 4_800),
            Measure("a decision, down", cost["decision down"], "B", 750),
            Measure("a decision, up", cost["decision up"], "B", 1_000),
            Measure("a refused form (422), down", cost["422"], "B", 1_200),
            Measure("a conflict (409), down", cost["409"], "B", 1_200),
            Measure("first page after login", cost["home"], "B", 3_000),
            Measure("sign page", cost["sign"], "B", 6_000),
            Measure("sign page, with КЕП as well", cost["qualified"], "B", 6_000),
            Measure("elements of the list", cost["elements"], "", 1_300),
        ],
    )


def _sign_page_with_card(browser: Any, folder: Path) -> int:
    """Where the institution signs with КЕП from a card, too."""
    school = School(folder)
    with connected(), writing():
        set_at_activation(User.get(), "7523084952", site=SITE, now=NOW)
    trust = str(Authority(NOW).write(folder / "trust"))
    settings = school.environment | {
        "PORTAL_SIGNATURES": "password,qualified", "PORTAL_TRUST_DIR": trust,
    }  # fmt: skip
    with served(school.app, settings, folder / "gunicorn.log") as server:
        line = Line(server.port)
        with visit(browser, school.session, f"http://127.0.0.1:{line.port}") as page:
            cost = _sign_page(page, line)
            assert page.locator("#local-signing").count() == 1
    return cost


def _over_http2(folder: Path) -> bool:
    school = School(folder)
    with ExitStack() as ends:
        settings = school.environment | {"PORTAL_BASE_URL": f"https://{HOST}", "PORTAL_TRUSTED_PROXIES": "1"}
        server = ends.enter_context(served(school.app, settings, folder / "gunicorn.log"))
        (folder / "nginx").mkdir()
        front = ends.enter_context(in_front_of(f"http://127.0.0.1:{server.port}", folder / "nginx"))
        line = Line(front.secure)
        browser = ends.enter_context(chromium(f"--host-resolver-rules=MAP {HOST} 127.0.0.1"))
        if browser is None:
            return True
        page = ends.enter_context(visit(browser, school.session, f"https://{HOST}:{line.port}"))
        cost = _costs(page, line, school)
    return show(
        "The same over HTTP/2 and TLS, from nginx",
        [
            Measure("first visit, with certificate and handshake", cost["first"], "B"),
            Measure("next visit", cost["next"], "B", 4_800),
            Measure("a decision, down", cost["decision down"], "B", 500),
            Measure("a decision, up", cost["decision up"], "B", 100),
            Measure("a refused form (422), down", cost["422"], "B", 1_200),
            Measure("a conflict (409), down", cost["409"], "B", 1_200),
        ],
    )


def _costs(page: Any, line: Line, school: School) -> dict[str, float]:
    """Each in bytes down, where it says nothing else."""
    school.open()
    cost: dict[str, float] = {}
    with Counted(line) as first:
        page.goto(PAGE, wait_until="load")
    cost["first"] = first.down
    cost["script"] = page.evaluate(
        "performance.getEntriesByType('resource').find(e => /portal-.*js$/.test(e.name)).encodedBodySize"
    )
    cost["elements"] = page.evaluate("document.querySelectorAll('*').length")
    for _ in range(2):  # before the second, the browser knows whose the page is
        with Counted(line) as again:
            page.goto(PAGE, wait_until="load")
    cost["next"] = again.down
    decisions = [_decision(page, line) for _ in range(TIMES)]
    cost["decision up"] = statistics.median(up for up, _ in decisions)
    cost["decision down"] = statistics.median(down for _, down in decisions)
    cost["422"] = _refused(page, line)
    cost["409"] = _conflict(page, line)
    with Counted(line) as home:
        page.goto("/", wait_until="load")
    cost["home"] = home.down
    cost["sign"] = _sign_page(page, line)
    return cost


def _decision(page: Any, line: Line) -> tuple[int, int]:
    row = page.locator(".record.is-pending").first
    id = row.get_attribute("id")
    with Counted(line) as one:
        row.locator("[value=confirmed]").click()
        page.wait_for_selector(f"#{id}.is-confirmed")
    return one.up, one.down


def _refused(page: Any, line: Line) -> int:
    """Without the number: the commonest thing that is forgotten."""
    row = page.locator(".record.is-pending:has([data-editor^=refusal-absence])").first
    row.locator("[data-editor^=refusal]").click()
    page.locator(".editor select").select_option("late_note")
    page.locator(".editor textarea").fill("Бележка № 7 от 3.12.")
    with Counted(line) as one:
        page.locator(".editor button[value=refused]").click()
        page.wait_for_selector(".editor [aria-invalid=true]")
    page.locator(".editor [data-close]").click()
    return one.down


def _conflict(page: Any, line: Line) -> int:
    row = page.locator(".record.is-pending").last
    id = row.get_attribute("id")
    with connected():
        record = Record.get_by_id(int(id.removeprefix("record-")))
        Record.update(version=record.version + 1).where(Record.id == record.id).execute()
    with Counted(line) as one:
        row.locator("[value=confirmed]").click()
        page.wait_for_selector(f"#{id} .is-wrong")
    return one.down


def _sign_page(page: Any, line: Line) -> int:
    with connected():
        director = person_with(User.get(), None, NOW.date())
        confirm_rest(director, MONTH, seen=None, now=NOW)
    page.goto(f"{PAGE}/sign", wait_until="load")
    with Counted(line) as one:
        page.goto(f"{PAGE}/sign", wait_until="load")
    return one.down
