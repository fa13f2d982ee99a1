"""POST /quarantine/entries: finding an enrolled child, and the form filled in with it."""

import pytest

from portal.actions.register.keys.session import lock
from portal.domain.people import Scope
from portal.storage.tables.register import Entry
from portal.web.register import enrolled
from tests.actions.register.unlocked import add_envelope, draft, entered, fields, keep, kept, session_of
from tests.cast import EGNS, OTHER_SCHOOL
from tests.web.register.test_classes import enrol

ADDRESS = "/quarantine/entries"
BLANK = dict.fromkeys(fields(), "") | {"person": "child", "id_type": "0"}


@pytest.fixture
def yana(world):
    enrol(1, "Ася", code=6)
    enrol(2, "Чужда", school=OTHER_SCHOOL)
    enrol(3, "Отписана", status=3)
    return enrol(0, "Яна")


@pytest.fixture
def ana(client, world, yana):
    return keep(client, world.ana)


def looked_for(client, words, *, htmx=True, **typed):
    return client.send(ADDRESS, htmx=htmx, **BLANK | typed, look=words, step="find")


def names(page):
    return [item.text_content() for item in page.all(".found li strong")]


@pytest.mark.parametrize("htmx", [True, False])
@pytest.mark.parametrize("words", ["яна", "Петрова Яна", EGNS[0][-4:], EGNS[0]])
def test_finds_by_parts_of_the_name_or_the_end_of_the_identifier(ana, yana, words, htmx):
    answer = looked_for(ana, words, htmx=htmx)

    assert answer.status_code == 200
    assert names(answer.page) == ["Яна Иванова Петрова"]
    assert answer.page.one(".found button").get("value") == str(yana.id)
    assert EGNS[0] not in answer.text.replace(f'value="{words}"', "")
    assert answer.headers.get("HX-Retarget") == ("#enter" if htmx else None)
    assert answer.page.is_whole is not htmx
    assert not Entry.select().exists()


@pytest.mark.parametrize("words", ["чужда", "отписана", EGNS[2], "4"])
def test_finds_nobody_elses_child_and_says_what_to_do(ana, words):
    page = looked_for(ana, words).page
    assert names(page) == []
    assert "вписва се и дете, което още не е записано" in page.text(".found")


@pytest.mark.parametrize("htmx", [True, False])
def test_fills_in_who_it_is_and_leaves_what_was_typed_of_the_case(ana, yana, htmx):
    typed = {"basis": "positive", "placed_on": "2021-01-25", "prescription": "РЗИ-7", "look": "яна"}
    answer = ana.send(ADDRESS, htmx=htmx, **BLANK | typed, child=str(yana.id))

    page = answer.page
    sent = {name: value.strip() for name, value in page.fields(page.one(f'form[action="{ADDRESS}"]')).items()}
    del sent["csrf_token"]
    assert answer.status_code == 200
    assert sent == BLANK | typed | {
        "look": "", "first_name": "Яна", "middle_name": "Иванова", "last_name": "Петрова",
        "id_number": EGNS[0], "class_name": "V клас",
    }  # fmt: skip
    assert not Entry.select().exists()


def test_no_date_is_filled_in_unasked(ana, yana):
    for page in (
        ana.get("/quarantine/").page,
        looked_for(ana, "яна").page,
        ana.send(ADDRESS, **BLANK, child=str(yana.id)).page,
        ana.send("/quarantine/classes", **{"class": "5"}).page,
    ):
        assert [field.get("value") for field in page.all("input[type=date]") if field.get("value")] == []


def test_what_was_found_is_entered_with_the_class_of_the_enrolment(ana, world, yana):
    page = ana.send(ADDRESS, htmx=True, **BLANK, child=str(yana.id)).page
    sent = page.fields(page.one(f'form[action="{ADDRESS}"]'))
    del sent["csrf_token"]
    case = {"basis": "contact", "placed_on": "2021-01-25", "planned_until": "2021-02-05", "step": "enter"}

    assert ana.send(ADDRESS, **sent | case).status_code == 303

    (row,) = kept(world.ana)
    assert (row.entry.names, row.entry.class_name, row.entry.class_code) == (
        "Яна Иванова Петрова",
        "V клас",
        5,
    )


def test_a_class_typed_otherwise_is_no_longer_the_enrolments(ana, world, yana):
    ana.send(ADDRESS, **fields(id_number=yana.id_number, class_name="6А"))
    assert kept(world.ana)[0].entry.class_code is None


def test_says_that_the_child_is_in_the_register_already(ana, world, yana):
    entered(world.ana, draft(id_number=yana.id_number))
    assert "Вече е в регистъра. Под карантина до 05.02.2021" in looked_for(ana, "яна").page.text(".found")


def test_the_key_enter_enters_what_is_typed_and_looks_for_what_is_asked(ana, world):
    """It presses the form's first button."""
    answer = ana.send(ADDRESS, **fields(), look="", step="find")
    assert answer.status_code == 303
    assert len(kept(world.ana)) == 1


@pytest.mark.parametrize("htmx", [True, False])
def test_looking_for_nothing_says_what_to_type(ana, htmx):
    answer = looked_for(ana, " ", htmx=htmx)
    assert answer.status_code == 422
    assert answer.page.text("#look-error") == "Напишете име или последните четири цифри от идентификатора."


def test_the_button_enters_whatever_stands_in_the_search(ana, world):
    assert ana.send(ADDRESS, **fields(), look="яна", step="enter").status_code == 303
    assert len(kept(world.ana)) == 1


def test_shows_the_first_and_says_of_how_many(ana, monkeypatch):
    monkeypatch.setattr(enrolled, "SHOWN", 2)
    for position in (7, 8, 9):
        enrol(position, "Близнак")
    page = looked_for(ana, "близнак").page
    assert len(names(page)) == 2
    assert "Намерени в записванията: 3, показани първите 2. Допишете името." in page.text(".found")


@pytest.mark.parametrize("child", ["", "0", "x", "９", "-1", "1' OR 1=1"])
def test_there_is_no_other_child(ana, child):
    assert ana.send(ADDRESS, **BLANK, child=child).status_code == 404


def test_not_the_neighbours_child(ana, client, world, yana):
    assert keep(client, world.boris).send(ADDRESS, **BLANK, child=str(yana.id)).status_code == 404
    assert names(looked_for(client, "яна").page) == []


def test_nothing_that_names_a_child_is_in_an_address_a_cookie_or_the_log(ana, yana, caplog):
    caplog.set_level("DEBUG")
    found = looked_for(ana, "яна", htmx=False)
    answer = ana.send(ADDRESS, **BLANK, child=str(yana.id))
    told = caplog.text + str(found.headers) + str(answer.headers)
    for word in ("яна", "Яна", yana.id_number, "%D1", f"child={yana.id}"):
        assert word not in told
    assert found.headers["Cache-Control"] == "no-store"


def test_waits_for_the_password_with_what_was_asked(ana, yana):
    lock(session_of(ana.token))
    answer = looked_for(ana, "яна")
    assert answer.status_code == 409
    sent = answer.page.fields(answer.page.one(f'form[action="{ADDRESS}"]'))
    assert (sent["look"], sent["step"]) == ("яна", "find")


def test_is_not_offered_where_nobody_is_enrolled(client, world):
    page = keep(client, world.ana).get("/quarantine/").page
    assert not page.has("#enter button[value=find]")


def test_other_offices_find_nobody(client, world, yana):
    add_envelope(world.ana)
    for person in (world.nora, world.oleg, world.delegate(Scope.DECIDE, Scope.SIGN)):
        client.sign_in(person)
        assert looked_for(client, "яна").status_code == 403
        assert client.send(ADDRESS, **BLANK, child=str(yana.id)).status_code == 403


class TestClassesToChooseFrom:
    def options(self, page):
        return [option.get("value") for option in page.all("datalist#classes option")]

    def test_are_those_of_the_register_and_of_the_enrolments(self, ana, world):
        entered(world.ana, draft(class_name="10Б"))
        entered(world.ana, draft(class_name="5А", id_number=EGNS[5]))
        page = ana.get("/quarantine/").page
        assert self.options(page) == ["5А", "10Б", "V клас", "VI клас"]
        assert page.one("#class_name").get("list") == "classes"

    def test_stand_on_the_page_of_a_whole_class(self, ana):
        page = ana.send("/quarantine/classes", **{"class": "5"}).page
        assert page.one("#class_name").get("list") == "classes"
        assert "V клас" in self.options(page)

    def test_are_not_the_neighbours(self, ana, world):
        entered(world.boris, draft(class_name="9В"))
        assert "9В" not in self.options(ana.get("/quarantine/").page)


def test_the_first_one_is_called_so(ana, world):
    assert ana.get("/quarantine/").page.text("#new") == "Вписване на първото лице"
    entered(world.ana, draft())
    assert ana.get("/quarantine/").page.text("#new") == "Вписване на лице"
