"""How pages look: on a phone, at night, with the system's own colours."""

import pytest
from playwright.sync_api import expect

from portal.domain.decisions import Reason
from portal.storage.tables.campaigns import Record
from tests.actions.register.unlocked import add_envelope
from tests.cast import NOW, add_record
from tests.served import ROOT

pytestmark = pytest.mark.browser
LIST = "/confirmations/2020-12"
PHONE = {"width": 360, "height": 740}


@pytest.fixture
def records(world):
    return [add_record(family=family) for family in ("Ангелова", "Бонева", "Василева")]


@pytest.fixture
def sent_back(world, records):
    away = add_record(family="Яворова")
    Record.update(submission=None, returned_at=NOW).where(Record.id == away.id).execute()


@pytest.fixture
def locked(world):
    """The register, which this login has not unlocked."""
    add_envelope(world.ana)


@pytest.mark.parametrize("script", [True, False], ids=["with JavaScript", "without JavaScript"])
def test_on_a_phone_the_first_child_is_on_the_first_screen(browse, world, records, script):
    page = browse(world.ana, viewport=PHONE, java_script_enabled=script)
    page.goto(LIST)

    assert bottom_of_the_first_child(page) <= 450
    expect(page.get_by_role("button", name="Търся")).to_be_hidden()
    page.get_by_text("Търсене и филтри").click()
    expect(page.get_by_role("button", name="Търся")).to_be_visible()


def test_so_it_is_where_one_was_sent_back_and_the_register_is_locked(
    browse, world, records, sent_back, locked
):
    page = browse(world.ana, viewport=PHONE)
    page.goto(LIST)

    expect(page.get_by_text("Отключете регистъра")).to_be_visible()
    expect(page.get_by_role("heading", name="Изпратени обратно")).to_be_visible()
    assert bottom_of_the_first_child(page) <= 450


def bottom_of_the_first_child(page) -> float:
    child = page.get_by_text("Мария Иванова Ангелова").bounding_box()
    return child["y"] + child["height"]


@pytest.mark.parametrize("close", ["Затварям без промяна", "Escape"])
@pytest.mark.parametrize("what", ["отказвам…", "не е наше дете"])
def test_on_a_phone_what_was_opened_can_be_closed(browse, world, records, what, close):
    page = browse(world.ana, viewport=PHONE)
    page.goto(LIST)
    row = page.locator(f"#record-{records[0].id}")
    row.get_by_text(what).click()
    expect(page.locator(".editor")).to_be_visible()

    if close == "Escape":
        page.keyboard.press("Escape")
    else:
        page.get_by_text(close).click()
    expect(page.locator(".editor")).to_be_hidden()
    row.get_by_text(what).click()
    expect(page.locator(".editor")).to_have_count(1)
    expect(page.locator(".editor")).to_be_visible()


@pytest.mark.parametrize("script", [True, False], ids=["with JavaScript", "without JavaScript"])
def test_on_a_phone_the_menu_opens_by_one_button(browse, world, script):
    page = browse(world.ana, viewport=PHONE, java_script_enabled=script)
    page.goto("/account")

    expect(page.get_by_role("button", name="Изход")).to_be_hidden()
    page.get_by_text("Меню").click()
    expect(page.get_by_role("button", name="Изход")).to_be_visible()
    page.get_by_role("link", name="Потвърждения", exact=True).click()
    expect(page).to_have_url(f"{page.url.split('/confirmations')[0]}/confirmations/")


def test_a_wider_screen_needs_no_menu(browse, world, records):
    page = browse(world.ana, viewport={"width": 768, "height": 1024})
    page.goto(LIST)

    expect(page.get_by_text("Меню")).to_be_hidden()
    for name in ("Изход", "Търся"):
        expect(page.get_by_role("button", name=name)).to_be_visible()


def test_on_a_tablet_a_refusals_three_fields_stand_beside_one_another(browse, world, records):
    page = browse(world.ana, viewport={"width": 768, "height": 1024})
    page.goto(LIST)
    page.get_by_role("link", name="отказвам").first.click()

    fields = [
        page.locator(f"#{name}-{records[0].id}").bounding_box() for name in ("corrected", "reason", "note")
    ]
    assert [field["x"] for field in fields] == sorted({field["x"] for field in fields})


def test_on_a_tablet_a_number_of_days_keeps_its_line(browse, world):
    hours, days = add_record(figure="049.50"), add_record(reason=Reason.DISTANCE, figure="11")
    page = browse(world.ana, viewport={"width": 768, "height": 1024})
    page.goto(LIST)

    lines = [
        page.locator(f"#record-{record.id} .figure-sent").evaluate(
            """figure => {
              const range = document.createRange();
              range.selectNodeContents(figure);
              return [...range.getClientRects()].length;
            }"""
        )
        for record in (hours, days)
    ]
    assert lines == [2, 1]


def test_on_a_phone_a_filter_that_is_on_is_said_and_stays_folded(browse, world, records):
    page = browse(world.ana, viewport=PHONE)
    page.goto(f"{LIST}?state=pending")

    assert bottom_of_the_first_child(page) <= 450
    fold = page.locator("#fold")
    expect(fold).to_have_text("Филтър: за преглед")
    expect(page.get_by_label("Състояние")).to_be_hidden()
    fold.click()
    page.get_by_label("Състояние").select_option("")
    page.get_by_label("Име или последни").fill("бонева")
    page.get_by_role("button", name="Търся").click()
    expect(fold).to_have_text("Търсене „бонева“")
    expect(page.get_by_label("Състояние")).to_be_hidden()
    expect(page.locator(".shown p")).to_contain_text("Показани 1 от 3. Показвам всички")


def test_pages_are_dark_where_the_system_is(browse, world, records):
    page = browse(world.ana, color_scheme="dark")
    page.goto(LIST)
    assert max(drawn(page, "body", "backgroundColor")) < 40


@pytest.mark.parametrize("name", ["away", "too-large", "too-many"])
def test_so_are_the_pages_of_nginx(chromium, name):
    page = chromium.new_page(color_scheme="dark")
    page.goto((ROOT / "deploy" / "pages" / f"{name}.html").as_uri())
    ground, ink = drawn(page, "body", "backgroundColor"), drawn(page, "body", "color")
    on_button = drawn(page, ".button", "color")
    page.close()
    assert max(ground) < 40 < 200 < min(ink)
    assert on_button == ground


def drawn(page, selector: str, what: str) -> list[int]:
    """Red, green and blue."""
    colour = page.eval_on_selector(selector, "(found, what) => getComputedStyle(found)[what]", what)
    return [int(part) for part in colour.removeprefix("rgb(").rstrip(")").split(",")]


def test_progress_can_be_seen_in_the_systems_own_colours(browse, world, records):
    """There every ground of ours is the system's: the bar is drawn with what the system selects with."""
    page = browse(world.ana, forced_colors="active")
    page.goto(LIST)
    page.get_by_role("button", name="потвърждавам").first.click()
    bar = page.get_by_role("progressbar")
    expect(bar).to_have_attribute("value", "1")

    done, left = (colour_at(page, bar, part) for part in (0.15, 0.85))
    assert done != left


def test_the_two_decisions_weigh_the_same_in_the_systems_own_colours(browse, world, records):
    page = browse(world.ana, forced_colors="active")
    page.goto(LIST)

    assert drawn(page, "button.is-choice", "color") == drawn(page, "a.is-choice", "color")


def colour_at(page, element, part: float) -> list[int]:
    """The colour of a picture of ``element`` at a part of its width, halfway down."""
    picture = element.screenshot().hex()
    return page.evaluate(
        """async ([hex, part]) => {
          const bytes = Uint8Array.from(hex.match(/../g), (pair) => parseInt(pair, 16));
          const picture = await createImageBitmap(new Blob([bytes], { type: "image/png" }));
          const canvas = new OffscreenCanvas(picture.width, picture.height).getContext("2d");
          canvas.drawImage(picture, 0, 0);
          return [...canvas.getImageData(picture.width * part, picture.height / 2, 1, 1).data];
        }""",
        [picture, part],
    )
