"""portal.domain.register.days: which days a quarantine takes."""

from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from portal.domain.errors import Refusal, holds
from portal.domain.identifiers import IdType
from portal.domain.register.days import (
    Standing,
    check_no_overlap,
    days_at_distance,
    is_away,
    is_same_person,
    period,
    standing,
    standing_sentence,
    touches,
)
from portal.domain.register.entry import PersonKind
from tests.domain.invented import KALINA, OTHER_EGN, TEACHER, day, entry

ASKED = "освободено или удължена карантина? Отбележете последния ден или новия край."


@pytest.mark.parametrize(
    ("today", "released", "expected"),
    [
        (9, None, Standing.COMING),
        (10, None, Standing.IN_QUARANTINE),
        (13, None, Standing.IN_QUARANTINE),
        (14, None, Standing.ENDS_TODAY),
        (15, None, Standing.OVERDUE),
        (12, 12, Standing.RELEASED),
        (13, 12, Standing.RELEASED),
        (15, 14, Standing.RELEASED),
        (11, 12, Standing.IN_QUARANTINE),
        (14, 16, Standing.IN_QUARANTINE),
        (15, 16, Standing.IN_QUARANTINE),
        (16, 16, Standing.RELEASED),
    ],
)
def test_stands_as_the_day_says(today, released, expected):
    assert standing(entry(10, 14, released=released), day(today)) is expected


@pytest.mark.parametrize(
    ("today", "released", "sentence"),
    [
        (9, None, "Карантината започва на 10.12.2020 г."),
        (13, None, "Под карантина до 14.12.2020 г. включително."),
        (14, None, f"Изтича днес: {ASKED}"),
        (
            15,
            None,
            f"Срокът изтече на 14.12.2020 г.: {ASKED}",
        ),
        (15, 12, "Карантината свърши: последният ден беше 12.12.2020 г."),
    ],
)
def test_says_what_to_do_next(today, released, sentence):
    assert standing_sentence(entry(10, 14, released=released), day(today)) == sentence


def test_asks_for_an_answer_only_when_the_plan_is_over():
    assert [each for each in Standing if each.is_due] == [Standing.ENDS_TODAY, Standing.OVERDUE]
    assert Standing.ENDS_TODAY.label == "изтича днес"


@pytest.mark.parametrize(("on", "away"), [(9, False), (10, True), (14, True), (15, False)])
def test_is_away_on_the_first_and_the_last_day_too(on, away):
    assert is_away(entry(10, 14), day(on)) is away


def test_a_release_shortens_or_lengthens_the_period():
    assert period(entry(10, 14, released=12)).last == day(12)
    assert period(entry(10, 14, released=18)).last == day(18)


@pytest.mark.parametrize(
    ("first", "last", "found"),
    [(1, 9, False), (1, 10, True), (12, 12, True), (14, 31, True), (15, 31, False)],
)
def test_touches_the_span_by_any_of_its_days(first, last, found):
    assert touches(entry(10, 14), day(first), day(last)) is found


@pytest.mark.parametrize(
    ("days", "overlap"),
    [
        ((1, 9), False),
        ((1, 10), True),
        ((12, 12), True),
        ((14, 20), True),
        ((15, 20), False),
        ((1, 31), True),
    ],
)
def test_one_person_is_in_quarantine_once(days, overlap):
    assert holds(check_no_overlap, entry(*days), [entry(10, 14)]) is not overlap


def test_says_which_quarantine_is_in_the_way_and_names_no_one():
    with pytest.raises(Refusal) as refused:
        check_no_overlap(entry(12, 20), [entry(1, 2), entry(10, 14)])

    assert refused.value.field == "placed_on"
    assert "от 10.12.2020 до 14.12.2020 г." in str(refused.value)
    assert "Калина" not in str(refused.value)


def test_a_release_makes_room_for_the_next_quarantine():
    assert holds(check_no_overlap, entry(13, 20), [entry(10, 14, released=12)])


def test_others_may_be_in_quarantine_on_the_same_days():
    assert holds(check_no_overlap, KALINA, [replace(KALINA, id_number=OTHER_EGN), TEACHER])


@pytest.mark.parametrize(
    ("change", "same"),
    [
        ({"first_name": "Друга", "class_name": "6Б"}, True),
        ({"id_type": IdType.LNCH}, False),
        ({"id_number": OTHER_EGN}, False),
        ({"id_type": None, "id_number": ""}, True),
        ({"id_type": None, "id_number": "", "class_name": "5 a"}, True),
        ({"id_type": None, "id_number": "", "first_name": "КАЛИНА", "last_name": "Иванова  Симеонова"}, True),
        ({"id_type": None, "id_number": "", "class_name": "5Б"}, False),
        ({"id_type": None, "id_number": "", "middle_name": ""}, False),
        ({"id_type": None, "id_number": "", "person": PersonKind.TEACHER}, False),
    ],
)
def test_knows_a_person_by_identifier_else_by_names_and_class(change, same):
    other = replace(KALINA, **change)

    assert is_same_person(KALINA, other) is same
    assert is_same_person(other, KALINA) is same


def test_a_letter_of_an_identifier_may_be_small():
    one, other = (replace(KALINA, id_type=IdType.IDN, id_number=number) for number in ("a12", "A12"))

    assert is_same_person(one, other)


def test_a_teacher_is_the_same_as_other_staff_of_that_name():
    assert is_same_person(TEACHER, replace(TEACHER, person=PersonKind.STAFF))


def test_counts_school_days_in_the_quarantine():
    school_days = frozenset(day(n) for n in (7, 8, 9, 10, 11, 14, 15, 16))

    assert days_at_distance([], school_days) == 0
    assert days_at_distance([entry(1, 9)], school_days) == 3
    assert days_at_distance([entry(1, 9), entry(14, 20, released=15)], school_days) == 5
    assert days_at_distance([entry(1, 31)], frozenset()) == 0


@given(
    spans=st.lists(st.tuples(st.integers(1, 31), st.integers(1, 31)).map(sorted), max_size=5),
    school_days=st.frozensets(st.integers(1, 31).map(day)),
)
def test_counts_each_day_once_and_never_more_than_there_are(spans, school_days):
    entries = [entry(first, last) for first, last in spans]
    expected = {day(n) for first, last in spans for n in range(first, last + 1)} & school_days

    assert days_at_distance(entries, school_days) == len(expected) <= len(school_days)
