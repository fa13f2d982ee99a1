"""portal.domain.diary.agreement"""

from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from portal.domain.decisions import Case, Reason
from portal.domain.diary.agreement import (
    Agreement,
    ByDiary,
    is_compared,
    is_in_hours,
    rounded,
    suggested_number,
)
from portal.domain.errors import holds
from portal.domain.lists.deciding import check_correction
from portal.domain.placement import InstitutionType

SCHOOL, KINDERGARTEN = InstitutionType.SCHOOL, InstitutionType.KINDERGARTEN
figures = st.decimals(0, Decimal("999.99"), places=2)
kinds = st.tuples(st.booleans(), st.booleans())


def case(figure: Decimal | str, *, is_pupil: bool = True, in_kindergarten: bool = False) -> Case:
    return Case(Reason.ABSENCE, Decimal(figure), is_pupil, school_days=17, in_kindergarten=in_kindergarten)


@pytest.mark.parametrize(
    "by_diary, agreement, said",
    [
        ("9", Agreement.EQUAL, "съвпада"),
        ("9.00", Agreement.EQUAL, "съвпада"),
        ("4.99", Agreement.LOWER, "4,99 – под границата"),
        ("0", Agreement.LOWER, "0 – под границата"),
        ("5", Agreement.STILL_OVER, "5 – не под границата"),
        ("8.99", Agreement.STILL_OVER, "8,99 – не под границата"),
        ("9.01", Agreement.HIGHER, "9,01 – повече от подаденото"),
        (None, Agreement.MISSING, "няма го"),
    ],
)
def test_of_a_pupil_in_hours_below_five(by_diary, agreement, said):
    found = ByDiary(None if by_diary is None else Decimal(by_diary))
    assert found.agreement(case("9")) is agreement
    assert found.said(case("9")) == said


@pytest.mark.parametrize(
    "by_diary, agreement", [("3", Agreement.LOWER), ("3.01", Agreement.STILL_OVER), ("4", Agreement.EQUAL)]
)
@pytest.mark.parametrize("kind", [{"is_pupil": False}, {"is_pupil": True, "in_kindergarten": True}])
def test_of_a_small_child_in_days_at_most_three(kind, by_diary, agreement):
    assert ByDiary(Decimal(by_diary)).agreement(case("4", **kind)) is agreement


@given(figures, figures | st.none(), kinds)
def test_what_is_suggested_can_stand_and_is_suggested_only_where_it_is_lower(by_asp, by_diary, kind):
    asked = case(by_asp, is_pupil=kind[0], in_kindergarten=kind[1])
    found = ByDiary(by_diary)
    number = found.suggestion(asked)

    assert (number is None) == (found.agreement(asked) is not Agreement.LOWER)
    if number is not None:
        assert number == by_diary and number < by_asp
        assert holds(check_correction, asked, number)
        assert Decimal(suggested_number(found, asked).replace(",", ".")) == number


@given(figures, figures, kinds)
def test_a_lower_number_is_never_told_as_a_higher_one(by_asp, by_diary, kind):
    found = ByDiary(by_diary).agreement(case(by_asp, is_pupil=kind[0], in_kindergarten=kind[1]))
    assert (found is Agreement.HIGHER) == (by_diary > by_asp)
    assert (found is Agreement.EQUAL) == (by_diary == by_asp)


def test_nothing_is_suggested_where_nothing_was_compared():
    assert suggested_number(None, case("9")) == ""


@pytest.mark.parametrize("reason", Reason)
def test_a_diary_speaks_of_absences_alone(reason):
    assert is_compared(Case(reason, None, is_pupil=True, school_days=0)) is (reason is Reason.ABSENCE)


@pytest.mark.parametrize(
    "exact, kept",
    [("3.333333", "3.33"), ("3.666666", "3.67"), ("4.995", "5"), ("4.994", "4.99"), ("7", "7")],
)
def test_thirds_of_an_hour_are_rounded_a_half_up(exact, kept):
    assert rounded(Decimal(exact)) == Decimal(kept)


@given(st.decimals(0, 999, places=6))
def test_rounding_takes_less_than_can_be_counted(exact):
    assert abs(rounded(exact) - exact) <= Decimal("0.005")
    assert rounded(rounded(exact)) == rounded(exact)


@given(figures)
def test_two_places_stay_as_they_are(figure):
    assert rounded(figure) == figure


@pytest.mark.parametrize(
    "kind, class_code, is_pupil, in_hours",
    [
        (SCHOOL, 1, False, True),
        (SCHOOL, 12, False, True),
        (SCHOOL, 0, True, False),
        (SCHOOL, 13, True, False),
        (SCHOOL, None, True, True),
        (SCHOOL, None, False, False),
        (KINDERGARTEN, 1, True, False),
        (KINDERGARTEN, None, True, False),
    ],
)
def test_a_school_counts_hours_for_classes_and_days_for_groups(kind, class_code, is_pupil, in_hours):
    assert is_in_hours(kind, class_code, is_pupil=is_pupil) is in_hours
