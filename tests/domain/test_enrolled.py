"""enrolled: what is stated of a child who is enrolled, and whether the enrolments say otherwise."""

from dataclasses import replace
from datetime import date, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from portal.domain.enrolled import (
    YEARS,
    Enrolled,
    Known,
    check_complete,
    check_days,
    check_known,
    facts_of,
    grade_in,
)
from portal.domain.errors import Refusal, holds
from portal.domain.month import Month
from portal.domain.placement import ENROLLED, Enrolment

TODAY = date(2021, 1, 28)
MONTH = Month(2020, 12)
HERE, THERE = "2200000", "2200004"
THIRD = Enrolled("15-2021", date(2021, 1, 5), "III а", date(2020, 12, 3))
ROMAN = ("I", "II", "III", "IV", "V", "VI", "VII", "VIII", "IX", "X", "XI", "XII")
LETTERS = st.sampled_from(["", "а", " а", "-б", ". клас", " клас"])
GROUPS = st.sampled_from(["ПГ 5", "4-та група", "I група", "Слънчице", "подготвителна", "група „Звездички“"])
CODES = st.integers(-6, 20)


def known(code=3, *, institution=HERE, status=ENROLLED, order=1) -> Known:
    return Known(MONTH, [Enrolment(institution, code, status, order)])


def why(check, *args) -> Refusal:
    with pytest.raises(Refusal) as refusal:
        check(*args)
    return refusal.value


def name_of(code: int, letter: str) -> str:
    return f"{ROMAN[code - 1]}{letter}" if 1 <= code <= 12 else f"група {letter}"


@given(st.integers(1, 12), LETTERS)
def test_a_class_is_read_in_either_way_to_write_it(grade, letter):
    for written in (ROMAN[grade - 1], ROMAN[grade - 1].replace("I", "І").replace("X", "Х"), str(grade)):
        assert grade_in(f"{written}{letter}") == grade
        assert grade_in(f" {written}{letter}".lower()) == grade


@given(GROUPS | st.sampled_from(["", "а", "0а", "13", "2021", "XIIII", "VX", "٣"]))
def test_what_names_no_class_has_none(name):
    assert grade_in(name) is None


@given(CODES, LETTERS, st.dates(date(2019, 9, 1), MONTH.last))
def test_what_the_enrolments_say_too_is_taken(code, letter, since):
    stated = replace(THIRD, enrolled_class=name_of(code, letter), enrolled_since=since)

    assert holds(check_known, stated, HERE, known(code))


@given(CODES, CODES, LETTERS)
def test_another_class_is_taken_only_from_one_group_to_another(code, other, letter):
    """What a group is called says nothing of its code."""
    are_alike = code == other or not (1 <= code <= 12 or 1 <= other <= 12)
    stated = replace(THIRD, enrolled_class=name_of(other, letter))

    assert holds(check_known, stated, HERE, known(code)) == are_alike


@given(st.integers(1, 700))
def test_who_was_here_already_did_not_come_later(days):
    late = replace(THIRD, enrolled_since=MONTH.last + timedelta(days))

    refusal = why(check_known, late, HERE, known())
    assert refusal.field == "differs"
    assert str(refusal).startswith("По записванията за декември 2020 г. детето вече е записано при вас")


def test_who_is_elsewhere_by_the_enrolments_is_said():
    assert "е записано в друга институция" in str(why(check_known, THIRD, HERE, known(institution=THERE)))


@given(CODES, st.sampled_from([HERE, THERE]))
def test_who_is_unenrolled_by_the_enrolments_too_is_compared_with_nothing(code, institution):
    """It is what АСП says, and what is being refused."""
    check_known(THIRD, HERE, known(code, institution=institution, status=3))


@given(st.builds(Enrolled, st.text(), st.none() | st.dates(), st.text(), st.none() | st.dates()))
def test_enrolments_that_do_not_name_the_child_say_nothing(stated):
    check_known(stated, HERE, None)
    check_known(stated, HERE, Known(MONTH, []))


def test_of_two_enrolments_here_the_class_counts_and_of_two_classes_the_later_line():
    rows = [Enrolment(HERE, code, ENROLLED, order) for order, code in enumerate((4, 3, -1), start=1)]

    for found in (rows, rows[::-1]):
        check_known(THIRD, HERE, Known(MONTH, found))


@given(st.dates(date(1990, 1, 1), date(2040, 1, 1)))
def test_a_day_is_not_to_come_and_not_of_another_generation(day):
    fits = TODAY.year - YEARS <= day.year and day <= TODAY

    assert holds(check_days, replace(THIRD, certificate_date=day), TODAY) == fits
    assert holds(check_days, replace(THIRD, enrolled_since=day), TODAY) == fits


def test_both_days_are_named_at_once():
    refusal = why(
        check_days, replace(THIRD, certificate_date=date(2021, 1, 29), enrolled_since=date(2000, 1, 1)), TODAY
    )

    assert [(each.field, str(each)) for each in (refusal, *refusal.also)] == [
        ("certificate_date", "Проверете датата: 29.01.2021 още не е настъпила."),
        ("enrolled_since", "Проверете датата: 01.01.2000 е твърде отдавна."),
    ]
    check_days(Enrolled("", None, "", None), TODAY)  # what is missing, another rule says


@pytest.mark.parametrize(
    ("change", "field", "sentence"),
    [
        ({"certificate_number": ""}, "certificate_number", "Впишете номера на удостоверението."),
        (
            {"certificate_number": "1" * 41},
            "certificate_number",
            "Тук се побират до 40 знака. Съкратете вписаното.",
        ),
        (
            {"certificate_date": None},
            "certificate_date",
            "Впишете датата на удостоверението, например 05.01.2021.",
        ),
        ({"enrolled_class": ""}, "enrolled_class", "Впишете паралелката или групата, например III а."),
        ({"enrolled_class": "а" * 31}, "enrolled_class", "Тук се побират до 30 знака. Съкратете вписаното."),
        (
            {"enrolled_since": None},
            "enrolled_since",
            "Впишете от коя дата е записано детето, например 05.01.2021.",
        ),
    ],
)
def test_each_of_the_four_is_asked_for(change, field, sentence):
    refusal = why(check_complete, replace(THIRD, **change))

    assert (refusal.field, str(refusal), refusal.also) == (field, sentence, ())


def test_the_longest_that_fits_is_taken():
    check_complete(replace(THIRD, certificate_number="1" * 40, enrolled_class="а" * 30))


def test_what_was_not_stated_is_left_out():
    assert Enrolled.stated("", None, "", None) is None
    assert facts_of(certificate=True, placed=False, enrolled=None) == [
        "издадено е удостоверение за записване"
    ]
    assert facts_of(certificate=False, placed=True, enrolled=THIRD) == [
        "разпределено е в паралелка или група: III а, от 03.12.2020 г."
    ]
