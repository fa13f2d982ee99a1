"""GET /campaigns/<YYYY-MM>/unmatched?which=, and the counts that lead to it."""

import pytest

from portal.domain.identifiers import IdType
from portal.domain.month import Month
from portal.storage.lists import counted
from portal.storage.lists.counted import count_anew
from portal.storage.tables.campaigns import Campaign, DoubtfulRecord, Record
from portal.web.campaigns import unmatched
from tests.actions.loading.loaded import asp, enrol, enrolled, load
from tests.cast import CLOSES, EGNS, MONTH, NOW, OTHER_SCHOOL, SCHOOL, add_record

CAMPAIGN = "/campaigns/2020-12"
PAGE = f"{CAMPAIGN}/unmatched"
NOBODY = "9999999"
BOTH_EGN_AND_LNCH = "1045120036"


@pytest.fixture
def oleg(client, world):
    return client.sign_in(world.oleg)


@pytest.fixture
def loads(world):
    """Enrolments, and a list on which one child is without, one outside the portal, one by number alone."""
    enrolments = enrol(
        enrolled(0),
        enrolled(2, institution=NOBODY),
        enrolled(number=BOTH_EGN_AND_LNCH, kind=IdType.LNCH, institution=OTHER_SCHOOL),
    )
    return enrolments, load(
        asp(0, family="Сигурен"),
        asp(1, family="Никъде"),
        asp(2, family="Навън"),
        asp(number=BOTH_EGN_AND_LNCH, family="Номеров"),
    )


def rows(page) -> list[str]:
    return [" ".join(" ".join(row.itertext()).split()) for row in page.all("tbody tr")]


def links(page) -> dict[str, str]:
    """What is counted, and where it leads."""
    return {
        " ".join(item.text_content().split()): item.find(".//a").get("href")
        for item in page.all("main li")
        if item.find(".//a") is not None
    }


COUNTED = {
    "Без записване: 1 – вижте ги – без записване": f"{PAGE}?which=without_enrolment",
    "Записани в институция извън портала: 1 – вижте ги – записани в институция извън портала":
        f"{PAGE}?which=unknown_institution",
    "Познати само по номера: 1 – вижте ги – познати само по номера": f"{PAGE}?which=by_number",
}  # fmt: skip


def test_the_months_page_counts_them_and_leads_to_each_list(oleg, loads):
    assert links(oleg.get(CAMPAIGN).page) == COUNTED


def test_the_page_of_a_list_of_asp_does_so_too(oleg, loads):
    assert links(oleg.get(f"/campaigns/loads/{loads[1].id}").page) == COUNTED


def test_the_page_of_enrolments_leads_to_every_month_under_way(oleg, loads):
    done = enrol(enrolled(0))
    assert links(oleg.get(f"/campaigns/loads/{done.id}").page) == {
        "Без записване: 3 – вижте ги – без записване": f"{PAGE}?which=without_enrolment"
    }

    Campaign.create(month=Month(2020, 11), made_at=NOW)
    (item,) = oleg.get(f"/campaigns/loads/{done.id}").page.all("main li")
    assert [link.get("href") for link in item.iter("a")] == [
        "/campaigns/2020-11/unmatched?which=without_enrolment", f"{PAGE}?which=without_enrolment",
    ]  # fmt: skip


@pytest.mark.parametrize(
    ("which", "expected"),
    [
        (
            "without_enrolment",
            ["Стефан Ганчев Никъде ЕГН 104*****43 Отсъствие {school} 2200000 Няма записване."],
        ),
        (
            "unknown_institution",
            [
                "Стефан Ганчев Навън ЕГН 074*****73 Отсъствие {school} 2200000 "
                "Записано е в 9999999: няма такава институция в портала."
            ],
        ),
        (
            "by_number",
            [
                "Стефан Ганчев Номеров ЕГН 104*****36 Отсъствие {other} 2200004 АСП посочва {school} "
                "Записано е с ЛНЧ, а АСП го води с ЕГН."
            ],
        ),
    ],
)
def test_shows_where_each_record_lies_and_what_is_known_of_its_child(oleg, loads, world, which, expected):
    answer = oleg.get(f"{PAGE}?which={which}")

    names = {"school": world.ana.institution_name, "other": world.boris.institution_name}
    assert answer.status_code == 200
    assert rows(answer.page) == [row.format(**names) for row in expected]
    assert answer.page.has("h2")
    assert EGNS[1] not in answer.text


@pytest.mark.parametrize("which", ["", "?which=", "?which=<b>"])
def test_without_a_doubt_that_is_known_shows_all_of_them(oleg, loads, which):
    answer = oleg.get(PAGE + which)

    assert (answer.status_code, len(rows(answer.page))) == (200, 3)


def test_says_so_where_there_is_nothing_to_look_at(oleg, world):
    add_record(id_number=EGNS[0])
    enrol(enrolled(0))

    for address in (CAMPAIGN, PAGE):
        assert "Всяко дете е намерено в записванията" in oleg.get(address).page.text("main")


def test_says_where_there_are_no_enrolments_at_all(oleg, world):
    add_record(SCHOOL)

    assert "Още не са заредени записвания." in oleg.get(PAGE).page.text("main")


@pytest.mark.parametrize(
    ("returned_at", "said"), [(NOW, ", върнат като „не е наше дете“"), (None, ", чака насочване")]
)
def test_a_record_that_is_on_no_list_is_among_them(oleg, world, returned_at, said):
    record = add_record(SCHOOL)
    Record.update(submission=None, returned_at=returned_at).where(Record.id == record.id).execute()

    assert said in rows(oleg.get(PAGE).page)[0]


def test_shows_no_more_than_a_page_holds(oleg, world, monkeypatch):
    monkeypatch.setattr(unmatched, "SHOWN", 2)
    for number in EGNS[:3]:
        add_record(id_number=number)
    count_anew(world.campaign, now=NOW)
    first = oleg.get(f"{PAGE}?which=without_enrolment").page
    assert len(rows(first)) == 2
    following = next(link for link in first.all("main a") if link.text_content() == "Следващите").get("href")

    second = oleg.get(following).page
    assert len(rows(second)) == 1
    assert not set(rows(second)) & set(rows(first))
    assert second.has('main a[href$="unmatched?which=without_enrolment"]')
    assert "Следващите" not in second.text("main")


def test_of_a_month_without_kept_records_they_are_found_as_they_are_now(oleg, loads):
    DoubtfulRecord.delete().execute()

    assert len(rows(oleg.get(PAGE).page)) == 3


@pytest.mark.parametrize("after", ["-1", "9" * 30, "x"])
def test_an_address_that_was_typed_is_read(oleg, loads, after):
    assert oleg.get(f"{PAGE}?after={after}").status_code == 200


def test_no_more_are_kept_than_anybody_goes_through_and_it_says_so(oleg, world, monkeypatch):
    for module in (counted, unmatched):
        monkeypatch.setattr(module, "MOST_KEPT", 2)
    for number in EGNS[:3]:
        add_record(id_number=number)
    count_anew(world.campaign, now=NOW)
    page = oleg.get(f"{PAGE}?which=without_enrolment").page

    assert page.text("h1") == "Без записване: 3"
    assert len(rows(page)) == DoubtfulRecord.select().count() == 2
    assert "Показват се първите 2 записа от всеки вид" in page.text("main")


def test_an_answered_month_is_compared_no_more(oleg, world):
    add_record(SCHOOL)
    Campaign.update(answered_at=NOW, closes_on=CLOSES).where(Campaign.month == MONTH).execute()

    assert not oleg.get(CAMPAIGN).page.has("#unmatched")


def test_a_month_that_is_not_there_is_not_found(oleg):
    assert oleg.get("/campaigns/2019-01/unmatched").status_code == 404


@pytest.mark.parametrize("who", ["ana", "dora", "nora"])
def test_is_for_the_operator_only(client, world, who):
    assert client.sign_in(getattr(world, who)).get(PAGE).status_code == 403
