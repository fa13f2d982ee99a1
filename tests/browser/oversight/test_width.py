"""РУО's pages at every width: no sideways scroll, names with room, state and telephone beside them."""

import pytest

from portal.domain.campaigns.corrections import Why
from portal.domain.letters.fate import LetterState, Verdict
from portal.domain.placement import InstitutionType
from portal.storage.tables.answers import CorrectionRequest
from portal.storage.tables.campaigns import Submission
from portal.storage.tables.letters import OutboxMessage
from tests.cast import KINDERGARTEN, NOW, SCHOOL, add_institution, add_record
from tests.circulars import published

pytestmark = pytest.mark.browser
HERE = "/oversight/2020-12"
LONG = "Професионална гимназия по механоелектротехника и транспорт „Никола Йонков Вапцаров“"
WIDTHS = (320, 640, 641, 700, 768, 900, 1024, 1099, 1100, 1280)
FONTS = ("", "DejaVu Sans")  # the portal's own, and as wide a one as there is, where a machine has no other
SIDEWAYS = "document.documentElement.scrollWidth - document.documentElement.clientWidth"


@pytest.fixture
def long_names(world):
    for number in range(3):
        add_institution(f"990000{number}", f"{number}. {LONG}", InstitutionType.SCHOOL)
        Submission.create(campaign=world.campaign, institution=f"990000{number}", first_opened_at=NOW)
    Submission.update(total=1000, pending=0, confirmed=800, refused=200).execute()
    Submission.update(total=0, confirmed=0, refused=0).where(Submission.institution == KINDERGARTEN).execute()


# Of the parts of each call, those that stick out of its frame.
STICKS_OUT = """[...document.querySelectorAll(".call *")].filter((part) =>
  part.getBoundingClientRect().right > part.closest(".call").getBoundingClientRect().right + 1).length"""


def at_every_width(page, widths=WIDTHS):
    """Each width, in each font; the page is there already."""
    for font in FONTS:
        page.evaluate("font => { document.body.style.fontFamily = font }", font)
        for width in widths:
            page.set_viewport_size({"width": width, "height": 900})
            yield f"{width} {font}"


@pytest.fixture
def letters_and_requests(world, long_names):
    """Tables with much in their cells."""
    for kind in ("list_received", "reminder"):
        OutboxMessage.create(
            recipient="direktor.2200000@uchilishta.example.org", kind=kind, campaign=world.campaign,
            institution=SCHOOL, made_at=NOW, not_before=NOW, state=LetterState.GIVEN_UP,
            verdict=Verdict.UNKNOWN_ADDRESS, code=550, error="адресът не приема писма",
        )  # fmt: skip
    CorrectionRequest.create(
        campaign=world.campaign, institution=SCHOOL, record=add_record(), reason=Why.LATE_NOTE,
        document="РД-08-12/20.01.2021", asked_by=world.ana.user_id, asked_at=NOW,
    )  # fmt: skip
    published(world.nora)


@pytest.mark.parametrize(
    ("role", "address"),
    [
        *(("nora", address) for address in (
            HERE, f"{HERE}/calls", f"{HERE}/calls/{SCHOOL}", f"{HERE}/institutions/{SCHOOL}", f"{HERE}/write",
            f"{HERE}/corrections", f"/letters/2020-12/{SCHOOL}", "/oversight/notices",
            "/oversight/notices/1", "/",
        )),
        *(("oleg", address) for address in (HERE, "/people/", "/letters/refused")),
        ("ana", "/confirmations/"),
        ("ana", "/confirmations/2020-12/history"),
    ],
)  # fmt: skip
def test_nothing_is_wider_than_the_screen(browse, world, letters_and_requests, role, address):
    page = browse(getattr(world, role))
    page.goto(address)
    assert page.locator("h1").count() == 1
    for seen in at_every_width(page):
        assert page.evaluate(SIDEWAYS) <= 0, seen


@pytest.mark.parametrize("below", ["", "/calls", f"/institutions/{SCHOOL}", "/corrections"])
def test_whoever_has_enlarged_the_text_scrolls_no_more(browse_enlarged, world, letters_and_requests, below):
    page = browse_enlarged(world.nora)
    page.goto(f"{HERE}{below}")
    for width in (480, 641, 768, 900, 1100, 1280):
        page.set_viewport_size({"width": width, "height": 900})
        assert page.evaluate(SIDEWAYS) <= 0, width


def test_a_call_holds_what_belongs_to_it(browse, world, long_names):
    page = browse(world.nora)
    for width in WIDTHS:
        page.set_viewport_size({"width": width, "height": 900})
        page.goto(f"{HERE}/calls")
        assert page.locator(".call").count() > 3
        assert page.evaluate(STICKS_OUT) == 0, width
        assert page.locator(f"#call-{SCHOOL} .call-name").bounding_box()["width"] >= 250, width


def test_names_have_room_and_the_telephone_stands_beside_them(browse, world, long_names):
    page = browse(world.nora)
    for width in WIDTHS:
        page.set_viewport_size({"width": width, "height": 900})
        page.goto(HERE)
        name = page.locator(f"#institution-{SCHOOL} .place").bounding_box()
        phone = page.locator(f"#institution-{SCHOOL} .contact").bounding_box()
        state = page.locator(f"#institution-{SCHOOL} .standing").bounding_box()
        assert name["width"] >= 260, width
        assert state["y"] == phone["y"], width
        if width > 700:
            assert name["y"] == phone["y"] and phone["x"] > name["x"], width
