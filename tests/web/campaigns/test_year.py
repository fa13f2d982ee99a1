"""/calendar/year: the school days of a year at a glance, and what is missing."""

from datetime import date

import pytest

from portal.domain.calendar import Band
from portal.domain.month import Month
from portal.storage.lists.school_days import forget_calendar, school_days_in, school_days_of
from portal.storage.tables.db import connected
from portal.storage.tables.institutions import BandTerm, Closure
from tests.cast import MONTH, OTHER_SCHOOL, SCHOOL
from tests.statements import noted

pytestmark = pytest.mark.both_databases

PAGE, CAMPAIGN = "/calendar/year", f"/campaigns/{MONTH}"
LACKS = "Няма учебен календар за: XII клас."


@pytest.fixture
def oleg(client, world):
    return client.sign_in(world.oleg)


@pytest.fixture
def without_twelfth(oleg):
    BandTerm.delete().where(BandTerm.band == Band.XII).execute()
    forget_calendar()


def cells(page, month: str) -> list[str]:
    return [" ".join(cell.text_content().split()) for cell in page.all(f"#month-{month} td")]


def test_shows_twelve_months_with_the_days_of_each_band(oleg):
    page = oleg.get(PAGE).page

    assert page.text("h1") == "Учебна година 2020/2021", "the present one"
    assert [row.get("id") for row in page.all("tbody tr")][::11] == ["month-2020-09", "month-2021-08"]
    assert cells(page, "2020-12")[:5] == ["20", "17", "17", "17", "17"], "domain.md, School days"
    assert [head.text_content() for head in page.all("thead th")][1:4] == [
        "Детска градина и група", "I\u00a0–\u00a0III клас", "IV\u00a0–\u00a0VI клас",
    ]  # fmt: skip
    assert page.has(f'#month-2020-12 a[href="{CAMPAIGN}"]')
    assert not page.has("#month-2020-11 a")
    assert "25.12.2020" in cells(page, "2020-12")[5]
    assert not page.has(".notice")


def test_its_numbers_are_those_that_bound_a_decision(oleg):
    months = [Month(2020, 9).plus(count) for count in range(12)]
    for month, days in school_days_in(months).items():
        assert days == school_days_of(SCHOOL, month)


@pytest.mark.usefixtures("without_twelfth")
def test_says_which_bands_have_no_calendar(oleg):
    page = oleg.get(PAGE).page

    assert "За: XII клас." in page.text(".notice.is-warning")
    assert cells(page, "2020-12")[4] == "20 без календар"
    assert cells(page, "2020-12")[3] == "17"


def test_a_year_that_is_not_loaded_has_no_band(oleg):
    page = oleg.get(PAGE, year="2021").page

    assert page.text("h1") == "Учебна година 2021/2022"
    assert len(page.all("tbody th .tag")) == 12, "all bands of each month"
    assert page.has('a[href="/calendar/year?year=2020"]')
    assert page.has('a[href="/calendar/year?year=2022"]')


@pytest.mark.parametrize("wrong", ["", "1999", "2099", "20", "двайсет", "99999999999"])
def test_what_is_no_year_is_the_present_one(oleg, wrong):
    assert oleg.get(PAGE, year=wrong).page.text("h1") == "Учебна година 2020/2021"


def test_tells_how_many_institutions_have_days_of_their_own_and_which(oleg):
    for code in (SCHOOL, OTHER_SCHOOL):
        Closure.create(institution=code, first=date(2020, 12, 30), last=date(2021, 1, 8), order_number="РД-7")
    Closure.create(institution=SCHOOL, first=date(2020, 12, 1), last=date(2020, 12, 1), order_number="РД-8")
    page = oleg.get(PAGE).page

    assert [cells(page, month)[6] for month in ("2020-11", "2021-02")] == ["–", "–"]
    for month in ("2020-12", "2021-01"):
        assert cells(page, month)[6].startswith("институции: 2")
    address = page.one("#month-2021-01 td a").get("href").partition("#")[0]
    rows = oleg.get(address).page.all("#closures + table tbody tr")
    named = [" ".join(row.text_content().split()) for row in rows]
    assert len(named) == 2
    assert "10. СУ „Христо Ботев“" in named[0]
    assert "30.12.2020 – 08.01.2021 РД-7" in named[0]
    assert not oleg.get(PAGE, closed="2019-01").page.has("#closures")


@pytest.mark.usefixtures("without_twelfth")
def test_the_first_page_and_the_month_warn_of_a_month_without_a_calendar(oleg, world):
    assert LACKS in oleg.get("/").page.text(f"#month-{MONTH}")
    assert LACKS in oleg.get(CAMPAIGN).page.text(".notice.is-warning")
    world.campaign.answered_at = world.campaign.made_at
    world.campaign.save()
    assert LACKS not in oleg.get("/").text
    assert LACKS not in oleg.get(CAMPAIGN).text


def test_a_month_with_its_calendar_warns_of_nothing(oleg):
    assert "Няма учебен календар" not in oleg.get("/").text + oleg.get(CAMPAIGN).text


@pytest.mark.parametrize("who", ["ana", "dora", "nora"])
def test_is_for_the_operator_only(client, world, who):
    assert client.sign_in(getattr(world, who)).get(PAGE).status_code == 403


def test_more_closures_ask_no_more(client, world):
    with noted() as asked:
        oleg = client.sign_in(world.oleg)
        oleg.get(PAGE)
        asked.forget()
        oleg.get(PAGE)
        few = len(asked.statements)
        with connected():
            for number in range(40):
                day = date(2020, 12, 1 + number % 31)
                Closure.create(institution=SCHOOL, first=day, last=day, order_number=str(number))
        asked.forget()
        oleg.get(PAGE)
    assert len(asked.statements) == few <= 9, "\n".join(asked.statements)
