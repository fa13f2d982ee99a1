"""Refusing „Отписан“ in a browser: which certificate and class, and what the enrolments say otherwise."""

from datetime import date

import pytest

from portal.domain.decisions import Decision, Reason
from portal.domain.enrolled import Enrolled
from portal.domain.month import Month
from tests.browser.test_main_job import log_in
from tests.cast import SCHOOL, add_enrolment, add_record, stored

pytestmark = pytest.mark.browser

LIST = "/confirmations/2020-12"


@pytest.fixture
def record(world):
    made = add_record(family="Ангелова", reason=Reason.UNENROLLED)
    add_enrolment(
        month=Month(2020, 12), position=1, institution=SCHOOL, id_type=made.id_type, id_number=made.id_number,
        given="", middle="", family="", edu_form="1", class_code=6, status=1,
    )  # fmt: skip
    return made


def test_is_written_with_the_keyboard_alone_and_put_right(tab, record):
    """Each field follows the one before; what the enrolments say otherwise is asked at its own box."""
    log_in(tab, "ana@example.org")
    tab.wait_for_url("**/")
    tab.goto(LIST)
    tab.locator("a[data-editor^=refusal]").click()
    tab.wait_for_selector(f"#certificate-{record.id}:focus")

    press = tab.keyboard.press
    for what in ("Space", "15-2021", date(2021, 1, 5), "Space", "VII а", date(2020, 12, 3)):
        if isinstance(what, date):  # a date field has three parts of its own
            tab.locator(":focus").fill(what.isoformat())
        elif what == "Space":
            press(what)
        else:
            tab.keyboard.type(what)
        _to_the_next_field(tab)
    tab.locator(":focus").select_option("moved")
    press("Tab")
    tab.keyboard.type("Дошло е на 3.12.")
    press("Tab")
    press("Enter")

    tab.wait_for_selector(f"#differs-{record.id}-error")
    assert "VI клас" in tab.inner_text(f"#differs-{record.id}-error")
    assert tab.input_value(f"#enrolled_class-{record.id}") == "VII а"
    tab.locator(f"#note-{record.id}").press("Tab")
    press("Space")
    press("Tab")
    press("Enter")
    tab.wait_for_selector(f"#record-{record.id}.is-refused")

    row = stored(record)
    assert row.decision is Decision.REFUSED
    assert row.enrolled == Enrolled("15-2021", date(2021, 1, 5), "VII а", date(2020, 12, 3))


def _to_the_next_field(tab) -> None:
    """Out of a date field, too, whose parts and calendar Tab goes through."""
    before = tab.evaluate("document.activeElement.id")
    while tab.evaluate("document.activeElement.id") == before:
        tab.keyboard.press("Tab")
