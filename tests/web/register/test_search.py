"""POST /quarantine/search"""

from datetime import timedelta

import pytest

from portal.domain.people import Scope
from tests.actions.register.unlocked import draft, entered, keep, teacher
from tests.cast import NOW
from tests.domain.invented import OTHER_EGN

ADDRESS = "/quarantine/search"
TODAY = NOW.date()
IVAN = {"first_name": "Иван", "last_name": "Драгиев", "id_number": OTHER_EGN}


@pytest.fixture
def ana(client, world):
    entered(
        world.ana,
        draft(),
        draft(
            first_name="Иван", last_name="Драгиев", id_number=OTHER_EGN, class_name="7Б", planned_until=TODAY
        ),
        teacher(released_on=TODAY - timedelta(days=1)),
    )
    return keep(client, world.ana)


def found(answer):
    rows = answer.page.all("tr[data-record] th")
    return [row.text_content().split()[0] for row in rows]


@pytest.mark.parametrize(
    ("sent", "names"),
    [
        ({"q": "симеонова"}, ["Калина"]),
        ({"q": "КАЛИНА  иванова"}, ["Калина"]),
        ({"q": "7б"}, ["Иван"]),
        ({"q": OTHER_EGN}, ["Иван"]),
        ({"q": OTHER_EGN[-4:]}, ["Иван"]),
        ({"q": f"{OTHER_EGN[-4:]} драг"}, ["Иван"]),
        ({"q": OTHER_EGN[:6]}, []),
        ({"q": "Cимеонoва"}, ["Калина"]),
        ({"q": "колева"}, ["Мария"]),
        ({"standing": "answer"}, ["Иван"]),
        ({"standing": "in"}, ["Калина"]),
        ({"standing": "released"}, ["Мария"]),
        ({"class": "5а"}, ["Калина"]),
        ({"class": "5А", "standing": "answer"}, []),
        ({"q": "%"}, []),
        ({"standing": "x"}, ["Иван", "Калина", "Мария"]),
        ({}, ["Иван", "Калина", "Мария"]),
    ],
)
def test_finds_by_name_class_identifier_and_standing(ana, sent, names):
    assert found(ana.send(ADDRESS, **sent)) == names


@pytest.mark.parametrize("htmx", [True, False])
def test_answers_with_the_list_or_the_whole_page(ana, htmx):
    answer = ana.send(ADDRESS, htmx=htmx, q="калина")
    assert answer.status_code == 200
    assert answer.page.is_whole is not htmx
    assert answer.page.text("#list .shown") == "Намерени за „калина“: 1 от 3. Показвам всички"


def test_says_what_the_search_was_narrowed_by(ana):
    said = ana.send(ADDRESS, q="калина", standing="in", **{"class": "5А"}).page.text("#list .shown")
    assert said.startswith("Намерени за „калина“ в: под карантина, 5А: 1 от 3.")
    said = ana.send(ADDRESS, standing="in").page.text("#list .shown")
    assert said.startswith("Намерени в: под карантина: 1 от 3.")


def test_what_was_looked_for_stands_in_the_field_again(ana):
    page = ana.send(ADDRESS, q="калина", standing="in").page
    assert page.one("#q").get("value") == "калина"
    assert page.one("#standing option[selected]").get("value") == "in"


def test_says_that_nobody_was_found(ana):
    assert "Няма такива записи." in ana.send(ADDRESS, q="никой").page.text("#list")


def test_asks_for_the_password_and_looks_then(client, world, ana):
    client.sign_in(world.ana)
    answer = client.send(ADDRESS, q="калина")
    assert answer.status_code == 409
    assert answer.page.fields(answer.page.one(f'form[action="{ADDRESS}"]'))["q"] == "калина"


def test_a_name_never_stands_in_an_address(ana):
    assert ana.get(ADDRESS, q="калина").status_code == 405
    page = ana.get("/quarantine/").page
    assert page.one('form[role="search"]').get("method") == "post"


def test_other_offices_find_nobody(client, world, ana):
    for person in (world.nora, world.oleg, world.delegate(Scope.DECIDE)):
        assert client.sign_in(person).send(ADDRESS, q="калина").status_code == 403
