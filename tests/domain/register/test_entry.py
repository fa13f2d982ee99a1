"""portal.domain.register.entry: order, search, and for how long."""

from dataclasses import replace
from datetime import date

import pytest

from portal.domain.register.entry import (
    Basis,
    PersonKind,
    erase_date,
    folded_class,
    school_year_label,
    school_year_span,
)
from tests.domain.invented import EGN, KALINA, TEACHER


def test_sorts_by_name_and_by_class():
    anton = replace(KALINA, first_name="антон", class_name="10Б", class_code=10)
    preschool = replace(KALINA, first_name="Яна", class_name="Слънчо", class_code=-3)
    people = [TEACHER, anton, KALINA, preschool]

    assert [each.first_name for each in sorted(people, key=lambda e: e.by_name)] == [
        "антон",
        "Калина",
        "Мария",
        "Яна",
    ]
    assert [each.first_name for each in sorted(people, key=lambda e: e.by_class)] == [
        "Яна",
        "Калина",
        "антон",
        "Мария",
    ]


@pytest.mark.parametrize(
    ("words", "found"),
    [
        ("", True),
        ("калина", True),
        ("СИМЕОНОВА кали", True),
        ("Иванова-Симеонова", True),
        ("петрова калина", True),
        ("калин\u0430", True),
        ("5а", True),
        ("5A калина", True),
        ("5", True),
        ("6", False),
        ("калина 5б", False),
        ("мария", False),
        (EGN, True),
        (EGN[:5], False),
        ("калина?", False),
        ("?", False),
    ],
)
def test_finds_by_names_class_and_whole_identifier(words, found):
    assert KALINA.matches(words) is found


def test_a_class_is_one_however_it_is_typed():
    assert {folded_class(text) for text in ("5А", "5 а", "5-A", "5 „а“", "5.а")} == {"5а"}


def test_a_school_year_ends_with_august_and_is_erased_at_the_end_of_that_year():
    assert school_year_span(2020) == (date(2020, 9, 1), date(2021, 8, 31))
    assert school_year_label(2020) == "2020/2021"
    assert erase_date(2020) == date(2021, 12, 31)
    assert erase_date(2020) > school_year_span(2020)[1]


def test_words_are_the_official_ones():
    assert [kind.label for kind in PersonKind] == ["дете/ученик", "учител", "друг служител"]
    assert [basis.label for basis in Basis] == ["контактно лице", "положителен тест"]
