"""portal.domain.diary.nearing"""

from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from portal.domain.decisions import Case, Reason
from portal.domain.diary.nearing import Attendance, near_classes

classes = st.none() | st.integers(0, 15)


def child(
    absences: str | Decimal, code: int | None = 5, name: str = "Ана", class_name: str = ""
) -> Attendance:
    is_pupil = code is not None and 1 <= code <= 12
    return Attendance(
        name, code, class_name, Case(Reason.ABSENCE, Decimal(absences), is_pupil, school_days=0)
    )


@pytest.mark.parametrize(
    "absences, code, is_near, left",
    [
        ("2.99", 5, False, "още 2,01 уч. часа"),
        ("3", 5, True, "още 2 уч. часа"),
        ("4", 5, True, "още 1 уч. час"),
        ("4.67", 5, True, "още 0,33 уч. часа"),
        ("1.99", 0, False, "повече от още 1,01 дни"),
        ("2", 0, True, "повече от още 1 ден"),
        ("2.5", 0, True, "повече от още 0,5 дни"),
        ("3", 0, True, "всяко следващо отсъствие"),
    ],
)
def test_who_is_near_and_what_would_end_the_benefit(absences, code, is_near, left):
    found = child(absences, code)
    assert (found.is_near, found.is_over, found.left) == (is_near, False, left)


@pytest.mark.parametrize("absences, code", [("5", 5), ("18.5", 5), ("3.01", 0), ("4", None)])
def test_whoever_is_over_the_limit_needs_no_warning(absences, code):
    assert (child(absences, code).is_near, child(absences, code).is_over) == (False, True)


@given(st.decimals(0, 999, places=2), classes)
def test_nobody_is_near_and_over_at_once(absences, code):
    found = child(absences, code)
    assert not (found.is_near and found.is_over)
    assert found.is_over == (not found.case.is_under(absences))


@pytest.mark.parametrize(
    "code, class_name, title",
    [
        (5, "5а", "V клас, 5а"),
        (5, "", "V клас"),
        (0, "ПГ 6 г.", "ПГ 6 г."),
        (0, "", "група (код 00)"),
        (None, "Слънчо", "Слънчо"),
        (None, "", "без посочен клас"),
    ],
)
def test_a_class_is_called_as_the_school_calls_it(code, class_name, title):
    assert child("3", code, class_name=class_name).class_title == title


def test_groups_come_first_then_classes_and_in_each_the_children_by_name():
    found = near_classes(
        [
            child("4", 10, "Яна", "10а"),
            child("3", 2, "Борис", "2б"),
            child("3", 2, "Ася", "2б"),
            child("4", 2, "Вяра", "2а"),
            child("2", 0, "Гошо", "ПГ"),
            child("1", 3, "Далеч", "3а"),
            child("9", 4, "Над", "4а"),
        ]
    )
    assert [(each.title, [one.name for one in each.children]) for each in found] == [
        ("ПГ", ["Гошо"]),
        ("II клас, 2а", ["Вяра"]),
        ("II клас, 2б", ["Ася", "Борис"]),
        ("X клас, 10а", ["Яна"]),
    ]


@given(
    st.lists(
        st.builds(child, st.decimals(0, 10, places=2), classes, st.text(max_size=3), st.text(max_size=2))
    )
)
def test_everybody_who_is_near_stands_in_one_class_and_nobody_else(children):
    told = [one for each in near_classes(children) for one in each.children]
    assert len(told) == sum(one.is_near for one in children)
    assert all(one.is_near for one in told)
