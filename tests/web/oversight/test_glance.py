"""What is drawn of a month on GET /oversight/<YYYY-MM>: the bar, the line, the forecast, the year."""

from datetime import timedelta

import pytest

from portal.domain.submissions import Lock
from portal.storage.tables.campaigns import Campaign, Submission
from portal.storage.tables.institutions import Institution
from portal.storage.tables.people import User
from portal.storage.tables.register import RegisterMonth
from portal.web.oversight import views
from tests.cast import CLOSES, KINDERGARTEN, MONTH, NOW, OPENS, OTHER_SCHOOL, SCHOOL, add_record

HERE = "/oversight/2020-12"
MONTH_BEFORE = timedelta(days=31)
REGION = (SCHOOL, OTHER_SCHOOL, KINDERGARTEN)


def done(campaign, institution, at):
    Submission.update(lock=Lock.SIGNED, signed_at=at).where(
        (Submission.campaign == campaign) & (Submission.institution == institution)
    ).execute()
    RegisterMonth.create(campaign=campaign, institution=institution, confirmed_at=at)


def month_before(back, *, done_at=()):
    """Its window was as long, and 31 days earlier for each month back."""
    earlier = MONTH_BEFORE * back
    campaign = Campaign.create(
        month=MONTH.plus(-back), opens_on=OPENS - earlier, closes_on=CLOSES - earlier,
        made_at=NOW - earlier, answered_at=NOW - timedelta(days=9),
    )  # fmt: skip
    for institution in REGION:
        Submission.create(campaign=campaign, institution=institution)
    for institution, at in zip(REGION, done_at, strict=False):
        done(campaign, institution, at)
    return campaign


@pytest.fixture
def nora(client, world):
    add_record()
    return client.sign_in(world.nora)


def test_the_bar_has_every_institution_in_one_part(nora, world):
    done(world.campaign, OTHER_SCHOOL, NOW)

    page = nora.get(HERE).page

    parts = [" ".join(item.text_content().split()) for item in page.all(".glance > .legend li")]
    assert parts == [
        "приключили: 1 (33 %)",
        "незапочнати: 1 (33 %)",
        "без записи и без „Проверих“: 1 (33 %)",
    ]
    widths = [rect.get("width") for rect in page.all(".bar .edge")]
    assert widths == ["33.333%"] * 3
    assert page.one(".bar").get("aria-label") == (
        "Приключили 1 от 3: приключили 1, незапочнати 1, без записи и без „Проверих“ 1"
    )


def test_each_part_leads_to_its_institutions(nora, world):
    done(world.campaign, OTHER_SCHOOL, NOW)

    for link in nora.get(HERE).page.all(".glance > .legend a"):
        many = int(link.text_content().rsplit(" ", 1)[1])
        answer = nora.get(link.get("href").split("#")[0])
        assert len(answer.page.all('tr[id^="institution-"]')) == many, link.get("href")


def test_whoever_has_no_director_is_not_among_those_that_never_looked(nora, world):
    User.update(disabled_at=NOW).where(User.id == world.boris.user_id).execute()

    page = nora.get(HERE).page

    assert "неотваряли: 2 · без активиран директор: 1" in page.text(".counted")
    assert "никога неотварян" not in page.text(f"#institution-{OTHER_SCHOOL}")
    assert "без активиран директор" in page.text(f"#institution-{OTHER_SCHOOL}")
    found = nora.get(HERE, state="undirected").page.all('tr[id^="institution-"]')
    assert [row.get("id") for row in found] == [f"institution-{OTHER_SCHOOL}"]


def test_the_line_has_its_table_beside_last_month(nora, world):
    before = NOW - MONTH_BEFORE
    month_before(1, done_at=(before - timedelta(hours=2), before + timedelta(days=2)))
    done(world.campaign, SCHOOL, NOW - timedelta(hours=1))

    page = nora.get(HERE).page

    assert page.has(".course path.mine") and page.has(".course path.before") and page.has(".course path.even")
    assert len(page.all(".course tbody tr")) == (CLOSES - OPENS).days + 1
    told = page.text(".course table")
    assert "четвъртък, 28.01.1 (33 %) 33 % 1" in told
    assert "петък, 29.01. 33 % 1" in told, "tomorrow has not come"
    assert "понеделник, 01.02. 66 % 3" in told


def test_foresees_by_last_month_and_says_how_wrong_that_was(nora, world):
    before = NOW - MONTH_BEFORE
    month_before(1, done_at=(before - timedelta(hours=2), before + timedelta(days=2)))
    month_before(2, done_at=(before - MONTH_BEFORE + timedelta(days=1),) * 3)
    done(world.campaign, SCHOOL, NOW - timedelta(hours=1))

    told = nora.get(HERE).page.text(".glance")

    assert "Прогноза за края на срока: 2 от 3." in told
    assert "прогнозата за ноември 2020 г. в този час преди срока щеше да е 100 %, а приключиха 66 %" in told
    assert "с 34 процентни пункта повече от станалото" in told


def test_a_suspended_month_foretells_nothing_and_blames_nobody(nora):
    before = NOW - MONTH_BEFORE
    suspended = month_before(1, done_at=(before - timedelta(hours=2),))
    month_before(2, done_at=(before - MONTH_BEFORE + timedelta(days=1),) * 2)
    Campaign.update(suspended_at=before, answered_at=None).where(Campaign.id == suspended.id).execute()

    page = nora.get(HERE).page

    told = page.text(".glance")
    assert "такава част, каквато за октомври 2020 г. приключи" in told
    assert "ноември" not in told
    assert "спрян: ноември" in page.one(f"#institution-{OTHER_SCHOOL} .year title").text_content()


def test_without_a_month_before_nothing_is_foreseen(nora):
    assert "Прогноза" not in nora.get(HERE).page.text("main")


def test_the_last_day_goes_hour_by_hour(nora, world):
    month_before(1)
    done(world.campaign, SCHOOL, NOW)

    page = nora.at(NOW + timedelta(days=4)).get(HERE).page

    assert "Последният ден, час по час" in page.text(".glance")
    assert "до 08:00 ч.1 (33 %) 0 %" in page.text(".glance")


def test_the_line_of_the_last_day_ends_where_today_is(nora, world):
    """At 12:30 of 24 hours: half of it and a bit from the left, and as far below the top as are not done."""
    month_before(1)
    done(world.campaign, SCHOOL, NOW + timedelta(days=4))

    page = nora.at(NOW + timedelta(days=4, hours=2, minutes=30)).get(HERE).page
    first = page.all(".course svg.field-of-lines")[0]

    mine = first.cssselect("path.mine")[0].get("d")
    assert mine.startswith("M0 1000L") and mine.endswith("521 667")
    assert first.cssselect("line.now")[0].get("x1") == "52.1%"
    hours = [row.cssselect("th")[0].text_content() for row in page.all(".course")[0].cssselect("tbody tr")]
    assert (len(hours), hours[0], hours[-1]) == (24, "до 01:00 ч.", "до края на деня")
    told = [row.cssselect("td")[0].text_content() for row in page.all(".course")[0].cssselect("tbody tr")]
    assert told[9:11] == ["0 (0 %)", "1 (33 %)"]
    assert told[12:14] == ["1 (33 %)", ""]  # of what has not come nothing is said


def test_a_year_of_an_institution_is_told_to_ears(nora, world):
    before = month_before(1, done_at=(NOW - MONTH_BEFORE, NOW))
    assert before.closes_on < NOW.date()

    page = nora.get(HERE).page

    assert "в срок: 1; срокът тече: декември; без списък: 10" in page.text(
        f"#institution-{SCHOOL} .year title"
    )
    late = page.text(f"#institution-{OTHER_SCHOOL} .year title")
    assert "след срока: ноември; срокът тече: декември; без списък: 10" in late
    assert "не: ноември" in page.text(f"#institution-{KINDERGARTEN} .year title")
    assert len(page.all(f"#institution-{SCHOOL} .year use")) == 12


def test_counts_by_type_and_by_municipality(nora):
    Institution.update(municipality="Банкя").where(Institution.code == SCHOOL).execute()
    Institution.update(municipality="Столична").where(Institution.code == OTHER_SCHOOL).execute()

    page = nora.get(HERE).page

    told = page.text("main")
    assert "детска градина 0 от 1 (0 %)" in told and "училище 0 от 2 (0 %)" in told
    assert "Банкя 0 от 1 (0 %)" in told and "без посочена община 0 от 1 (0 %)" in told
    found = nora.get(HERE, municipality="Банкя").page.all('tr[id^="institution-"]')
    assert [row.get("id") for row in found] == [f"institution-{SCHOOL}"]


def test_a_long_table_has_pages_that_keep_the_filter(nora, monkeypatch):
    monkeypatch.setattr(views, "PAGE", 2)

    page = nora.get(HERE, sort="name", state="unfinished").page

    assert len(page.all('tr[id^="institution-"]')) == 2
    assert page.text('nav[aria-label="Страници"]') == "Страница 1 от 2: 1 · 2"
    following = page.all('nav[aria-label="Страници"] a')[0].get("href")
    assert "sort=name" in following and "state=unfinished" in following
    assert len(nora.get(following).page.all('tr[id^="institution-"]')) == 1
    assert len(nora.get(HERE, page="99").page.all('tr[id^="institution-"]')) == 1
