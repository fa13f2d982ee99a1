"""The operator's widest tables at every width: no sideways scroll, whatever stands in them."""

import pytest

from portal.domain.campaigns.corrections import Why
from portal.storage.tables.answers import CorrectionRequest
from portal.storage.tables.campaigns import Campaign
from tests.actions.loading.loaded import asp, load
from tests.browser.oversight.test_width import SIDEWAYS, WIDTHS
from tests.cast import AFTER, EGNS, MONTH, NOW, SCHOOL, add_record

pytestmark = pytest.mark.browser

PAGE = f"/campaigns/{MONTH}"


@pytest.fixture
def busy(world):
    """A request that РУО spoke of at length, and files of which some lines are wrong."""
    load(asp(0), asp(1), "боклук", asp(2, institution="2299999"))
    load("боклук", name="ASPCONF0121.txt")
    CorrectionRequest.create(
        campaign=world.campaign,
        institution=SCHOOL,
        record=add_record(family="Константинова-Хаджиниколова", id_number=EGNS[10]),
        reason=Why.LATE_NOTE,
        document="РД-15-1240/12.01.2021",
        asked_by=world.ana.user_id,
        asked_at=NOW,
        supported=False,
        support_note="Документът не е приложен и не е заведен.",
        supported_by=world.nora.user_id,
        supported_at=AFTER,
    )
    Campaign.update(closes_on=NOW.date(), opens_on=NOW.date()).execute()


@pytest.mark.parametrize(
    "address",
    [
        "/campaigns/",
        PAGE,
        f"{PAGE}/corrections",
        f"{PAGE}/no-information",
        "/calendar/",
        "/calendar/year?year=2021",
    ],
)
def test_nothing_is_wider_than_the_screen(browse, world, busy, address):
    page = browse(world.oleg)
    for width in WIDTHS:
        page.set_viewport_size({"width": width, "height": 900})
        page.goto(address)
        assert page.evaluate(SIDEWAYS) <= 0, width


@pytest.mark.parametrize("width", [360, 640])
def test_a_region_has_its_bar_across_the_card(browse, world, width):
    page = browse(world.oleg, viewport={"width": width, "height": 900})
    page.goto(PAGE)
    bar, card = (page.locator(f"table.bars {of}").first.bounding_box() for of in ("tbody .bar", "tbody tr"))
    assert bar["width"] > 0.85 * card["width"]
