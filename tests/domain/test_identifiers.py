"""portal.domain.identifiers"""

from datetime import date

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from portal.domain.identifiers import IdType, birth_date, in_capitals, is_valid, looks_like, masked
from tests.exchange.invented import egn, egns, idns, lnch, lnchs


@given(st.dates(date(1900, 1, 1), date(2099, 12, 31)), st.integers(0, 999))
@settings(deadline=None)
def test_an_egn_tells_its_birth_date(born, serial):
    number = egn(born, serial)
    assert is_valid(IdType.EGN, number)
    assert birth_date(IdType.EGN, number) == born


@given(egns, st.integers(1, 9))
@settings(deadline=None)
def test_a_wrong_check_digit_is_noticed(number, shift):
    wrong = number[:-1] + str((int(number[-1]) + shift) % 10)
    assert not is_valid(IdType.EGN, wrong)
    assert birth_date(IdType.EGN, wrong) is None


@given(lnchs, st.integers(1, 9))
@settings(deadline=None)
def test_an_lnch_has_a_check_digit_and_no_birth_date(number, shift):
    assert is_valid(IdType.LNCH, number)
    assert birth_date(IdType.LNCH, number) is None
    assert not is_valid(IdType.LNCH, number[:-1] + str((int(number[-1]) + shift) % 10))


@given(lnchs)
@settings(deadline=None)
def test_an_lnch_where_an_egn_is_chosen_is_recognised(number):
    assert looks_like(number, IdType.EGN) is (None if is_valid(IdType.EGN, number) else IdType.LNCH)
    assert looks_like(number, IdType.LNCH) is None


@given(egns)
@settings(deadline=None)
def test_an_egn_where_an_lnch_is_chosen_is_recognised(number):
    assert looks_like(number, IdType.LNCH) is (None if is_valid(IdType.LNCH, number) else IdType.EGN)
    assert looks_like(number, IdType.EGN) is None


@given(st.sampled_from(IdType), st.text(max_size=14))
@settings(deadline=None)
def test_what_has_no_check_digit_looks_like_nothing(kind, text):
    assert looks_like(text, IdType.IDN) is None
    assert looks_like(text, kind) is None or is_valid(looks_like(text, kind), text)


@given(idns)
@settings(deadline=None)
def test_an_idn_has_only_a_form(number):
    assert is_valid(IdType.IDN, number)
    assert birth_date(IdType.IDN, number) is None


@given(idns)
def test_letters_in_either_case_are_one_identifier(number):
    assert in_capitals(number.lower()) == in_capitals(number.upper()) == in_capitals(number)
    assert is_valid(IdType.IDN, in_capitals(number))


@given(st.text(max_size=14))
@example("ı1")  # capitals of these are I and S
@example("ſ1")
def test_capitals_make_no_identifier_of_what_is_none(number):
    assert is_valid(IdType.IDN, in_capitals(number)) == is_valid(IdType.IDN, number)


@given(st.sampled_from(IdType), st.text(max_size=14))
@settings(deadline=None)
def test_no_text_raises(kind, text):
    assert is_valid(kind, text) in (True, False)
    assert birth_date(kind, text) is None or is_valid(IdType.EGN, text)


@pytest.mark.parametrize(
    "number",
    [
        "", "104318314", "10431831430", " 1043183143", "1043183143 ", "104318 3143", "104318-3143",
        "104318.3143", "١٠٤٣١٨٣١٤٣", "1043183143\n", "1013323140", "0000000000", "104318314A",
    ],
)  # fmt: skip
def test_one_child_has_one_spelling(number):
    assert not is_valid(IdType.EGN, number)


@pytest.mark.parametrize("number", ["", "12345678901", "12 34", "АБВ", "12-34", "1\n"])
def test_an_idn_is_digits_and_latin_letters(number):
    assert not is_valid(IdType.IDN, number)


def test_a_valid_egn_may_pass_for_an_lnch_so_the_type_must_be_told():
    assert is_valid(IdType.EGN, "1245170420") and is_valid(IdType.LNCH, "1245170420")
    assert lnch(124517042) == "1245170420"
    assert birth_date(IdType.LNCH, "1245170420") is None


@given(egns)
@settings(deadline=None)
def test_a_masked_number_shows_five_digits(number):
    assert masked(number) == f"{number[:3]}*****{number[-2:]}"


@given(st.text("0123456789ABC", max_size=5))
@settings(deadline=None)
def test_a_short_number_is_masked_whole(number):
    assert masked(number) == "*" * len(number)


def test_a_number_of_six_is_masked_between_what_is_shown():
    assert masked("AB1234") == "AB1*34"


def test_types_are_named_in_bulgarian():
    assert [kind.label for kind in IdType] == ["ЕГН", "ЛНЧ", "ИДН"]
