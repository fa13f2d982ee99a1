"""The last day of a regional expert: who has to be called, the call, the letter to the rest, the table; every
press counted, with and without a script."""

from dataclasses import dataclass
from typing import Any

import pytest

from portal.storage.calls.tables import PhoneCall
from portal.storage.tables.campaigns import Campaign
from tests.cast import KINDERGARTEN, NOW, OTHER_SCHOOL, SCHOOL, add_record
from tests.mail.letters import readers

pytestmark = pytest.mark.browser


@dataclass
class Presses:
    """A page whose presses are counted: of links, buttons and choices, each a movement of the hand."""

    page: Any
    count: int = 0

    def press(self, what: str) -> None:
        self.count += 1
        self.page.click(what)

    def choose(self, field: str, value: str) -> None:
        self.count += 1
        self.page.select_option(field, value)


@pytest.fixture
def nora(browse, world, javascript) -> Presses:
    """Today is the last day; two schools have records, the kindergarten none."""
    Campaign.update(closes_on=NOW.date()).execute()
    for _ in range(2):
        add_record(SCHOOL)
    add_record(OTHER_SCHOOL)
    page = browse(world.nora, java_script_enabled=javascript)
    page.goto("/")
    return Presses(page)


def test_a_call_is_noted_in_four_presses_and_each_further_one_in_three(nora):
    page = nora.page
    page.wait_for_selector("text=Днес е последният ден")

    nora.press("text=За обаждане: 3")
    nora.press(f"#call-{SCHOOL} >> button:has-text('Обаждам се')")
    page.wait_for_selector("text=Обаждате се от 10:00 ч.")
    nora.press("label:has-text('обеща')")
    page.fill("#next_call", "2021-01-28T14:00")
    nora.press("text=Записвам обаждането")
    page.wait_for_selector("text=Обаждането е записано.")
    assert nora.count == 4

    nora.press(f"#call-{OTHER_SCHOOL} >> button:has-text('Обаждам се')")
    nora.press("label:has-text('не вдига')")
    nora.press("text=Записвам обаждането")
    page.wait_for_selector("h2:has-text('Уговорено за по-късно: 2')")
    assert nora.count == 7
    assert [call.institution_id for call in PhoneCall.select().order_by(PhoneCall.id)] == [
        SCHOOL,
        OTHER_SCHOOL,
    ]


def test_the_rest_are_written_to_and_taken_along_in_six(nora, javascript):
    page = nora.page

    nora.press("nav >> text=Изпълнение")
    page.wait_for_url("**/oversight/2020-12")  # and for its script, which sends the filter
    nora.choose("#type", "school")
    if not javascript:
        nora.press("form[role='search'] button")
    page.wait_for_selector("text=Показани институции: 2 от 3")
    with page.expect_download() as saved:
        nora.press("#institutions >> text=xlsx")
    assert saved.value.suggested_filename == "izpalnenie-2020-12.xlsx"
    nora.press("text=Писмо до показаните: 2")
    page.fill("#text", "Днес е последният ден.")
    nora.press("text=Преглеждам писмото")
    page.wait_for_selector("text=още нищо не е изпратено")
    assert readers("office_letter") == []
    nora.press("text=Изпращам писмата: 2")
    page.wait_for_selector("text=Писмата чакат изпращане: 2.")

    assert nora.count == 6 + (not javascript)
    assert sorted(readers("office_letter")) == ["ana@example.org", "boris@example.org"]
    page.goto(f"/oversight/2020-12/institutions/{KINDERGARTEN}")
    assert "Писмо от РУО" not in page.inner_text("main")
