"""The operator's month in a browser: files in, a line mended, the window, watching, the answer, sent."""

from contextlib import contextmanager
from datetime import UTC, datetime

import pytest

from portal.crypto.tokens import new_token
from portal.domain.month import Month
from portal.storage.loading.tables import Load
from portal.storage.tables.campaigns import Campaign, Record
from portal.storage.tables.db import connected
from tests.actions.loading.loaded import asp
from tests.browser.conftest import LONGEST, fresh
from tests.cast import EGNS, NOW, OTHER_SCHOOL, SCHOOL, add_login
from tests.exchange.invented import DATA
from tests.served import served
from tests.waiting import until

pytestmark = pytest.mark.browser

JANUARY = Month(2021, 1)
PAGE = f"/campaigns/{JANUARY}"
LINES = 700  # of each of two institutions: together more than are loaded before the answer
AFTER_JANUARY = datetime(2021, 2, 8, 8, tzinfo=UTC)
FILES, WHOLE = 6, 17  # clicks: for the month's two files, and for the whole of the month


class Clicks:
    """A person's page, which counts what is clicked; a file is chosen with one click."""

    def __init__(self, page) -> None:
        self.page = page
        self.count = 0

    def click(self, selector: str) -> None:
        self.page.click(selector)
        self.count += 1

    def choose(self, selector: str, name: str, content: bytes) -> None:
        self.page.set_input_files(selector, {"name": name, "mimeType": "text/plain", "buffer": content})
        self.count += 1

    def sees(self, text: str) -> None:
        self.page.wait_for_selector(f"main >> text={text}")


@pytest.fixture
def asp_file() -> bytes:
    """One line of it has a fault: the figure of a child is no figure."""
    lines = [
        f"2021|01|{school}|2|{base + n:010d}|А|Б|В|007.00|0|00"
        for school, base in ((SCHOOL, 1), (OTHER_SCHOOL, 10_001))
        for n in range(LINES)
    ]
    wrong = asp(0, month="2021|01").replace("007.00", "7,0")
    return "\r\n".join([*lines, wrong]).encode("cp1251")


@contextmanager
def operator(chromium, database, folder, world, javascript, *, now):
    """A browser of the operator, over a portal for which it is ``now``."""
    token = new_token()
    with connected():
        add_login(token, world.oleg.user_id, now=now)
    folder.mkdir()
    with served(database, folder, PORTAL_CLOCK=now.isoformat()) as portal:
        options = {"base_url": portal.address, "java_script_enabled": javascript, "accept_downloads": True}
        with fresh(chromium, **options) as context:
            context.add_cookies([{"name": "session", "value": token, "url": portal.address}])
            page = context.new_page()
            page.set_default_timeout(LONGEST)
            page.goto("/")
            yield Clicks(page)


@pytest.mark.both_databases
def test_a_month_from_its_files_to_the_answer(chromium, database, world, tmp_path, javascript, asp_file):
    with operator(chromium, database, tmp_path / "before", world, javascript, now=NOW) as oleg:
        in_come_the_files(oleg, asp_file)
        assert oleg.count == FILES
        a_line_is_mended(oleg)
        the_window_is_set(oleg)
        clicks = oleg.count
    assert Campaign.for_month(JANUARY).closes_on.isoformat() == "2021-02-05"
    assert Record.select().where(Record.id_number == EGNS[0]).exists()

    with operator(chromium, database, tmp_path / "after", world, javascript, now=AFTER_JANUARY) as oleg:
        out_goes_the_answer(oleg)
        assert oleg.count + clicks == WHOLE
    campaign = Campaign.for_month(JANUARY)
    assert campaign.answered_at == AFTER_JANUARY
    assert campaign.sent_on.isoformat() == "2021-02-08"


def in_come_the_files(oleg: Clicks, asp_file: bytes) -> None:
    oleg.click(".nav >> text=Институции и календар")
    oleg.choose("#enrolments-file", "MONZP1220.txt", (DATA / "MONZP1220.txt").read_bytes())
    oleg.click("button:text-is('Зареждам записванията')")
    oleg.sees("записвания, декември 2020")
    oleg.click(".nav >> text=Кампании")
    oleg.choose("#file", "ASPCONF0121.txt", asp_file)
    oleg.click("button:text-is('Зареждам списъка')")
    the_load_is_watched(oleg)


def the_load_is_watched(oleg: Clicks) -> None:
    """With a script the page ends by itself; without one it is asked again."""
    oleg.page.wait_for_url("**/campaigns/loads/*")

    def is_over() -> bool:
        with connected():
            return Load.select().where((Load.kind == "asp") & Load.is_finished).exists()

    until(is_over)
    if oleg.page.is_visible("#loading") and not oleg.page.evaluate("() => 'htmx' in window"):
        oleg.page.reload()
    oleg.page.wait_for_selector("h1:text('Зареден файл')")
    assert [figure.text_content() for figure in oleg.page.query_selector_all(".figure-value")][:3] == [
        str(2 * LINES + 1),
        str(2 * LINES),
        "1",
    ]


def a_line_is_mended(oleg: Clicks) -> None:
    oleg.click("text=Поправяне")
    oleg.page.fill("#absences", "007.00")
    oleg.click("button:text-is('Поправям и разпределям')")
    oleg.sees("поправени")


def the_window_is_set(oleg: Clicks) -> None:
    oleg.click(".nav >> text=Кампании")
    oleg.click("main >> text=Януари 2021")
    oleg.page.fill("#opens_on", "2021-01-29")
    oleg.page.fill("#closes_on", "2021-02-05")
    oleg.click("#window ~ form >> button:text-is('Преглеждам какво следва')")
    oleg.sees("Още нищо не е променено.")
    oleg.click("button:text-is('Записвам срока')")
    oleg.sees("Срокът е от")


def out_goes_the_answer(oleg: Clicks) -> None:
    oleg.click("main >> text=Януари 2021")
    oleg.click("text=Към окончателния отговор")
    oleg.click("button:text-is('Правя окончателния отговор')")
    with oleg.page.expect_download() as saved:
        oleg.click("button:text-is('Свалям файла')")
    assert saved.value.suggested_filename.startswith("MONCONF0121")
    oleg.page.fill("#sent-on", "2021-02-08")
    oleg.click("button:text-is('Отбелязвам, че е изпратен')")
    oleg.sees("Изпратен на АСП на")
