"""The sheet in a browser: sent, looked at, found again after a reload, stored."""

import pytest

from portal.actions.sheet.making import SheetFormat, make_sheet
from portal.domain.decisions import Decision
from portal.storage.lists.reading import EVERYTHING
from tests.browser.test_main_job import log_in
from tests.cast import MONTH, NOW, SITE, add_record, stored
from tests.sheets import ADDRESS, as_filled, fill

pytestmark = pytest.mark.browser


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
