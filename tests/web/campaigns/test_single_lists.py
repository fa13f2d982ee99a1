"""/campaigns/<YYYY-MM>/records/<id>/route and …/exceptions: single lists of a month."""

from datetime import timedelta

import pytest

from portal.actions.lists.confirmations import send_back
from portal.domain.submissions import Lock
from portal.storage.lists.current import list_of
from portal.storage.tables.campaigns import Submission
from tests.actions.loading.loaded import enrol, enrolled
from tests.cast import AFTER, EGNS, KINDERGARTEN, MONTH, NOW, OTHER_SCHOOL, SCHOOL, add_record, stored

PAGE = "/campaigns/2020-12"
EXCEPTION = {"institution": SCHOOL, "until": "2021-02-03", "reason": "сървърът им не работеше"}


@pytest.fixture
def oleg(client, world):
    return client.sign_in(world.oleg)


@pytest.fixture
def returned(world):
    record = add_record(SCHOOL, id_number=EGNS[0], family="Необикновена")
    return send_back(world.ana, MONTH, record.id, "премести се", now=NOW).record


def address(record) -> str:
    return f"{PAGE}/records/{record.id}/route"


def the_list(institution: str) -> Submission:
    return list_of(institution, MONTH)


def test_shows_what_was_sent_back_with_the_identifier_masked(oleg, returned):
    enrol(enrolled(0, institution=OTHER_SCHOOL))
    text = oleg.get(PAGE).page.text(f"#returned-{returned.id}")

    assert "Необикновена" in text
    assert "ЕГН 135*****28" in text
    assert "премести се" in text
    assert "Отсъствие: 7 уч. часа" in text
    assert f"Записано е в 10. СУ „Христо Ботев“, {OTHER_SCHOOL}" in text
    assert EGNS[0] not in oleg.get(PAGE).text


@pytest.mark.parametrize("htmx", [True, False])
def test_puts_a_record_on_another_list(oleg, returned, htmx):
    answer = oleg.send(address(returned), institution=OTHER_SCHOOL, htmx=htmx)

    assert (answer.status_code, answer.location) == (303, f"{PAGE}#returned")
    assert stored(returned).submission_id == the_list(OTHER_SCHOOL).id
    page = oleg.get(PAGE).page
    assert page.text(".notice.is-done") == f"Записът е в списъка на 10. СУ „Христо Ботев“ ({OTHER_SCHOOL})."
    assert not page.has(f"#returned-{returned.id}")


@pytest.mark.parametrize("code", ["", "9999999", "нещо"])
def test_an_unknown_institution_is_said_beside_its_row(oleg, returned, code):
    answer = oleg.send(address(returned), institution=code)

    assert answer.status_code == 422
    assert "Проверете кода." in answer.page.text(f"#route-{returned.id}-error")
    assert answer.page.one(f"#route-{returned.id}").get("value") == code
    assert stored(returned).submission_id is None


@pytest.fixture
def several(world, monkeypatch):
    """Five that were sent back, two on each page, oldest first."""
    monkeypatch.setattr("portal.storage.lists.returned.ON_A_PAGE", 2)
    found = [add_record(SCHOOL, id_number=number) for number in EGNS[:5]]
    for minute, record in enumerate(reversed(found)):
        send_back(world.ana, MONTH, record.id, "премести се", now=NOW + timedelta(minutes=minute))
    return found[::-1]


def shown(page) -> list[str]:
    return [row.get("id") for row in page.all("tr[id^=returned-]")]


def test_the_months_page_shows_the_oldest_and_leads_to_all(oleg, several):
    page = oleg.get(PAGE).page

    assert shown(page) == [f"returned-{record.id}" for record in several[:2]]
    assert "5 за насочване" in page.text(".figures")
    assert page.text(f"a[href='{PAGE}/returned']") == "Всички 5 върнати записа"


def test_all_that_were_sent_back_are_shown_some_on_each_page(oleg, several):
    seen, at = [], f"{PAGE}/returned"
    for _ in range(3):
        page = oleg.get(at).page
        assert page.text("h1").endswith(": 5")
        seen += shown(page)
        at = next((a.get("href") for a in page.all("main a") if a.text_content() == "Следващите"), None)

    assert seen == [f"returned-{record.id}" for record in several]
    assert at is None


def test_from_the_page_of_all_it_goes_back_there(oleg, several):
    last = several[-1]
    wrong = oleg.send(address(last), institution="9999999", **{"from": "returned"})
    assert wrong.status_code == 422
    assert wrong.page.text("h1").startswith("Върнати")
    assert "Проверете кода." in wrong.page.text(f"#route-{last.id}-error")
    assert shown(wrong.page) == [f"returned-{record.id}" for record in (*several[:2], last)]

    done = oleg.send(address(last), institution=OTHER_SCHOOL, **{"from": "returned"})
    assert (done.status_code, done.location) == (303, f"{PAGE}/returned")
    assert shown(oleg.get(f"{PAGE}/returned?after={last.id}").page)  # it is there no more: from the first


def test_is_said_on_the_months_page_though_it_is_not_among_the_first(oleg, several):
    last = several[-1]
    answer = oleg.send(address(last), institution="9999999")

    assert "Проверете кода." in answer.page.text(f"#route-{last.id}-error")


def test_a_signed_list_is_a_conflict(oleg, returned):
    Submission.update(lock=Lock.SIGNED).where(Submission.institution == OTHER_SCHOOL).execute()
    answer = oleg.send(address(returned), institution=OTHER_SCHOOL)

    assert answer.status_code == 409
    assert "вече е подписан" in answer.page.text(".notice.is-wrong")


def test_twice_is_a_conflict(oleg, returned):
    oleg.send(address(returned), institution=OTHER_SCHOOL)

    assert oleg.send(address(returned), institution=KINDERGARTEN).status_code == 409
    assert stored(returned).institution_id == OTHER_SCHOOL


def test_a_record_that_is_not_there_is_not_found(oleg, world):
    assert oleg.send(f"{PAGE}/records/999/route", institution=SCHOOL).status_code == 404


@pytest.mark.parametrize("who", ["ana", "dora", "nora"])
def test_nobody_else_routes_or_makes_exceptions(client, world, returned, who):
    other = client.sign_in(getattr(world, who)).at(AFTER)

    assert other.send(address(returned), institution=OTHER_SCHOOL).status_code == 403
    assert other.send(f"{PAGE}/exceptions", **EXCEPTION).status_code == 403
    assert other.send(f"{PAGE}/exceptions/{SCHOOL}/end").status_code == 403
    assert the_list(SCHOOL).reopened_until is None


@pytest.mark.parametrize("htmx", [True, False])
def test_opens_one_list_after_the_deadline_and_closes_it_again(oleg, htmx):
    oleg.at(AFTER)
    answer = oleg.send(f"{PAGE}/exceptions", htmx=htmx, **EXCEPTION)

    assert (answer.status_code, answer.location) == (303, f"{PAGE}#exceptions")
    assert not the_list(SCHOOL).window.is_over(AFTER)
    page = oleg.get(PAGE).page
    assert "03.02.2021 г., 23:59 ч." in page.text("main")
    assert "сървърът им не работеше" in page.text("main")
    end = f"{PAGE}/exceptions/{SCHOOL}/end"
    assert page.has(f'form[action="{end}"]')
    assert oleg.send(end, htmx=htmx).status_code == 303
    assert the_list(SCHOOL).window.is_over(AFTER)
    assert oleg.send(end).status_code == 409


@pytest.mark.parametrize(
    ("wrong", "field"),
    [
        ({"institution": "9999999"}, "institution"),
        ({"until": "2021-02-01"}, "until"),
        ({"until": "някога"}, "until"),
        ({"reason": ""}, "reason"),
    ],
)
def test_an_exception_that_does_not_hold_is_said_beside_its_field(oleg, wrong, field):
    answer = oleg.at(AFTER).send(f"{PAGE}/exceptions", **(EXCEPTION | wrong))

    assert answer.status_code == 422
    assert answer.page.has(f"#exception-{field}-error")
    assert answer.page.one("#exception-institution").get("value") == (EXCEPTION | wrong)["institution"]


def test_before_the_deadline_there_are_no_exceptions(oleg):
    assert oleg.send(f"{PAGE}/exceptions", **EXCEPTION).status_code == 409
