"""The main job in a browser: see what is due, decide every child, sign, keep the receipt, see who is done."""

import pytest

from portal.actions.sheet.making import SheetFormat, make_sheet
from portal.domain.decisions import Decision, Reason
from portal.domain.submissions import Lock
from portal.storage.lists.reading import EVERYTHING
from portal.storage.tables.campaigns import Record, Submission
from tests.browser.conftest import pause
from tests.cast import MONTH, NOW, PASSWORD, SCHOOL, SITE, add_record, stored
from tests.sheets import ADDRESS, as_filled, fill

pytestmark = pytest.mark.browser


def log_in(tab, email: str) -> None:
    tab.goto("/login")
    tab.get_by_label("Електронна поща").fill(email)
    tab.get_by_label("Парола").fill(PASSWORD)
    tab.get_by_role("button", name="Влизам").click()


def row(tab, record: Record):
    return tab.locator(f"#record-{record.id}")


def submission() -> Submission:
    return Submission.get(Submission.institution == SCHOOL)


def test_a_director_does_the_month_and_the_regional_office_sees_it(tab, portal):
    absent = add_record(family="Ангелова", id_number="1351210628")
    late = add_record(family="Бонева", id_number="1043183143")
    away = add_record(reason=Reason.DISTANCE, figure="09", family="Венкова", id_number="0744164373")
    gone = add_record(reason=Reason.UNENROLLED, family="Георгиева", id_number="1249167466")

    log_in(tab, "ana@example.org")
    assert "Декември\N{NO-BREAK SPACE}2020" in tab.locator("main").inner_text()
    tab.goto("/confirmations/2020-12")

    row(tab, absent).get_by_role("button", name="потвърждавам").click()
    row(tab, absent).locator(".tag", has_text="потвърждавам").wait_for()

    refuse(row(tab, late), corrected="4,5")
    row(tab, late).locator(".tag", has_text="отказвам: 4,5 уч. часа").wait_for()

    refuse(row(tab, away), corrected="18")
    tab.locator(".editor").get_by_text("Учебните дни в месеца са 17").first.wait_for()
    assert stored(away).decision is Decision.PENDING
    tab.get_by_label("Коригиран брой").fill("5")
    pause(tab)
    tab.locator(".editor").get_by_role("button", name="отказвам", exact=True).click()
    row(tab, away).locator(".tag", has_text="отказвам: 5 уч. дни").wait_for()

    row(tab, gone).get_by_role("button", name="потвърждавам").click()
    tab.locator("#counts", has_text="Готово, но неподписано").wait_for()
    assert (stored(late).corrected, stored(away).corrected) == (pytest.approx(4.5), 5)

    tab.goto("/")
    assert "неподписано" in tab.locator("main").inner_text()

    tab.goto("/confirmations/2020-12/sign")
    tab.get_by_label("Парола").fill("не е тази парола")
    tab.locator("main form:has([name=password]) .is-primary").click()
    tab.locator("#password-error").wait_for()
    assert submission().lock is Lock.OPEN
    tab.get_by_label("Парола").fill(PASSWORD)
    tab.locator("main form:has([name=password]) .is-primary").click()
    tab.get_by_text("2020-12/2200000/1").first.wait_for()
    assert submission().lock is Lock.SIGNED

    receipt = tab.request.get("/confirmations/2020-12/receipt.pdf")
    assert receipt.status == 200
    assert receipt.body().startswith(b"%PDF")

    tab.locator("header form button").click()
    log_in(tab, "nora@example.org")
    tab.goto("/oversight/2020-12")
    seen = tab.locator("main").inner_text()
    assert "подписано" in seen
    assert "Ангелова" not in tab.content()


def refuse(where, corrected: str) -> None:
    pause(where.page)
    where.get_by_text("отказвам…").click()
    editor = where.page.locator(".editor")
    editor.get_by_label("Коригиран брой").fill(corrected)
    editor.get_by_label("Основание").select_option("late_note")
    editor.get_by_label("Бележки по корекцията").fill("Бележка № 118 от 04.01.2021.")
    editor.get_by_role("button", name="отказвам", exact=True).click()


@pytest.mark.parametrize("javascript", [True], indirect=True)
def test_the_whole_list_is_decided_from_the_keyboard(tab, portal):
    first = add_record(family="Ангелова", id_number="1351210628")
    second = add_record(family="Бонева", id_number="1043183143")
    log_in(tab, "ana@example.org")
    tab.goto("/confirmations/2020-12")

    row(tab, first).focus()
    tab.keyboard.press("1")
    row(tab, first).locator(".tag").wait_for()
    tab.wait_for_function(f"document.activeElement.id === 'record-{second.id}'")
    tab.keyboard.press("2")
    tab.keyboard.type("4,5")
    tab.keyboard.press("Tab")
    tab.keyboard.press("ArrowDown")
    tab.keyboard.press("Tab")
    tab.keyboard.type("бележка")
    tab.keyboard.press("Tab")
    tab.keyboard.press("Enter")
    row(tab, second).locator(".tag", has_text="отказвам: 4,5").wait_for()
    assert stored(second).decision is Decision.REFUSED

    row(tab, second).focus()
    tab.keyboard.press("0")
    row(tab, second).get_by_role("button", name="потвърждавам").wait_for()
    assert stored(second).decision is Decision.PENDING


@pytest.mark.parametrize("javascript", [True], indirect=True)
def test_enter_in_the_number_refuses_and_never_confirms(tab, portal):
    record = add_record(family="Ангелова", id_number="1351210628")
    log_in(tab, "ana@example.org")
    tab.goto("/confirmations/2020-12")

    row(tab, record).get_by_text("отказвам…").click()
    tab.get_by_label("Коригиран брой").fill("4,5")
    tab.get_by_label("Коригиран брой").press("Enter")
    tab.locator(".editor").get_by_text("Изберете основание").wait_for()
    assert stored(record).decision is Decision.PENDING


@pytest.mark.parametrize("javascript", [True], indirect=True)
def test_nothing_is_wider_than_a_phone(tab, portal):
    add_record(family="Константинополска-Каравелова", id_number="1351210628")
    log_in(tab, "ana@example.org")
    tab.set_viewport_size({"width": 360, "height": 740})
    for address in (
        "/",
        "/confirmations/",
        "/confirmations/2020-12",
        "/confirmations/2020-12/sign",
        "/account",
    ):
        tab.goto(address)
        assert tab.evaluate("document.documentElement.scrollWidth") <= 360, address


def test_a_director_sends_the_sheet_reloads_its_page_and_stores_it(tab, world, tmp_path):
    record = add_record()
    made = make_sheet(world.ana, MONTH, EVERYTHING, SheetFormat.XLSX, site=SITE, now=NOW)
    file = tmp_path / "sheet.xlsx"
    file.write_bytes(as_filled(made.content, lambda page: fill(page, record, decision="потвърждавам")))

    log_in(tab, "ana@example.org")
    tab.goto(ADDRESS)
    tab.get_by_label("Попълнената таблица").set_input_files(file)
    tab.get_by_role("button", name="Проверявам таблицата").click()
    tab.get_by_role("heading", name="Преглед на таблицата").wait_for()
    address = tab.url
    assert address.startswith(f"{tab.url.split('/confirmations')[0]}{ADDRESS}/")

    tab.reload()
    tab.goto(ADDRESS)
    tab.get_by_role("link", name="Към прегледа на тази таблица").click()
    assert tab.url == address
    tab.get_by_role("button", name="Записвам промените: 1").click()
    tab.get_by_text("Записани решения: 1.").wait_for()
    assert stored(record).decision is Decision.CONFIRMED

    tab.reload()
    tab.go_back()
    assert "В таблицата няма какво да се запише." in tab.locator("main").inner_text()
    assert stored(record).version == 2
