"""Pages on paper, as Chromium prints them."""

import io
import re
from decimal import Decimal

import pytest
from pypdf import PdfReader

from portal.domain.decisions import Decision, Reason, RefusalReason
from portal.storage.tables.people import User
from tests.cast import SCHOOL, add_record

pytestmark = pytest.mark.browser
LIST = "/confirmations/2020-12"
CLASS = re.compile(r"^[IVX]+ клас")
REFUSALS = (1, 11, 22, 31, 41, 52)
REFUSED = {
    "decision": Decision.REFUSED,
    "corrected": Decimal("4.5"),
    "refusal_reason": RefusalReason.LATE_NOTE,
    "note": "Медицинска бележка № 118 от 04.01.2021 г., донесена след подаването.",
}


@pytest.fixture
def children(world) -> list[str]:
    """Sixty in twelve classes, six of them refused: their family names."""
    names = [f"Александрова{number:02}" for number in range(60)]
    for number, name in enumerate(names):
        add_record(
            reason=Reason.ABSENCE if number % 3 else Reason.DISTANCE,
            class_code=number // 5 + 1,
            family=name,
            id_number=str(10**9 + number),
            **(REFUSED if number in REFUSALS else {"decision": Decision.CONFIRMED}),
        )
    return names


def printed(page, address: str) -> PdfReader:
    page.goto(address)
    return PdfReader(io.BytesIO(page.pdf(prefer_css_page_size=True)))


def test_sixty_children_take_four_landscape_pages(browse, world, children):
    paper = printed(browse(world.ana), LIST)

    assert len(paper.pages) <= 4
    for sheet in paper.pages:
        assert sheet.mediabox.width > sheet.mediabox.height
        lines = sheet.extract_text().split("\n")
        head = next(at for at, line in enumerate(lines) if "Подадено от АСП" in line)
        assert head < next(at for at, line in enumerate(lines) if "Александрова" in line)
        assert not CLASS.search([line for line in lines if line.strip()][-1]), "a class alone at the foot"
    text = "".join(sheet.extract_text() for sheet in paper.pages)
    assert all(name in text for name in children)


def test_wherever_a_sheet_ends_no_class_has_its_heading_alone_at_the_foot(browse, world, children):
    page = browse(world.ana)
    page.goto(LIST)
    for lower in range(0, 200, 20):  # pixels: a class and a child of it are 60
        page.locator("h1").evaluate("(h1, lower) => { h1.style.paddingTop = `${lower}px`; }", lower)
        paper = PdfReader(io.BytesIO(page.pdf(prefer_css_page_size=True)))
        feet = [sheet.extract_text().strip().split("\n")[-1] for sheet in paper.pages]
        assert not [foot for foot in feet if CLASS.search(foot) or "Подадено от АСП" in foot]


def test_what_is_folded_on_the_page_to_sign_is_whole_on_paper(browse, world, children):
    page = browse(world.ana)
    page.goto(f"{LIST}/sign")
    assert not page.get_by_text(children[0], exact=False).first.is_visible()

    text = "".join(sheet.extract_text() for sheet in printed(page, f"{LIST}/sign").pages)
    assert all(name in text for name in children)


def test_what_the_register_tells_stays_off_the_paper(browse, world, children):
    """A list lies on desks; who was in quarantine is told to whoever opens the register."""
    page = browse(world.ana)
    page.goto(LIST)
    told = '<span class="by-register">под карантина: 8 уч. дни</span>'
    page.locator(".record td").first.evaluate(
        "(cell, told) => cell.insertAdjacentHTML('beforeend', told)", told
    )
    assert page.locator(".by-register").is_visible()

    paper = PdfReader(io.BytesIO(page.pdf(prefer_css_page_size=True)))
    text = "".join(sheet.extract_text() for sheet in paper.pages)
    assert children[0] in text
    assert "карантина" not in text.replace("Карантина", "")


def test_what_is_missing_runs_on_in_a_printed_call(browse, world):
    User.update(activated_at=None).execute()  # so that a third thing is missing
    add_record()
    page = browse(world.nora, viewport={"width": 718, "height": 1000})  # A4 within its margins
    page.goto("/oversight/2020-12/calls")
    page.emulate_media(media="print")

    tops = page.evaluate(
        f"""[...document.querySelectorAll("#call-{SCHOOL} .call-missing li")].map(
            (each) => Math.round(each.getClientRects()[0].top))"""
    )
    assert len(tops) > 2
    assert len(set(tops)) < len(tops)
