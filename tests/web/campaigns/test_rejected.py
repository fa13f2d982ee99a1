"""/campaigns/loads/<id>/rejects: the rejected lines of a load, mended one by one."""

import pytest

from portal.storage.loading.tables import Load, RejectedLine
from portal.storage.tables.campaigns import Record
from tests.actions.loading.loaded import asp, enrol, enrolled, load
from tests.cast import AFTER, EGNS, OTHER_SCHOOL
from tests.statements import noted

pytestmark = pytest.mark.both_databases

BAD = asp(0, absences="7.5   ")


@pytest.fixture
def oleg(client, world):
    return client.sign_in(world.oleg)


def address(done: Load, number: int = 1) -> str:
    line = RejectedLine.get((RejectedLine.load == done) & (RejectedLine.number == number))
    return f"/campaigns/loads/{done.id}/rejects/{line.id}"


@pytest.fixture
def asked():
    """Before the portal opens its connections."""
    with noted() as asked:
        yield asked


def statements(asked, client, address: str) -> int:
    """Of what is not asked for the first time in this process."""
    client.get(address)
    asked.forget()
    client.get(address)
    assert asked.statements
    return len(asked.statements)


def test_the_line_stands_there_with_its_faults_and_the_field_at_fault(oleg):
    done = load(BAD, asp(1))
    page = oleg.get(address(done)).page

    assert "отсъствия: трябва да са точно 6 знака като 007.00" in page.text(".notice")
    assert [field.get("name") for field in page.all("main form input[type=text]")] == ["absences"]
    assert EGNS[0] in page.text(".facts")


@pytest.mark.parametrize("htmx", [True, False])
def test_mends_it_and_goes_on_to_the_next(oleg, htmx):
    done = load(BAD, asp(1), asp(2, absences="x"))
    answer = oleg.send(address(done), absences="007.50", htmx=htmx)

    assert answer.status_code == 303
    assert answer.location.endswith(address(done, 3))
    assert Record.get(Record.id_number == EGNS[0]).absences == "007.50"
    page = oleg.get(f"/campaigns/loads/{done.id}").page
    assert "1 поправени" in page.text(".figures")


def test_the_last_one_leads_to_what_became_of_all(oleg):
    done = load(BAD, asp(1))

    assert oleg.send(address(done), absences="007.50").location.endswith(f"/campaigns/loads/{done.id}")
    assert "Както е поправен" in oleg.get(address(done)).page.text("main")


def test_what_is_still_wrong_stands_beside_its_field_with_what_was_typed(oleg):
    done = load(BAD, asp(1))
    answer = oleg.send(address(done), absences="7.50")

    assert answer.status_code == 422
    assert answer.page.text("#absences-error").startswith("Отсъствия: трябва да са точно 6 знака")
    assert answer.page.one("#absences").get("value") == "7.50"


def test_an_institution_is_found_by_name_and_chosen(oleg):
    done = load(asp(0, institution="2299999"), asp(1))
    page = oleg.get(f"{address(done)}?q=ботев").page

    assert [radio.get("value") for radio in page.all("#choice input[type=radio]")] == [OTHER_SCHOOL]
    assert oleg.send(address(done), institution=OTHER_SCHOOL).status_code == 303
    assert Record.get(Record.id_number == EGNS[0]).institution_id == OTHER_SCHOOL


def test_a_namesake_who_is_enrolled_there_is_offered_and_taken_with_one_press(oleg):
    enrol(enrolled(0))
    done = load(asp(0, number="1043183144"), asp(1, given="Анна"))
    page = oleg.get(address(done)).page
    (take,) = page.all("input[name=take]")

    assert EGNS[0] in page.text("main")
    assert oleg.send(address(done), take=take.get("value")).status_code == 303
    assert Record.get(Record.given == "Стефан").id_number == EGNS[0]
    assert oleg.send(address(done), take="999999").status_code == 422


def test_leaves_it_rejected(oleg):
    done = load(BAD, asp(1))

    assert oleg.send(f"{address(done)}/leave").status_code == 303
    page = oleg.get(f"/campaigns/loads/{done.id}/rejects?which=left").page
    assert "оставен отхвърлен" in page.text("table")
    assert oleg.get(f"/campaigns/loads/{done.id}/rejects.txt").data.decode("cp1251").startswith("2020|12")


def test_a_mended_line_goes_back_to_nobody(oleg):
    done = load(BAD, asp(1), asp(2, absences="x"))
    oleg.send(address(done), absences="007.50")

    assert oleg.get(f"/campaigns/loads/{done.id}/rejects.txt").data.decode("cp1251").count("\n") == 1


def test_who_comes_second_is_told(oleg):
    done = load(BAD, asp(1))
    oleg.send(address(done), absences="007.50")
    answer = oleg.send(address(done), absences="008.50")

    assert answer.status_code == 409
    assert "Редът вече е поправен." in answer.page.text("main")
    assert Record.get(Record.id_number == EGNS[0]).absences == "007.50"


def test_too_late_it_says_what_to_do_and_offers_no_field(oleg):
    done = load(BAD, asp(1))
    oleg.at(AFTER)
    page = oleg.get(address(done)).page

    assert "първо определете нов срок" in page.text("main")
    assert not page.has("#absences")
    assert oleg.send(address(done), absences="007.50").status_code == 409


def test_another_load_has_no_such_line(oleg):
    done, other = load(BAD, asp(1)), load(asp(3))
    line = address(done).rsplit("/", 1)[1]

    assert oleg.get(f"/campaigns/loads/{other.id}/rejects/{line}").status_code == 404
    assert oleg.send(f"/campaigns/loads/{other.id}/rejects/{line}").status_code == 404


def test_a_page_holds_fifty_and_asks_as_much_of_five_thousand_as_of_sixty(asked, oleg):
    done = load(asp(1), *[asp(0, absences="x") for _ in range(60)])
    address = f"/campaigns/loads/{done.id}/rejects"
    page = oleg.get(address).page
    assert len(page.all("tbody tr")) == 50
    following = next(a.get("href") for a in page.all("main a") if a.text == "Следващите")
    assert len(oleg.get(following).page.all("tbody tr")) == 10
    few = statements(asked, oleg, address)
    RejectedLine.insert_many(
        [{"load": done.id, "number": n, "line": b"x", "faults": "редът"} for n in range(100, 5040)]
    ).execute()

    assert statements(asked, oleg, address) == few


def test_counts_it_on_the_page_of_the_month_and_the_first_page(oleg):
    done = load(BAD, asp(1), asp(2, absences="x"))
    oleg.send(address(done), absences="007.50")

    assert "Отхвърлени редове в последния файл на АСП: 1" in oleg.get("/").page.text("main")
    oleg.send(f"{address(done, 3)}/leave")
    assert "Отхвърлени редове в последния файл" not in oleg.get("/").page.text("main")
    assert "Поправени от ЦИОО след отхвърляне: 1" in oleg.get("/campaigns/2020-12").page.text("main")
