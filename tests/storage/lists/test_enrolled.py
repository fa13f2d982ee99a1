"""enrolled_in: the institution's own children, as the newest enrolments say."""

import pytest

from portal.domain.identifiers import IdType
from portal.domain.month import Month
from portal.storage.lists.enrolled import classes_of, enrolled_in, names_of
from tests.cast import MONTH, OTHER_SCHOOL, SCHOOL, add_enrolment

EARLIER = Month(2020, 11)


def enrol(number, given, code=5, *, school=SCHOOL, month=MONTH, status=1):
    return add_enrolment(
        month=month,
        position=number,
        institution=school,
        id_type=IdType.IDN,
        id_number=str(number),
        given=given,
        middle="",
        family="Петрова",
        edu_form="1",
        class_code=code,
        status=status,
    )


@pytest.fixture
def children(world):
    enrol(1, "Яна", 12)
    enrol(2, "ася", -1)
    enrol(3, "Вера", 5)
    enrol(4, "Боряна", 5)
    enrol(5, "Отписана", 5, status=3)
    enrol(6, "Минала", 5, month=EARLIER)
    enrol(7, "Чужда", 5, school=OTHER_SCHOOL)


def test_gives_the_own_children_of_the_newest_month_by_name(children):
    names = [names_of(child) for child in enrolled_in(SCHOOL)]
    assert names == ["ася Петрова", "Боряна Петрова", "Вера Петрова", "Яна Петрова"]


def test_the_newest_month_is_the_institutions_own(children):
    enrol(8, "Лятна", 5, school=OTHER_SCHOOL, month=Month(2021, 1))
    assert len(enrolled_in(SCHOOL)) == 4
    assert [child.given for child in enrolled_in(OTHER_SCHOOL)] == ["Лятна"]


def test_counts_the_classes_in_their_order(children):
    assert classes_of(enrolled_in(SCHOOL)) == [
        (-1, "предучилищна група", 1),
        (5, "V клас", 2),
        (12, "XII клас", 1),
    ]


def test_there_is_nobody_where_nothing_was_loaded(world):
    assert enrolled_in(SCHOOL) == []
    assert classes_of([]) == []


def test_asks_the_database_for_no_child_and_no_class(children, caplog):
    """Its log may keep every statement: what is asked for a moment before an entry tells whose it is."""
    caplog.set_level("DEBUG", logger="peewee")
    enrolled_in(SCHOOL)
    asked = [record.getMessage() for record in caplog.records]
    assert asked
    assert not any('class_code" =' in text or 'id_number" =' in text for text in asked)
