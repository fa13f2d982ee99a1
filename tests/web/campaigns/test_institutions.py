"""/calendar/institutions: finding one, who is missing, closing and opening again."""

import pytest

from portal.storage.tables.institutions import Institution
from tests.cast import FAR_SCHOOL, OTHER_SCHOOL, SCHOOL, add_record
from tests.web.campaigns.test_calendar import upload

pytestmark = pytest.mark.both_databases
PAGE = "/calendar/institutions"
FORM = {"institution": SCHOOL, "on": "2021-01-28", "successor": OTHER_SCHOOL}


@pytest.fixture
def oleg(client, world):
    return client.sign_in(world.oleg)


@pytest.mark.parametrize(("words", "found"), [(SCHOOL, [SCHOOL]), ("ботев 10", [OTHER_SCHOOL]), ("няма", [])])
def test_finds_by_code_and_by_parts_of_the_name(oleg, words, found):
    page = oleg.get(PAGE, q=words).page

    links = page.all("#found table a")
    assert [link.get("href") for link in links] == [
        address
        for code in found
        for address in (f"{PAGE}?code={code}#close", f"/people/institutions/{code}/director")
    ]
    assert page.one("#find").get("value") == words
    assert ("няма институция" in page.text("main")) is not bool(found)


def test_what_the_newest_file_leaves_out_is_named_and_stays(oleg):
    answer = upload(oleg, "institutions", "institutions.csv")
    assert answer.location == "/campaigns/loads/1"
    load = oleg.get(answer.location).page

    assert "липсващи във файла, които остават: 1" in load.text(".notice.is-done")
    assert "ОУ „Васил Левски“0300001 Варна" in load.text("main")
    assert FAR_SCHOOL in oleg.get(PAGE).page.text("#missing + p + table")
    assert oleg.get("/calendar/").page.text(f"a[href='{PAGE}#missing']") == "1"
    assert Institution.select().count() == 9


def test_nobody_is_missing(oleg):
    assert "Няма: последният файл" in oleg.get(PAGE).page.text("#missing + p")


def test_the_code_is_written_beforehand(oleg):
    assert oleg.get(PAGE, code=SCHOOL).page.one("#institution").get("value") == SCHOOL


@pytest.mark.parametrize("htmx", [True, False])
def test_closes_and_opens_again(oleg, htmx):
    add_record()
    answer = oleg.send(f"{PAGE}/close", htmx=htmx, **FORM)

    assert (answer.status_code, answer.location) == (303, f"{PAGE}#closed")
    page = oleg.get(PAGE).page
    assert page.text(".notice.is-done") == (
        "39. СУ „Отец Паисий“ е закрита от 28 януари 2021 г. (четвъртък). Неподписани записи за насочване: 1."
    )
    assert "10. СУ „Христо Ботев“" in page.text(f"#closed-{SCHOOL}")
    again = oleg.send(f"{PAGE}/{SCHOOL}/reopen", htmx=htmx)
    assert (again.status_code, again.location) == (303, f"{PAGE}#closed")
    assert not oleg.get(PAGE).page.has(f"#closed-{SCHOOL}")
    assert oleg.send(f"{PAGE}/{SCHOOL}/reopen", htmx=htmx).status_code == 409


@pytest.mark.parametrize(
    ("wrong", "field"),
    [
        ({"institution": "9999999"}, "institution"),
        ({"institution": ""}, "institution"),
        ({"on": ""}, "on"),
        ({"on": "някога"}, "on"),
        ({"on": "2012-01-28"}, "on"),
        ({"successor": SCHOOL}, "successor"),
        ({"successor": "нещо"}, "successor"),
    ],
)
def test_what_does_not_hold_is_said_beside_its_field(oleg, wrong, field):
    answer = oleg.send(f"{PAGE}/close", **(FORM | wrong))

    assert answer.status_code == 422
    assert answer.page.has(f"#{field}-error")
    assert answer.page.one(f"#{field}").get("value") == (FORM | wrong)[field]
    assert Institution.get_by_id(SCHOOL).closed_on is None


def test_closed_twice_is_a_conflict(oleg):
    oleg.send(f"{PAGE}/close", **FORM)
    again = oleg.send(f"{PAGE}/close", **FORM)

    assert again.status_code == 409
    assert "вече е закрита от 28 януари 2021 г." in again.page.text(".notice.is-wrong")


def test_an_institution_that_is_not_there_is_not_opened(oleg):
    assert oleg.send(f"{PAGE}/9999999/reopen").status_code == 404


@pytest.mark.parametrize("who", ["ana", "boris", "dora", "nora"])
def test_is_for_the_operator_only(client, world, who):
    other = client.sign_in(getattr(world, who))

    assert other.get(PAGE).status_code == 403
    assert other.send(f"{PAGE}/close", **FORM).status_code == 403
    assert other.send(f"{PAGE}/{SCHOOL}/reopen").status_code == 403
    assert Institution.get_by_id(SCHOOL).closed_on is None
