"""Choosing an institution by name: for one record, for all that wait in one place, for an exception."""

import pytest

from portal.actions.campaigns.closing import close_institution
from portal.actions.lists.confirmations import send_back
from portal.storage.lists.current import list_of
from tests.actions.loading.loaded import enrol, enrolled
from tests.cast import (
    AFTER,
    EGNS,
    FAR_SCHOOL,
    KINDERGARTEN,
    MONTH,
    NOW,
    OTHER_SCHOOL,
    SCHOOL,
    add_record,
    stored,
)

PAGE = "/campaigns/2020-12"
pytestmark = pytest.mark.both_databases


@pytest.fixture
def oleg(client, world):
    return client.sign_in(world.oleg)


@pytest.fixture
def returned(world):
    record = add_record(SCHOOL, id_number=EGNS[0])
    return send_back(world.ana, MONTH, record.id, "премести се", now=NOW).record


def offers(page) -> list[str]:
    return [row.get("id").removeprefix("to-") for row in page.all("h2 + table tr[id]")]


def test_where_the_child_is_enrolled_stands_first_and_is_one_press(oleg, returned):
    enrol(enrolled(0, institution=OTHER_SCHOOL))
    page = oleg.get(f"{PAGE}/records/{returned.id}/route").page

    assert offers(page) == [OTHER_SCHOOL, SCHOOL]
    assert "по записванията" in page.text(f"#to-{OTHER_SCHOOL}")
    form = page.one(f"#to-{OTHER_SCHOOL} form")
    assert oleg.send(form.get("action"), institution=page.fields(form)["institution"]).status_code == 303
    assert stored(returned).institution_id == OTHER_SCHOOL


def test_the_months_page_has_it_written_beforehand_by_name(oleg, returned):
    enrol(enrolled(0, institution=OTHER_SCHOOL))
    page = oleg.get(PAGE).page

    assert page.one(f"#route-{returned.id}").get("value") == OTHER_SCHOOL
    assert page.text(f"#route-{returned.id}-hint") == "По записванията: 10. СУ „Христо Ботев“"


def test_any_other_is_found_by_name(oleg, returned):
    address = f"{PAGE}/records/{returned.id}/route"
    page = oleg.get(address, q="варна").page

    assert page.has(f"#choice #to-{FAR_SCHOOL} form")
    assert "няма активиран директор" in page.text(f"#to-{FAR_SCHOOL}")
    assert "няма активиран" not in page.text(f"#to-{SCHOOL}")
    assert "няма институция" in oleg.get(address, q="няматакава").page.text("#choice")


def test_all_of_a_closed_institution_go_to_its_successor_or_to_one_that_is_found(oleg, world):
    records = [add_record(id_number=EGNS[0]), add_record(id_number=EGNS[1])]
    close_institution(world.oleg, SCHOOL, NOW.date(), OTHER_SCHOOL, now=NOW)
    address = f"{PAGE}/waiting/{SCHOOL}/route"

    assert offers(oleg.get(address).page) == [OTHER_SCHOOL]
    assert oleg.get(address, q=KINDERGARTEN).page.has(f"#choice #to-{KINDERGARTEN}")
    assert not oleg.get(address, q=SCHOOL).page.has(f"#choice #to-{SCHOOL}")  # it is closed
    single = oleg.get(f"{PAGE}/records/{records[0].id}/route?from={SCHOOL}").page
    assert offers(single) == [OTHER_SCHOOL]
    form = single.one(f"#to-{OTHER_SCHOOL} form")
    assert oleg.send(form.get("action"), **single.fields(form)).location.endswith(f"/waiting/{SCHOOL}")


def test_a_record_that_does_not_wait_is_not_routed(oleg, world):
    record = add_record()

    assert oleg.get(f"{PAGE}/records/{record.id}/route").status_code == 409
    assert oleg.get(f"{PAGE}/records/999/route").status_code == 404


def test_after_the_deadline_it_says_why_nothing_is_routed(oleg, returned):
    page = oleg.at(AFTER).get(f"{PAGE}/records/{returned.id}/route").page

    assert "Срокът изтече" in page.text("main")
    assert not page.has("#find")


def test_an_exception_is_made_for_an_institution_that_is_found_by_name(oleg, world):
    oleg.at(AFTER)
    page = oleg.get(f"{PAGE}/exceptions", q="ботев").page

    assert [each.get("value") for each in page.all("#choice input[checked]")] == [OTHER_SCHOOL]
    sent = {"institution": OTHER_SCHOOL, "until": "2021-02-03", "reason": "нямаше ток"}
    assert oleg.send(f"{PAGE}/exceptions", **sent).status_code == 303
    assert list_of(OTHER_SCHOOL, MONTH).reopened_until is not None


def test_before_the_deadline_there_is_no_exception_to_look_for(oleg):
    assert oleg.get(f"{PAGE}/exceptions").status_code == 303


def test_a_successor_is_found_by_name(oleg):
    page = oleg.get("/calendar/institutions", q="ботев", code=SCHOOL).page
    links = [a.get("href") for a in page.all("table a")]

    assert f"/calendar/institutions?code={SCHOOL}&successor={OTHER_SCHOOL}#close" in links
    form = oleg.get("/calendar/institutions", code=SCHOOL, successor=OTHER_SCHOOL).page
    assert form.one("#successor").get("value") == OTHER_SCHOOL
    assert form.text("#successor-hint") == "10. СУ „Христо Ботев“"
    assert form.text("#institution-hint") == "39. СУ „Отец Паисий“"


@pytest.mark.parametrize("who", ["ana", "dora", "nora"])
def test_is_for_the_operator_only(client, world, returned, who):
    other = client.sign_in(getattr(world, who))

    for address in (
        f"{PAGE}/records/{returned.id}/route",
        f"{PAGE}/waiting/{SCHOOL}/route",
        f"{PAGE}/exceptions",
    ):
        assert other.get(address).status_code == 403
