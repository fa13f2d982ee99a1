"""POST /confirmations/<month>/search"""

import pytest

from portal.domain.decisions import Decision
from portal.storage.tables.campaigns import Record
from tests.actions.loading.loaded import load_bytes, sample
from tests.cast import KINDERGARTEN, add_record

LIST = "/confirmations/2020-12"
ADDRESS = f"{LIST}/search"


def found(answer) -> list[str]:
    return [row.get("id") for row in answer.page.all("tr[id^=record-]")]


def ids(*records) -> list[str]:
    return [f"record-{record.id}" for record in records]


@pytest.mark.parametrize(
    ("typed", "count"),
    [
        ("карамф", 1),
        ("КАРАМФИЛОВА", 1),
        ("карам мар", 1),
        ("Kapaмфилoва", 1),
        ("о’конър", 1),
        ("OКОНЪР ива", 1),
        ("карам окон", 0),
        ("1266", 1),
        ("карам 1266", 1),
        ("1281", 0),
        ("266", 0),
        ("ъъъ", 0),
    ],
)
@pytest.mark.parametrize("htmx", [True, False])
def test_finds_by_any_part_of_the_names_and_the_last_four_digits(client, world, typed, count, htmx):
    add_record(family="Карамфилова", id_number="1247051266")
    add_record(family="О'Конър", id_number="8501011230")
    answer = client.sign_in(world.ana).send(ADDRESS, htmx=htmx, q=typed)

    assert answer.status_code == 200
    assert answer.page.is_whole is not htmx
    assert len(found(answer)) == count


def test_names_with_latin_letters_are_found_and_stand_where_they_are_read(client, world):
    """The file has „Aнна“ with a Latin A and „Ивaнoва“ with a Latin a and o; both stay so."""
    load_bytes(sample("look-alike-ASPCONF1220.txt").stream.read())
    proben, ivanova = Record.select().where(Record.institution == KINDERGARTEN).order_by(Record.id_number)
    vyara = client.sign_in(world.vyara)

    for typed in ("Анна", "анна петрова", "Aннa"):
        assert found(vyara.send(ADDRESS, q=typed)) == ids(ivanova, proben)
    assert found(vyara.send(ADDRESS, q="Иванова")) == ids(ivanova)
    assert found(vyara.get(LIST)) == ids(ivanova, proben)
    assert (proben.given, ivanova.family) == ("Aнна", "Ивaнoва")


@pytest.mark.parametrize("htmx", [True, False])
def test_searches_within_the_filter_and_says_so(client, world, htmx):
    wanted = add_record(family="Карамфилова")
    add_record(family="Карамфилова", class_code=8)
    add_record(family="Карамфилова", decision=Decision.CONFIRMED)
    add_record(family="Ангелова")
    ana = client.sign_in(world.ana)
    answer = ana.send(ADDRESS, htmx=htmx, q="карам", state="pending", **{"class": "7"})

    assert found(answer) == ids(wanted)
    assert answer.headers["HX-Push-Url"] == f"{LIST}?state=pending&class=7", "never what was searched for"
    assert answer.page.text(".shown p").startswith(
        "Търсене „карам“ в: за преглед, VII клас. Показани 1 от 4."
    )

    form = answer.page.one(".shown form")
    assert form.get("action") == ADDRESS
    everywhere = ana.send(ADDRESS, **answer.page.fields(form))
    assert len(found(everywhere)) == 3
    assert everywhere.page.text(".shown") == "Търсене „карам“. Показани 3 от 4. Показвам всички"


@pytest.mark.parametrize("words", ["", "  "])
def test_a_filter_alone_has_an_address(client, world, words):
    add_record()
    ana = client.sign_in(world.ana)
    answer = ana.send(ADDRESS, q=words, state="pending", **{"class": "7"})

    assert (answer.status_code, answer.headers["Location"]) == (303, f"{LIST}?state=pending&class=7")
    page = ana.get(answer.headers["Location"]).page
    assert page.text(".shown").startswith("Само: за преглед, VII клас. Показани 1 от 1. Показвам всички")
    rest = page.one(".shown .button")
    assert rest.text_content() == "Потвърждавам останалите във VII клас (1)…"
    assert rest.get("href") == f"{LIST}/confirm-rest?state=pending&class=7"
    assert page.fields(page.one("form[role=search]")) | {"csrf_token": ""} == {
        "csrf_token": "", "state": "pending", "class": "7", "q": "",
    }  # fmt: skip


def test_a_search_is_never_an_address(client, world):
    assert client.sign_in(world.ana).get(ADDRESS, q="Мария").status_code == 405
