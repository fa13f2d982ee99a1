"""/people/import of a file with many people: it goes on beside its request, a letter after the other."""

import io

import pytest

from portal.actions.people import importing
from portal.domain.placement import InstitutionType
from portal.storage.loading.tables import Load, RejectedLine
from portal.storage.tables.people import User
from tests.cast import add_institution
from tests.loads import Gate, ended, taken
from tests.mail.letters import readers

pytestmark = pytest.mark.both_databases

PAGE = "/people/import"
PLACES = [str(2210000 + place) for place in range(6)]
LINES = [f"{code};Нов Директор;dir{code}@example.net;director" for code in PLACES]
WRONG = "9999999;Никой;nobody@example.org;director"


class HeldBeforeTheThird(Gate):
    def __init__(self, monkeypatch) -> None:
        super().__init__(monkeypatch)
        self.deed = lambda: None
        brought_in, left = importing._brought_in, [2]

        def gated(*args, **more):
            left[0] -= 1
            if left[0] == -1:
                self.hold()
                self.deed()
            return brought_in(*args, **more)

        monkeypatch.setattr(importing, "_brought_in", gated)


@pytest.fixture
def gate(monkeypatch):
    """Two people are many here, and the page hears of each."""
    monkeypatch.setattr(importing, "AT_ONCE", 2)
    monkeypatch.setattr(importing, "SAID_AFTER", 1)
    with HeldBeforeTheThird(monkeypatch) as gate:
        yield gate


@pytest.fixture
def oleg(client, world):
    for code in PLACES:
        add_institution(code, f"{code}. ОУ", InstitutionType.SCHOOL)
    return client.sign_in(world.oleg)


def send(client, *lines: str):
    """The file, and the form under what would become of its lines."""
    client.get(PAGE)
    content = "\n".join(("code;name;email;role", *lines)).encode()
    shown = client.send(PAGE, file=(io.BytesIO(content), "хора.csv"))
    return client.send(PAGE, **shown.page.fields(shown.page.one("main form")))


def invited() -> int:
    return User.select().where(User.email.endswith("@example.net")).count()


def test_the_page_says_how_far_it_is_and_can_be_found_again(oleg, gate):
    address = taken(send(oleg, *LINES, WRONG), gate)
    page = oleg.get(address).page

    assert page.text("h1") == "Файлът се зарежда: потребители"
    assert page.text(".progress") == "Готови: 2 от 7 реда"
    assert "една по една" in page.text("#loading")
    assert invited() == 2
    for where in ("/", PAGE):
        assert oleg.get(where).page.has(f'main a[href="{address}"]'), where

    gate.opened.set()
    ended("people")
    page = oleg.get(address).page
    assert page.text("h1") == "Зареден файл: потребители"
    assert "нови покани6" in page.text("main")
    assert [line.faults for line in RejectedLine.select()] == ["няма заредена институция с този код"]
    assert sorted(readers()) == sorted(f"dir{code}@example.net" for code in PLACES)


def test_a_second_file_is_told_to_wait(oleg, gate):
    taken(send(oleg, *LINES), gate)
    answer = send(oleg, *LINES)

    assert answer.status_code == 409
    said = answer.page.text(".notice.is-wrong")
    assert said.startswith("В момента се изпращат поканите от друг файл. „хора.csv“, започнат от Олег")
    assert Load.select().count() == 1


def test_where_it_is_broken_off_the_same_file_invites_the_rest(oleg, gate):
    def breaks():
        raise RuntimeError("Нов Директор")

    gate.deed = breaks
    address = send(oleg, *LINES).location
    gate.opened.set()
    ended("people")
    for where in (address, "/", PAGE):
        said = oleg.get(where).page.text(".notice.is-wrong")
        assert said.startswith("Зареждането е прекъснато: заредете отново същия файл"), where
        assert "кани само останалите" in said

    again = send(oleg, *LINES).location
    ended("people")
    assert invited() == 6
    page = oleg.get(again).page
    assert "нови покани4" in page.text("main")
    assert "поканени преди или с достъп2" in page.text("main")
    assert len(readers()) == 6
    assert not oleg.get(PAGE).page.has(".notice.is-wrong")


def test_few_are_invited_before_the_page_is_answered(oleg, gate):
    gate.opened.set()
    address = send(oleg, *LINES[:2]).location

    assert invited() == 2
    assert oleg.get(address).page.text("h1") == "Зареден файл: потребители"
