"""РУО's pages at every width: no sideways scroll, names with room, state and telephone beside them."""

import pytest

from portal.domain.placement import InstitutionType
from portal.storage.tables.campaigns import Submission
from tests.cast import NOW, SCHOOL, add_institution

pytestmark = pytest.mark.browser
HERE = "/oversight/2020-12"
LONG = "Професионална гимназия по механоелектротехника и транспорт „Никола Йонков Вапцаров“"
WIDTHS = (320, 640, 641, 700, 900, 1024, 1099, 1100, 1280)
SIDEWAYS = "document.documentElement.scrollWidth - document.documentElement.clientWidth"


@pytest.fixture
def long_names(world):
    for number in range(3):
        add_institution(f"990000{number}", f"{number}. {LONG}", InstitutionType.SCHOOL)
        Submission.create(campaign=world.campaign, institution=f"990000{number}", first_opened_at=NOW)
    Submission.update(total=1000, pending=0, confirmed=800, refused=200).execute()


# Of the parts of each call, those that stick out of its frame.
STICKS_OUT = """[...document.querySelectorAll(".call *")].filter((part) =>
  part.getBoundingClientRect().right > part.closest(".call").getBoundingClientRect().right + 1).length"""


@pytest.mark.parametrize(
    ("role", "address"),
    [("nora", HERE), ("oleg", HERE), ("nora", f"{HERE}/calls"), ("nora", f"{HERE}/calls/{SCHOOL}"),
     ("nora", f"{HERE}/institutions/{SCHOOL}"), ("nora", f"{HERE}/write"), ("nora", "/")],
)  # fmt: skip
def test_nothing_is_wider_than_the_screen(browse, world, long_names, role, address):
    page = browse(getattr(world, role))
    for width in WIDTHS:
        page.set_viewport_size({"width": width, "height": 900})
        page.goto(address)
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
