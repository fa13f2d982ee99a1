"""portal.domain.register.month: who was in quarantine in a month, and the school days of each child."""

from dataclasses import replace
from datetime import date

import pytest

from portal.domain.calendar import Band, Span
from portal.domain.errors import holds
from portal.domain.identifiers import IdType
from portal.domain.month import Month
from portal.domain.placement import InstitutionType
from portal.domain.register.entry import PersonKind
from portal.domain.register.month import (
    MonthList,
    Placed,
    band_in,
    band_of_name,
    check_may_confirm,
    check_may_say_nobody,
    month_list,
)
from tests.domain.invented import KALINA, OTHER_EGN, TEACHER, day, entry

DECEMBER = Month(2020, 12)
WEEKDAYS = frozenset(day for day in DECEMBER.days if day.weekday() < 5)
DAYS = {band: WEEKDAYS - {date(2020, 12, 24)} for band in Band} | {Band.PRESCHOOL: WEEKDAYS}
PETAR = replace(
    KALINA, first_name="Петър", last_name="Ангелов", id_number=OTHER_EGN, class_name="4б", class_code=4
)


def listed(*entries, kind=InstitutionType.SCHOOL, month=DECEMBER):
    return month_list(entries, month, kind, DAYS)


def test_counts_the_school_days_of_the_childs_own_band():
    [child] = listed(entry(21, 27)).children
    assert (child.days, child.band) == (4, Band.IV_VI)

    [child] = listed(replace(entry(21, 27), class_code=-1)).children
    assert (child.days, child.band) == (5, Band.PRESCHOOL)


def test_counts_only_the_days_of_the_month():
    long = replace(KALINA, placed_on=date(2020, 11, 25), planned_until=date(2020, 12, 2))

    [child] = listed(long).children

    assert child.days == 2
    assert child.periods == (Span(date(2020, 11, 25), date(2020, 12, 2)),)


@pytest.mark.parametrize(("first", "last"), [((2020, 11, 2), (2020, 11, 30)), ((2021, 1, 1), (2021, 1, 9))])
def test_leaves_out_who_was_not_in_quarantine_that_month(first, last):
    assert listed(replace(KALINA, placed_on=date(*first), planned_until=date(*last))).is_empty


def test_is_one_line_for_two_periods_of_one_child():
    [child] = listed(entry(14, 18), entry(1, 4)).children

    assert child.days == 9
    assert child.periods == (Span(day(1), day(4)), Span(day(14), day(18)))


def test_knows_a_child_by_the_identifier_whatever_the_name():
    renamed = replace(entry(14, 18), first_name="Калинка")
    [child] = listed(entry(1, 4), renamed).children
    assert child.names.startswith("Калинка")

    idn = replace(KALINA, id_type=IdType.IDN, id_number="ab12")
    assert (
        len(listed(idn, replace(idn, id_number="AB12", placed_on=day(20), planned_until=day(21))).children)
        == 1
    )


def test_does_not_take_two_kinds_of_identifier_for_one():
    assert len(listed(KALINA, replace(KALINA, id_type=IdType.LNCH)).children) == 2


def test_lists_staff_apart_and_counts_nothing_for_them():
    found = listed(TEACHER, KALINA, replace(TEACHER, person=PersonKind.STAFF, first_name="Яна"))

    assert [child.names for child in found.children] == [KALINA.names]
    assert [worker.kind for worker in found.staff] == [PersonKind.TEACHER, PersonKind.STAFF]


def test_stands_in_the_order_of_classes_and_names():
    anna = replace(PETAR, first_name="Анна", id_number="0942065635")

    assert [child.names.split()[0] for child in listed(KALINA, PETAR, anna).children] == [
        "Анна",
        "Петър",
        "Калина",
    ]


@pytest.mark.parametrize(
    ("name", "band"),
    [
        ("1а", Band.I_III),
        ("3 В", Band.I_III),
        ("4.б", Band.IV_VI),
        ("7", Band.VII_XI),
        ("10б", Band.VII_XI),
        ("12 а", Band.XII),
        ("I а", Band.I_III),
        ("III", Band.I_III),
        ("IVв", Band.IV_VI),
        ("V б", Band.IV_VI),
        ("VA", Band.IV_VI),
        ("VIII г", Band.VII_XI),
        ("IXа", Band.VII_XI),
        ("Х клас", Band.VII_XI),  # the Cyrillic letter
        ("ХІ а", Band.VII_XI),
        ("XIIа", Band.XII),
        ("5Х", Band.IV_VI),
        ("ПГ-6", Band.PRESCHOOL),
        ("Подготвителна група", Band.PRESCHOOL),
        ("3 група „Слънчо“", Band.PRESCHOOL),
        ("Предучилищен клас", Band.PRESCHOOL),
        ("13а", None),
        ("0", None),
        ("IIII", None),
        ("XIII", None),
        ("vii а", None),
        ("Слънчо", None),
        ("", None),
    ],
)
def test_reads_the_band_from_a_class_as_it_is_typed(name, band):
    assert band_of_name(name) is band


@pytest.mark.parametrize(
    ("code", "name", "kind", "expected"),
    [
        (12, "5А", InstitutionType.SCHOOL, (Band.XII, Placed.BY_CODE)),
        (None, "5А", InstitutionType.SCHOOL, (Band.IV_VI, Placed.BY_NAME)),
        (None, "5А", InstitutionType.KINDERGARTEN, (Band.PRESCHOOL, Placed.BY_NAME)),
        (None, "", InstitutionType.KINDERGARTEN, (Band.PRESCHOOL, Placed.BY_NAME)),
        (None, "", InstitutionType.SCHOOL, (Band.I_III, Placed.BY_AGE)),  # born in 2012
    ],
)
def test_says_what_the_band_is_known_by(code, name, kind, expected):
    child = replace(KALINA, class_code=code, class_name=name)

    assert band_in(child, kind, DECEMBER) == expected
    [line] = listed(child, kind=kind).children
    assert line.is_guessed is (expected[1] is Placed.BY_AGE)


def test_a_child_whose_age_is_unknown_too_is_counted_as_for_asp():
    child = replace(KALINA, id_type=IdType.LNCH, id_number="7000001233", class_code=None, class_name="")

    assert band_in(child, InstitutionType.SCHOOL, DECEMBER) == (Band.VII_XI, Placed.BY_AGE)


def test_only_what_is_true_can_be_confirmed():
    assert not holds(check_may_confirm, MonthList())
    assert holds(check_may_say_nobody, MonthList())
    for found in (listed(KALINA), listed(TEACHER)):
        assert holds(check_may_confirm, found)
        assert not holds(check_may_say_nobody, found)
