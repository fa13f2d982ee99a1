"""POST /quarantine/classes"""

from datetime import date

import pytest

from portal.domain.identifiers import IdType
from portal.domain.month import Month
from portal.domain.people import Scope
from portal.domain.register.entry import Basis
from portal.storage.tables.institutions import Enrolment
from portal.storage.tables.register import Entry
from tests.actions.register.unlocked import add_envelope, draft, entered, keep, kept
from tests.cast import EGNS, MONTH, OTHER_SCHOOL, SCHOOL, add_enrolment

ADDRESS = "/quarantine/classes"


def enrol(number: int, given: str, *, school=SCHOOL, code=5, month=MONTH, status=1) -> Enrolment:
    return add_enrolment(
        month=month,
        position=number,
        institution=school,
        id_type=IdType.EGN,
        id_number=EGNS[number],
        given=given,
        middle="Иванова",
        family="Петрова",
        edu_form="1",
        class_code=code,
        status=status,
    )


@pytest.fixture
def children(world):
    return [enrol(0, "Яна"), enrol(1, "Ася"), enrol(2, "Вера")]


@pytest.fixture
def ana(client, world, children):
    enrol(3, "Друга", code=6)
    enrol(4, "Чужда", school=OTHER_SCHOOL)
    enrol(5, "Отписана", status=3)
    enrol(6, "Минала", month=Month(2020, 11))
    return keep(client, world.ana)


def days(**changes):
    return {
        "class": "5",
        "class_name": "5А",
        "basis": "contact",
        "prescription": "РЗИ-7",
        "placed_on": "2021-01-25",
        "planned_until": "2021-02-05",
        **changes,
    }


def ticks(page):
    return {box.get("value"): box.get("checked") is not None for box in page.all("input[name=child]")}


def names(page):
    return [label.text_content().split()[0] for label in page.all(".ticks label")]


def test_offers_the_classes_of_the_newest_enrolments(ana):
    page = ana.get("/quarantine/").page
    assert [option.text for option in page.all("#whole-class option")] == [
        "V клас – 3 деца",
        "VI клас – 1 дете",
    ]


def test_says_so_where_no_enrolments_are_loaded(client, world):
    page = keep(client, world.ana).get("/quarantine/").page
    assert "Още не са заредени записвания" in page.text(".whole-class")


def test_shows_the_children_of_the_class_all_ticked(ana, children):
    answer = ana.send(ADDRESS, **{"class": "5"})
    assert answer.status_code == 200
    assert names(answer.page) == ["Ася", "Вера", "Яна"]
    assert set(ticks(answer.page).values()) == {True}
    assert answer.page.one("#class_name").get("value") == "V клас"
    assert not Entry.select().exists()


def test_leaves_out_who_is_in_the_register_already(ana, world, children):
    entered(world.ana, draft(first_name="Яна", id_number=children[0].id_number))
    page = ana.send(ADDRESS, **{"class": "5"}).page
    assert ticks(page)[str(children[0].id)] is False
    assert "Вече е в регистъра. Под карантина до 05.02.2021 г. включително." in page.text(".ticks")


def test_takes_all_ticks_off_and_keeps_the_rest(ana, children):
    page = ana.send(ADDRESS, step="none", child=[str(children[0].id)], **days()).page
    assert set(ticks(page).values()) == {False}
    assert page.one("#prescription").get("value") == "РЗИ-7"
    assert not Entry.select().exists()


def test_enters_those_who_are_ticked(ana, world, children):
    answer = ana.send(ADDRESS, child=[str(children[0].id), str(children[1].id)], **days())

    assert (answer.status_code, answer.location) == (303, "/quarantine/")
    entries = {row.entry.first_name: row.entry for row in kept(world.ana)}
    assert set(entries) == {"Яна", "Ася"}
    yana = entries["Яна"]
    assert (yana.names, yana.id_number, yana.class_name) == ("Яна Иванова Петрова", EGNS[0], "5А")
    assert (yana.class_code, yana.basis, yana.prescription) == (5, Basis.CONTACT, "РЗИ-7")
    assert yana.placed_on == date(2021, 1, 25)


def test_sent_twice_the_class_is_entered_once(ana, world, children):
    sent = days() | {"child": [str(child.id) for child in children]}
    assert ana.send(ADDRESS, **sent).status_code == 303
    assert ana.send(ADDRESS, **sent).status_code == 303
    assert len(kept(world.ana)) == 3


def test_enters_nobody_if_one_of_them_cannot_be(ana, world, children):
    entered(world.ana, draft(first_name="Яна", id_number=children[0].id_number))
    answer = ana.send(ADDRESS, child=[str(child.id) for child in children], **days())
    assert answer.status_code == 422
    summary = answer.page.text(".error-summary")
    assert "Яна Иванова Петрова: Лицето вече е вписано под карантина" in summary
    assert "Ася" not in summary
    assert set(ticks(answer.page).values()) == {True}
    assert len(kept(world.ana)) == 1


def test_says_once_beside_its_field_what_is_wrong_for_all(ana, children):
    answer = ana.send(
        ADDRESS, child=[str(child.id) for child in children[:2]], **days(basis="", planned_until="")
    )
    page = answer.page
    assert answer.status_code == 422
    assert page.text("#basis-error") == "Изберете основание: контактно лице или положителен тест."
    assert page.text("#planned_until-error") == "Напишете до коя дата е планирана карантината."
    assert ticks(page) == {
        str(children[1].id): True,
        str(children[2].id): False,
        str(children[0].id): True,
    }


def test_wants_at_least_one_child(ana):
    answer = ana.send(ADDRESS, **days())
    assert answer.status_code == 422
    assert "Отбележете поне едно дете" in answer.page.text(".error-summary")


def test_takes_no_child_of_another_class_or_school(ana):
    foreign = Enrolment.select().where((Enrolment.institution == OTHER_SCHOOL) | (Enrolment.class_code == 6))
    answer = ana.send(ADDRESS, child=[str(child.id) for child in foreign], **days())
    assert answer.status_code == 422
    assert not Entry.select().exists()


@pytest.mark.parametrize("text", ["x", "²", "9" * 30, "9" * 5000])
def test_what_is_no_childs_number_is_nobody(ana, text):
    answer = ana.send(ADDRESS, child=text, **days())
    assert answer.status_code == 422
    assert "Отбележете поне едно дете" in answer.page.text(".error-summary")


@pytest.mark.parametrize("code", ["", "4", "x", "５"])
def test_there_is_no_other_class(ana, code):
    assert ana.send(ADDRESS, **{"class": code}).status_code == 404


def test_what_was_ticked_waits_while_the_password_is_asked(client, world, children):
    add_envelope(world.ana)
    chosen = [str(child.id) for child in children[:2]]
    answer = client.sign_in(world.ana).send(ADDRESS, child=chosen, **days())
    assert answer.status_code == 409
    hidden = answer.page.all(f'form[action="{ADDRESS}"] input[name=child]')
    assert [field.get("value") for field in hidden] == chosen


def test_other_offices_enter_no_class(client, world, children):
    for person in (world.nora, world.oleg, world.delegate(Scope.DECIDE, Scope.SIGN)):
        assert client.sign_in(person).send(ADDRESS, **days()).status_code == 403
