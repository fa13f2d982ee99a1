"""axe-core with its best practices reads every page of everyone: wide and by day, on a phone and at night.

Those of the operator: ``tests/browser/campaigns/test_operator_accessibility.py``.
"""

import re
from dataclasses import replace
from datetime import date
from decimal import Decimal

import pytest

from portal.actions.lists.confirmations import send_back
from portal.actions.notices.acquainting import acquaint
from portal.actions.notices.publishing import withdraw
from portal.actions.signing.signing import sign, unsign
from portal.domain.decisions import Decision, Reason, RefusalReason
from portal.domain.people import Scope
from portal.storage.tables.campaigns import Record
from portal.storage.tables.institutions import Closure
from tests.browser.conftest import fresh
from tests.browser.test_main_job import log_in
from tests.browser.test_register import enroll, enter_class, make_envelope
from tests.cast import KINDERGARTEN, MONTH, NOW, OTHER_SCHOOL, PASSWORD, SCHOOL, SITE, add_record
from tests.circulars import WORDING, published
from tests.sheets import brought

pytestmark = pytest.mark.browser

SCREENS = (({"width": 1280, "height": 900}, "light"), ({"width": 360, "height": 740}, "dark"))
LINK = re.compile(r'<a[^>]+href="(/[^"#]*)')
ONE_OF_MANY = re.compile(r"(?<=[/=])\d+(?![-\d])|(?<=entries/)[^/?]+")
# The size of what is pressed is of WCAG 2.2: axe leaves it out unless it is asked for.
RULES = '{ "target-size": { enabled: true } }'
RUN = f"axe.run({{ resultTypes: [], rules: {RULES} }}).then((all) => all.violations)"
BROKEN_YEAR = re.compile(r"\S+ \d{4} г\.")
LIST = "/confirmations/2020-12"


@pytest.fixture
def month(world):
    """Ана's list is half done, Борис's can be signed, Вяра's was signed, twice."""
    add_record(family="Ангелова")
    add_record(family="Бонева", decision=Decision.CONFIRMED)
    add_record(
        family="Венкова",
        decision=Decision.REFUSED,
        corrected=Decimal("4.5"),
        refusal_reason=RefusalReason.LATE_NOTE,
        note="Бележка № 118.",
    )
    away = add_record(family="Динева")
    send_back(world.ana, MONTH, away.id, "Учи в 10. СУ.", now=NOW)
    add_record(family="Георгиева", reason=Reason.DISTANCE, figure="21")
    add_record(family="Желева", reason=Reason.UNENROLLED)
    Closure.create(
        institution=SCHOOL,
        first=date(2020, 12, 14),
        last=date(2020, 12, 15),
        order_number="РД-9",
        made_at=NOW,
    )
    add_record(OTHER_SCHOOL, family="Ангелова", decision=Decision.CONFIRMED)
    add_record(
        OTHER_SCHOOL, family="Бонева", reason=Reason.UNENROLLED, decision=Decision.REFUSED, note="Учи тук."
    )
    add_record(KINDERGARTEN, class_code=-1, decision=Decision.CONFIRMED)
    sign(world.vyara, MONTH, PASSWORD, site=SITE, now=NOW)
    unsign(world.vyara, MONTH, "Сбъркан е един брой.", now=NOW)
    sign(world.vyara, MONTH, PASSWORD, site=SITE, now=NOW)
    circulars(world)
    brought(world.ana)


def circulars(world):
    """One in force, with files and a text that names a year; one withdrawn that was read; one replaced."""
    wording = replace(WORDING, subject="Списъци за декември 2020 г.", text="До 1 февруари 2021 г. подпишете.")
    old = published(world.nora, wording=wording, files=1)
    published(world.nora, wording=replace(wording, number="2"), files=2, replaces=old.id)
    gone = published(world.oleg, wording=wording)
    for person in (world.ana, world.boris, world.dora):
        acquaint(person, gone.id, now=NOW)
    withdraw(world.oleg, gone.id, "Сгрешен е срокът: 31 януари 2021 г. е неделя.", now=NOW)
    published(world.oleg, wording=replace(wording, number="3"))


@pytest.fixture
def reader():
    """What axe, and we, find wrong with the page at an address, or with the one that is shown."""
    from axe_playwright_python.sync_playwright import Axe

    script = Axe().axe_script

    def faults(page, address: str = "") -> list[str]:
        if address:
            page.goto(address)
        page.evaluate(script)
        found = [f"{year} may be broken" for year in BROKEN_YEAR.findall(page.inner_text("body"))]
        for size, scheme in SCREENS:
            page.set_viewport_size(size)
            page.emulate_media(color_scheme=scheme)
            found += [said(each) for each in page.evaluate(RUN)]
            if page.evaluate("document.documentElement.scrollWidth") > size["width"]:
                found.append(f"wider than {size['width']}")
        return [f"{address or page.url}: {each}" for each in found]

    return faults


def said(violation: dict) -> str:
    return f"{violation['id']}, {violation['nodes'][0]['html']}"


def addresses(page, *more: str) -> list[str]:
    """Of every kind of page that links lead to from the first one, one."""
    found, kinds, ahead = [], set(), ["/", *more]
    for address in ahead:
        kind = ONE_OF_MANY.sub("n", address)
        if kind in kinds:
            continue
        kinds.add(kind)
        answer = page.request.get(address)
        if answer.headers["content-type"].startswith("text/html"):
            assert answer.status == 200, address
            found.append(address)
            ahead += [link.replace("&amp;", "&") for link in LINK.findall(answer.text())]
    return found


def faults_of(page, reader, *more: str) -> list[str]:
    return [fault for address in addresses(page, *more) for fault in reader(page, address)]


def assert_none(faults: list[str]) -> None:
    assert not faults, "\n".join(faults)


@pytest.fixture
def stranger(chromium, portal):
    """A browser in which nobody is logged in."""
    with fresh(chromium, base_url=portal) as context:
        yield context.new_page()


def test_says_nothing_of_the_directors(stranger, month, reader):
    """The register is open: its envelope is made, and a class is in quarantine."""
    enroll()
    log_in(stranger, "ana@example.org")
    stranger.wait_for_url("**/")
    make_envelope(stranger)
    enter_class(stranger)
    shown = (
        Record.get(decision=Decision.PENDING),
        Record.get(decision=Decision.REFUSED),
        Record.get(decision=Decision.PENDING, reason=Reason.UNENROLLED),
    )
    rows = [f"{LIST}?open={record.id}" for record in shown]

    assert_none(faults_of(stranger, reader, *rows, f"{rows[0]}&what=not-ours"))


@pytest.mark.parametrize(
    ("who", "pages"),
    [("boris", ("", "/sign", "/history")), ("vyara", ("", "/sign", "/history", "/parent-letters"))],
)
def test_says_nothing_of_a_list_to_sign_or_signed(browse, world, month, reader, who, pages):
    page = browse(getattr(world, who))

    assert_none([fault for each in pages for fault in reader(page, LIST + each)])


def test_says_nothing_of_the_delegates(browse, world, month, reader):
    page = browse(world.delegate(*Scope))

    assert_none(faults_of(page, reader))


def test_says_nothing_of_the_regional_office(browse, world, month, reader):
    assert_none(faults_of(browse(world.nora), reader))


def test_says_nothing_of_who_is_not_logged_in(stranger, month, reader):
    assert_none(faults_of(stranger, reader, "/login") + reader(stranger, "/not-there"))


def test_every_child_can_be_heard_however_far_down_the_list(browse, world):
    for number in range(60):
        add_record(class_code=number // 5 + 1, family=f"Ангелова{number}", id_number=str(10**9 + number))
    page = browse(world.ana)
    page.goto(LIST)

    tree = page.context.new_cdp_session(page).send("Accessibility.getFullAXTree")["nodes"]
    heard = [node["role"]["value"] for node in tree if not node["ignored"]]
    assert (heard.count("table"), heard.count("rowheader")) == (12, 60)
