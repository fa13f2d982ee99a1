"""axe-core reads the operator's pages: those that links lead to, and those that none does – what is searched
for, and what is shown before, while and after something is done."""

import pytest

from portal.domain.month import Month
from portal.storage.campaigns.loads import LOADING
from portal.storage.loading.tables import Load, RejectedLine
from portal.storage.tables.alone import alone_at
from tests.actions.loading.loaded import asp, load
from tests.browser.campaigns.test_operator_month import operator
from tests.browser.test_accessibility import (
    ONE_OF_MANY,
    addresses,
    assert_none,
    faults_of,
    month,  # noqa: F401 (a fixture)
    reader,  # noqa: F401 (a fixture)
)
from tests.cast import AFTER, KINDERGARTEN, MONTH, NOW, SCHOOL
from tests.exchange.invented import DATA

pytestmark = pytest.mark.browser

PAGE = f"/campaigns/{MONTH}"
SEARCHES = ("/people/institutions?q=СУ", "/calendar/institutions?q=СУ", "/people/invite?q=СУ")
# Led to from the first page, with numbers written as n.
LED_TO = {
    "/calendar/year",
    "/campaigns/loads/n",
    "/campaigns/loads/n/rejects",
    "/campaigns/loads/n/rejects/n",
    f"{PAGE}/history",
    f"{PAGE}/no-information",
    f"{PAGE}/records/n/route",
    "/people/institutions/n/director",
}


@pytest.fixture
def loaded(month):  # noqa: F811
    """АСП's list; rejected are its third line, which is none, and its fourth, of an unknown institution."""
    return load(asp(0), asp(1), "боклук", asp(2, institution="2299999"))


def shown(page, reader, heading: str) -> list[str]:  # noqa: F811
    """What is wrong with the page that was asked for, when it is there."""
    page.wait_for_selector(f"h1:has-text('{heading}')")
    return reader(page)


def test_says_nothing_of_what_links_lead_to_and_of_what_is_found(browse, world, loaded, reader):  # noqa: F811
    page, line = browse(world.oleg), RejectedLine.get(RejectedLine.number == 4)
    mending = f"/campaigns/loads/{loaded.id}/rejects/{line.id}?q=СУ"
    found = addresses(page, mending, *SEARCHES)

    assert {ONE_OF_MANY.sub("n", each) for each in found} >= LED_TO
    assert_none([fault for each in found for fault in reader(page, each)])


def test_says_nothing_of_a_file_that_is_being_loaded_or_that_was_not(browse, world, month, reader):  # noqa: F811
    begun = Load.create(
        kind="asp",
        month=Month(2021, 1),
        file_name="ASPCONF0121.txt",
        sha256="0" * 64,
        encoding="windows-1251",
        received=1400,
        read=1000,
        at=NOW,
        by=world.oleg.user_id,
    )
    page, address = browse(world.oleg), f"/campaigns/loads/{begun.id}"
    with alone_at(LOADING, patience=0):
        faults = [fault for each in (address, "/", "/campaigns/") for fault in reader(page, each)]
        page.goto(address)
        assert page.is_visible("#loading")

    faults += [fault for each in (address, "/", "/campaigns/") for fault in reader(page, each)]
    assert page.is_visible("text=Зареждането е прекъснато")
    Load.update(failure="Срокът изтече.").where(Load.id == begun.id).execute()
    faults += reader(page, address)
    assert page.is_visible("text=Файлът не е зареден")
    assert_none(faults)


def test_says_nothing_of_what_is_shown_before_it_is_done(browse, world, month, reader):  # noqa: F811
    page = browse(world.oleg)
    page.goto(PAGE)
    page.click("#window ~ form >> button:text-is('Преглеждам какво следва')")
    faults = shown(page, reader, "Срок")
    page.goto(PAGE)
    page.fill("#suspend-reason", "Файлът на АСП е сгрешен.")
    page.click("#suspend ~ form >> button:text-is('Преглеждам какво следва')")
    faults += shown(page, reader, "Спиране")
    page.goto(f"/people/institutions/{SCHOOL}/director")
    page.fill("#name", "Ева Славова")
    page.fill("#email", "eva@example.org")
    page.click("button:text-is('Преглеждам какво следва')")
    faults += shown(page, reader, "Преглед: още нищо не е изпратено")
    assert_none(faults)


def test_says_nothing_of_enrolments_that_are_asked_about(browse, world, month, reader):  # noqa: F811
    page, whole = browse(world.oleg), (DATA / "MONZP1220.txt").read_bytes()
    for content in (whole, whole[: len(whole) // 4]):
        page.goto("/calendar/")
        chosen = {"name": "MONZP1220.txt", "mimeType": "text/plain", "buffer": content}
        page.set_input_files("#enrolments-file", chosen)
        page.click("button:text-is('Зареждам записванията')")
        page.wait_for_load_state()

    assert_none(shown(page, reader, "Проверете файла"))


def test_says_nothing_from_the_deadline_to_the_answer(chromium, database, world, loaded, reader, tmp_path):  # noqa: F811
    with operator(chromium, database, tmp_path / "after", world, javascript=True, now=AFTER) as oleg:
        page = oleg.page
        faults = faults_of(page, reader, f"{PAGE}/exceptions", f"{PAGE}/answer")
        faults += reader(page, f"{PAGE}/exceptions?q=Детелина")
        page.check(f"input[value='{KINDERGARTEN}']")
        page.fill("#until", "2021-02-05")
        page.fill("#reason", "Нямаше ток.")
        page.click("button:text-is('Преглеждам какво следва')")
        faults += shown(page, reader, "Изключение за ДГ")
        page.goto(f"{PAGE}/answer")
        page.click("button:text-is('Правя окончателния отговор')")
        page.wait_for_selector("text=Окончателният отговор е изготвен")
        faults += [fault for each in ("", "/answers", "/history") for fault in reader(page, PAGE + each)]
        page.goto(f"{PAGE}/answers")
        page.set_input_files("#answer-file", DATA / "MONZP1220.txt")
        page.click("button:text-is('Проверявам файла')")
        page.wait_for_selector("text=Не е отговор, направен тук")
        faults += reader(page)
    assert_none(faults)
