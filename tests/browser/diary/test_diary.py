"""The school's diary in a browser: by keys alone, what axe says of its pages, the early warning on paper."""

import io

import pytest
from pypdf import PdfReader

from portal.domain.decisions import Decision
from tests.browser.test_accessibility import assert_none, reader  # noqa: F401 (a fixture)
from tests.browser.test_main_job import log_in, row
from tests.cast import EGNS, add_record, stored
from tests.diaries import ADDRESS, WARNING, diary, line_of
from tests.web.diary.test_warning import CLASSES

pytestmark = pytest.mark.browser
LIST = "/confirmations/2020-12"


@pytest.fixture
def two(world):
    """One that is equal and one that is lower, each of them with an identifier of its own."""
    return [
        add_record(family=family, figure="009.00", id_number=number)
        for family, number in zip(("Ангелова", "Бонева"), EGNS, strict=False)
    ]


def upload(page, content: bytes) -> None:
    page.get_by_label("Файлът от дневника").set_input_files(
        {"name": "absences.txt", "mimeType": "text/plain", "buffer": content}
    )
    page.locator("main form .button").press("Enter")


def test_a_diary_is_compared_and_its_suggestion_taken_by_keys(tab, two):
    equal, lower = two
    log_in(tab, "ana@example.org")
    tab.goto(LIST)
    tab.get_by_role("link", name="Сравняване с дневника").press("Enter")
    upload(tab, diary(line_of(equal, "9,00"), line_of(lower, "4,5")))
    tab.get_by_role("heading", name="Сравнено с дневника").wait_for()
    tab.get_by_role("link", name="Потвърждавам съвпадащите (1)…").press("Enter")
    tab.get_by_role("button", name="Потвърждавам записа").press("Enter")
    tab.get_by_text("Потвърдени записи: 1.").wait_for()

    tab.goto(LIST)
    assert "по дневника: съвпада" in row(tab, equal).inner_text()
    row(tab, lower).get_by_text("отказвам с 4,5…").press("Enter")
    number = tab.get_by_label("Коригиран брой")
    assert number.input_value() == "4,5"
    tab.get_by_label("Основание").select_option("late_note")
    tab.get_by_label("Бележки по корекцията").fill("Бележка № 118.")
    tab.locator(".editor").get_by_role("button", name="отказвам", exact=True).press("Enter")
    row(tab, lower).locator(".tag", has_text="отказвам: 4,5 уч. часа").wait_for()

    assert (stored(equal).decision, stored(lower).decision) == (Decision.CONFIRMED, Decision.REFUSED)
    assert "по дневника: 4,5 – под границата" in row(tab, lower).inner_text()


def test_axe_says_nothing_of_any_of_its_pages(browse, world, two, reader):  # noqa: F811
    page = browse(world.ana)
    faults = reader(page, ADDRESS)
    upload(page, b"x|y")
    page.locator("#file-error").wait_for()
    faults += reader(page)
    upload(page, diary(line_of(two[0], "9,00"), line_of(two[1], "4,5"), "x|y"))
    page.locator(".faults").wait_for()
    faults += [*reader(page), *reader(page, LIST), *reader(page, f"{LIST}/confirm-rest?diary=equal")]
    faults += reader(page, WARNING)
    upload(page, diary(*CLASSES, "x|y"))
    page.locator(".one-class").first.wait_for()
    assert_none(faults + reader(page))


def test_each_class_is_a_sheet_of_its_own_and_nothing_else_is_printed(browse, world):
    page = browse(world.ana)
    page.goto(WARNING)
    upload(page, diary(*CLASSES, "x|y"))
    page.locator(".one-class").first.wait_for()
    paper = PdfReader(io.BytesIO(page.pdf(prefer_css_page_size=True)))

    texts = [" ".join(sheet.extract_text().split()) for sheet in paper.pages]
    assert [text.partition(" 39. СУ")[0] for text in texts] == ["ПГ 6 години", "V клас, 5а", "X клас, 10б"]
    assert all(round(sheet.mediabox.width) == 595 for sheet in paper.pages)
    assert "Мария Ангелова 4,67 уч. часа още 0,33 уч. часа" in texts[1]
    assert not any("Редове" in text or "Друг файл" in text or "Ана Янева" in text for text in texts)
