"""portal.domain.placement"""

from datetime import date

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from portal.domain.calendar import Band
from portal.domain.identifiers import IdType
from portal.domain.month import Month
from portal.domain.placement import (
    Enrolment,
    InstitutionType,
    Placement,
    band,
    class_label,
    class_labels,
    class_order,
    known_as,
    place,
)

DECEMBER = Month(2020, 12)
SCHOOL, KINDERGARTEN = InstitutionType.SCHOOL, InstitutionType.KINDERGARTEN
ASP, OTHER, THIRD = "2200004", "2200005", "2200006"

enrolments = st.lists(
    st.builds(
        Enrolment,
        st.sampled_from([ASP, OTHER, THIRD]),
        st.integers(-6, 20),
        st.sampled_from([1, 3]),
        st.integers(),
    ),
    max_size=5,
    unique_by=lambda enrolment: enrolment.order,
)


@pytest.mark.parametrize(
    ("found", "expected"),
    [
        ([], Placement(ASP, None)),
        ([Enrolment(ASP, 4, 1, 1)], Placement(ASP, 4)),
        ([Enrolment(OTHER, 4, 1, 1)], Placement(OTHER, 4)),
        ([Enrolment(OTHER, 4, 3, 1)], Placement(ASP, None)),
        ([Enrolment(ASP, 4, 3, 1)], Placement(ASP, None)),
        ([Enrolment(ASP, 4, 1, 1), Enrolment(OTHER, 5, 1, 2)], Placement(ASP, 4)),
        ([Enrolment(ASP, 4, 3, 2), Enrolment(OTHER, 5, 1, 1)], Placement(OTHER, 5)),
        ([Enrolment(OTHER, 4, 1, 1), Enrolment(THIRD, 5, 1, 2)], Placement(THIRD, 5)),
        ([Enrolment(THIRD, 5, 1, 2), Enrolment(OTHER, 4, 1, 1)], Placement(THIRD, 5)),
        ([Enrolment(ASP, 4, 1, 1), Enrolment(ASP, 5, 1, 2)], Placement(ASP, 5)),
        ([Enrolment(OTHER, 12, 1, 1), Enrolment(THIRD, -1, 1, 2)], Placement(OTHER, 12)),
        ([Enrolment(OTHER, 1, 1, 1), Enrolment(THIRD, 13, 1, 2)], Placement(OTHER, 1)),
        ([Enrolment(OTHER, 4, 3, 2), Enrolment(THIRD, -1, 1, 1)], Placement(THIRD, -1)),
        ([Enrolment(ASP, -1, 1, 1), Enrolment(OTHER, 4, 1, 2)], Placement(ASP, -1)),
        ([Enrolment(OTHER, -1, 1, 1), Enrolment(THIRD, 0, 1, 2)], Placement(THIRD, 0)),
    ],
)
def test_a_record_goes_where_the_child_is_enrolled_now(found, expected):
    assert place(ASP, found) == expected


@given(enrolments)
@settings(deadline=None)
def test_a_child_enrolled_where_asp_says_never_moves(found):
    placed = place(ASP, found)
    current = [enrolment for enrolment in found if enrolment.status == 1]
    if any(enrolment.institution == ASP for enrolment in current) or not current:
        assert placed.institution == ASP
    else:
        pupil = [enrolment for enrolment in current if 1 <= enrolment.class_code <= 12]
        assert placed.institution == max(pupil or current, key=lambda e: e.order).institution
    assert (placed.class_code is None) == (not current)


@given(enrolments, st.randoms())
@settings(deadline=None)
def test_the_order_in_which_enrolments_are_found_does_not_matter(found, random):
    shuffled = random.sample(found, len(found))
    assert place(ASP, shuffled) == place(ASP, found)


@pytest.mark.parametrize(
    ("kinds", "expected"),
    [
        (set(), None),
        ({IdType.EGN}, IdType.EGN),
        ({IdType.EGN, IdType.LNCH}, IdType.EGN),
        (set(IdType), IdType.EGN),
        ({IdType.LNCH}, IdType.LNCH),
        ({IdType.LNCH, IdType.IDN}, None),
    ],
)
def test_another_type_of_identifier_counts_where_the_number_can_be_one_child_only(kinds, expected):
    assert known_as(IdType.EGN, kinds) is expected


@given(st.integers(-999, 999), st.sampled_from(InstitutionType))
@settings(deadline=None)
def test_a_known_class_decides_wherever_the_child_is(code, institution_type):
    assert (band(code, institution_type, DECEMBER, None) is Band.PRESCHOOL) == (not 1 <= code <= 12)


@pytest.mark.parametrize("born", [None, date(2003, 1, 1), date(2016, 1, 1)])
def test_a_kindergartens_child_of_unknown_class_is_preschool(born):
    assert band(None, KINDERGARTEN, DECEMBER, born) is Band.PRESCHOOL


@pytest.mark.parametrize(
    ("year", "expected"),
    [
        (2021, Band.PRESCHOOL), (2014, Band.PRESCHOOL), (2013, Band.I_III), (2011, Band.I_III),
        (2010, Band.IV_VI), (2008, Band.IV_VI), (2007, Band.VII_XI), (2003, Band.VII_XI),
        (2002, Band.XII), (1990, Band.XII),
    ],
)  # fmt: skip
@pytest.mark.parametrize("month", [Month(2020, 9), Month(2020, 12), Month(2021, 6)])
def test_a_schools_child_of_unknown_class_goes_by_its_birth_year(year, expected, month):
    born = date(year, 12, 31)
    assert band(None, SCHOOL, month, born) is expected


def test_a_schools_child_of_unknown_age_is_a_pupil_of_the_longest_band():
    assert band(None, SCHOOL, DECEMBER, None) is Band.VII_XI


@pytest.mark.parametrize(
    ("code", "label"),
    [
        (1, "I клас"), (4, "IV клас"), (9, "IX клас"), (12, "XII клас"),
        (-1, "предучилищна група (код −1)"), (-6, "предучилищна група (код −6)"),
        (0, "сборна група (код 0)"), (13, "сборна група (код 13)"), (-7, "сборна група (код −7)"),
        (None, "без посочен клас"),
    ],
)  # fmt: skip
def test_a_class_is_called_as_people_call_it(code, label):
    assert class_label(code) == label


def test_a_groups_code_is_told_where_it_is_one_of_several():
    assert list(class_labels([13, 7, -2, 7, None]).items()) == [
        (-2, "предучилищна група"), (7, "VII клас"), (13, "сборна група"), (None, "без посочен клас"),
    ]  # fmt: skip
    assert class_labels([-1, 0, -3]) == {
        -3: "предучилищна група (код −3)", -1: "предучилищна група (код −1)", 0: "сборна група",
    }  # fmt: skip


def test_classes_are_listed_from_the_smallest_children_to_the_unknown():
    mixed = [None, 13, 12, 2, 10, 1, -1, -6, 0, -7]
    assert sorted(mixed, key=class_order) == [-6, -1, 1, 2, 10, 12, -7, 0, 13, None]


def test_institutions_are_named_in_bulgarian():
    assert [kind.label for kind in InstitutionType] == ["училище", "детска градина"]
