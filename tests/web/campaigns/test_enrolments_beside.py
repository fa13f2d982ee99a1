"""/calendar/enrolments and /campaigns/loads/<id> of a long file: it goes on beside its request."""

import pytest

from portal.actions.loading.enrolment_turns import Turns
from portal.exchange.enrolments import HEADER
from portal.storage.loading.tables import Load
from portal.storage.tables.campaigns import Record
from portal.storage.tables.institutions import Enrolment
from tests.actions.loading.conftest import store_in_turns
from tests.actions.loading.loaded import asp, enrol, enrolled, load
from tests.cast import FAR_SCHOOL, OTHER_SCHOOL
from tests.loads import Gate, ended, figures, send_file, taken

pytestmark = pytest.mark.both_databases

PAGE = "/calendar/"
NEW = (*(enrolled(child, institution=OTHER_SCHOOL) for child in range(3)), enrolled(3), "боклук")


class HeldAfterTurns(Gate):
    def after(self, turns: int, deed=lambda: None) -> None:
        told, left = Turns._told, [turns]

        def gated(load):
            left[0] -= 1
            if left[0] == 0:
                self.hold()
                deed()
            told(load)

        self.patch.setattr(Turns, "_told", gated)


@pytest.fixture
def gate(monkeypatch):
    """A file of two lines is long here, and two lines are a turn."""
    store_in_turns(monkeypatch)
    with HeldAfterTurns(monkeypatch) as gate:
        yield gate


@pytest.fixture
def oleg(client, world):
    return client.sign_in(world.oleg)


def upload(client, *lines: str, name="MONZP1220.txt", **fields):
    return send_file(client, "/calendar/enrolments", (HEADER, *lines), name, **fields)


def test_the_page_says_how_far_it_is_and_can_be_found_again(oleg, gate):
    gate.after(1)
    address = taken(upload(oleg, *NEW), gate)
    page = oleg.get(address).page

    assert page.text("h1") == "Файлът се зарежда: записвания"
    assert figures(page) == {
        "редове във файла": "5", "готови": "3", "остават": "2", "отхвърлени досега": "1",
    }  # fmt: skip
    assert "Стъпка 2 от 3" in page.text("#loading")
    assert "важат досегашните записвания" in page.text("#loading")
    for where in ("/", "/campaigns/", PAGE):
        assert oleg.get(where).page.has(f'main a[href="{address}"]'), where

    gate.opened.set()
    ended("enrolments")
    assert oleg.get(address).page.text("h1") == "Зареден файл: записвания"


def asked(client, address: str) -> bool:
    return "Проверете файла" in client.get(address).page.text("h1")


def test_while_records_follow_their_children_it_says_so(oleg, gate):
    load(*(asp(child) for child in range(4)))
    gate.after(4)  # two turns of lines, one of records that stay, one of the record that leaves
    followed = (*(enrolled(child) for child in range(3)), enrolled(3, institution=OTHER_SCHOOL))
    address = taken(upload(oleg, *followed), gate)
    page = oleg.get(address).page
    assert "Стъпка 3 от 3: новите записвания важат" in page.text("#loading")
    assert "Преместени в друг списък досега: 1" in page.text("#loading")
    assert not page.has("#loading progress"), "it would stand full while there is work left"

    gate.opened.set()
    ended("enrolments")
    assert oleg.get(address, htmx=True).headers["HX-Redirect"] == address
    assert Load.get_by_id(int(address.rpartition("/")[2])).moved == 1


def many(institution: str = OTHER_SCHOOL, first: int = 0) -> list[str]:
    return [f"{institution}|{n:010d}|2|А|Б|В|1|7|1" for n in range(first, first + 60)]


def test_what_it_would_take_away_is_asked_about_on_its_page(oleg, gate):
    enrol(*many())
    load(*(f"2020|12|{OTHER_SCHOOL}|2|{n:010d}|А|Б|В|007.00|0|00" for n in range(30)))
    answer = upload(oleg, *many(FAR_SCHOOL, first=0), month="2020-12")
    ended("enrolments")
    page = oleg.get(answer.location).page

    assert page.text("h1") == "Проверете файла, преди да го заредите"
    assert [figure.text_content() for figure in page.all(".figure-value")] == ["60", "60", "60", "30"]
    assert Enrolment.select().where(Enrolment.institution == FAR_SCHOOL).count() == 0
    assert "се зарежда" not in oleg.get(PAGE).page.text("main")
    assert "прекъснато" not in oleg.get(PAGE).page.text("main")

    sent = page.fields(page.one("main form"))
    kept = {name: value for name, value in sent.items() if name in ("sure", "month", "correction")}
    done = upload(oleg, *many(FAR_SCHOOL, first=0), **kept)
    ended("enrolments")
    assert oleg.get(done.location).page.text("h1") == "Зареден файл: записвания"
    assert {record.institution_id for record in Record.select()} == {FAR_SCHOOL}
    assert "същият файл е зареден докрай" not in oleg.get(done.location).page.text("main")
    assert not asked(oleg, answer.location), "it is answered"


def test_a_second_file_is_told_whose_is_being_loaded(oleg, gate):
    gate.after(1)
    taken(upload(oleg, *NEW), gate)
    answer = upload(oleg, *NEW, name="MONZP1220 (1).txt")

    assert answer.status_code == 409
    said = answer.page.text(".notice.is-wrong")
    assert said.startswith("В момента се зареждат други записвания. „MONZP1220.txt“, започнат от Олег")
    assert Load.select().count() == 1


def test_a_correction_without_its_month_is_told_at_once(oleg, gate):
    answer = upload(oleg, *NEW, name="MONZPC1220.txt")

    assert answer.status_code == 409
    assert "Първо заредете основния файл" in answer.page.text(".notice.is-wrong")
    assert not Load.select().exists()


def test_a_defect_on_the_way_leaves_the_old_ones_in_force(oleg, gate, caplog):
    def breaks():
        raise RuntimeError("Стефан Ганчев")

    enrol(*(enrolled(child, class_code=3) for child in range(4)))
    gate.after(1, breaks)
    address = taken(upload(oleg, *(enrolled(child) for child in range(4))), gate)
    gate.opened.set()
    ended("enrolments")

    for where in (address, "/", PAGE):
        said = oleg.get(where).page.text(".notice.is-wrong")
        assert said.startswith("Зареждането е прекъснато: заредете отново същия файл"), where
        assert "Важат досегашните записвания" in said
    assert "a load ended in a fault" in caplog.text


@pytest.mark.parametrize("who", ["ana", "dora", "nora"])
def test_is_for_the_operator_only(client, world, gate, who):
    other = client.sign_in(getattr(world, who))
    other.get("/account")

    assert upload(other, *NEW).status_code == 403
    assert not Load.select().exists()
