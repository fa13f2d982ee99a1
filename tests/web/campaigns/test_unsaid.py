"""/campaigns/<YYYY-MM>/no-information: what would go out as „няма информация“ now."""

from datetime import date

import pytest

from portal.actions.campaigns.campaigns import make_exception
from portal.domain.decisions import Decision
from portal.domain.submissions import Lock
from portal.storage.campaigns.answers import expected_decisions
from portal.storage.tables.campaigns import Campaign, Record, Submission
from portal.storage.tables.institutions import Institution
from portal.storage.tables.people import User
from tests.actions.loading.loaded import LATER_DAY
from tests.cast import AFTER, FAR_SCHOOL, KINDERGARTEN, MONTH, NOW, OTHER_SCHOOL, SCHOOL, add_record

pytestmark = pytest.mark.both_databases

PAGE = f"/campaigns/{MONTH}/no-information"


@pytest.fixture
def oleg(client, world):
    """One list is signed, one lacks only that, one is begun and one without anybody; a record is on none."""
    add_record(SCHOOL, decision=Decision.CONFIRMED)
    lost = add_record(SCHOOL)
    Record.update(submission=None, returned_at=NOW).where(Record.id == lost.id).execute()
    Submission.recount([lost.submission_id])
    Submission.update(lock=Lock.SIGNED).where(Submission.institution == SCHOOL).execute()
    add_record(OTHER_SCHOOL, decision=Decision.CONFIRMED)
    for decision in (Decision.REFUSED, Decision.PENDING, Decision.PENDING):
        add_record(KINDERGARTEN, decision=decision)
    add_record(FAR_SCHOOL)
    Institution.update(phone="02 876 54 32").where(Institution.code == OTHER_SCHOOL).execute()
    return client.sign_in(world.oleg)


def rows(page, part):
    return [" ".join(row.text_content().split()) for row in page.all(f"#{part} + table tbody tr")]


def test_says_how_many_in_each_region_and_why(oleg, world):
    page = oleg.get(PAGE).page

    assert page.all(".figure-value")[0].text_content() == "6"
    assert expected_decisions(world.campaign)[Decision.PENDING] == 6
    assert rows(page, "regions") == ["Варна 1 1 0 1 0", "София-град 5 2 1 0 1"]


def test_names_the_institutions_with_the_telephone(oleg):
    found = rows(oleg.get(PAGE).page, "institutions")

    assert found[0].startswith("ДГ № 13 „Детелина“") and "3 2 започнат списък" in found[0]
    (ready,) = (row for row in found if OTHER_SCHOOL in row)
    assert "1 0 всичко е решено, липсва подпис 02 876 54 32" in ready
    (shut,) = (row for row in found if FAR_SCHOOL in row)
    assert "няма активиран директор" in shut
    (off,) = (row for row in found if SCHOOL in row)
    assert "записи, които не са в ничий списък" in off


def helps(page) -> list[str]:
    return [a.get("href") for a in page.all("main ul a")]


def test_offers_only_what_helps_now(oleg, world):
    calls, invitations, routing = (
        f"/oversight/{MONTH}/calls", "/people/without-director", f"/campaigns/{MONTH}#waiting",
    )  # fmt: skip
    assert helps(oleg.get(PAGE).page) == [calls, invitations, routing]

    Campaign.update(suspended_at=NOW).execute()
    page = oleg.get(PAGE).page
    assert helps(page) == [invitations, routing], "what is waiting can be put in order meanwhile"
    assert "докато не я възобновите" in page.text("main")
    Campaign.update(suspended_at=None).execute()

    page = oleg.at(AFTER).get(PAGE).page
    assert helps(page) == []
    assert page.has(f"a[href='/campaigns/{MONTH}#window']")
    assert page.has(f"a[href='/campaigns/{MONTH}/exceptions']")
    make_exception(world.oleg, MONTH, OTHER_SCHOOL, LATER_DAY, "нямаше ток", now=AFTER)
    assert helps(oleg.get(PAGE).page) == [calls, invitations, routing]


def test_before_the_window_nobody_is_called(oleg):
    Campaign.update(opens_on=None, closes_on=None).execute()
    page = oleg.get(PAGE).page

    assert f"/oversight/{MONTH}/calls" not in helps(page)
    assert "още не са отворени за работа" in page.text("main")


def test_one_region_has_all_of_its_institutions_and_no_other(oleg):
    page = oleg.get(f"{PAGE}?region=3").page

    assert [FAR_SCHOOL in row for row in rows(page, "institutions")] == [True]
    assert page.all(".figure-value")[0].text_content() == "1"
    assert not page.has("#regions")


@pytest.mark.parametrize("region", ["99", "", "x", "3 "])
def test_a_region_that_is_none_is_the_country(oleg, region):
    assert oleg.get(f"{PAGE}?region={region}").page.has("#regions")


def test_a_closed_institution_and_one_that_never_looked_are_told_apart(oleg):
    Institution.update(closed_on=date(2021, 1, 4)).where(Institution.code == KINDERGARTEN).execute()
    Submission.update(confirmed=0, pending=1, total=1).where(Submission.institution == OTHER_SCHOOL).execute()
    text = oleg.get(PAGE).page.text("main")

    assert "закрита институция" in text
    assert "никой не е отварял списъка" in text


def test_where_everything_is_signed_there_is_nothing(oleg):
    Record.delete().where(Record.submission.is_null()).execute()
    Submission.update(lock=Lock.SIGNED).execute()

    assert "Няма такива записи: за всеки запис има подпис." in oleg.get(PAGE).page.text("main")


def test_after_the_answer_the_month_says_what_was_sent(oleg):
    Campaign.update(answered_at=AFTER).execute()
    answer = oleg.at(AFTER).get(PAGE)

    assert (answer.status_code, answer.location) == (303, f"/campaigns/{MONTH}#answer")


def test_names_no_child(oleg):
    text = oleg.get(PAGE).text + oleg.get(f"{PAGE}?region=22").text

    assert not [record.family for record in Record.select() if record.family in text]


@pytest.mark.parametrize("who", ["ana", "dora", "nora"])
def test_is_for_the_operator_only(client, world, who):
    assert client.sign_in(getattr(world, who)).get(PAGE).status_code == 403


def test_a_director_without_access_signs_nothing(oleg):
    User.update(disabled_at=NOW).where(User.institution == OTHER_SCHOOL).execute()
    (row,) = (row for row in rows(oleg.get(PAGE).page, "institutions") if OTHER_SCHOOL in row)

    assert "няма активиран директор" in row
