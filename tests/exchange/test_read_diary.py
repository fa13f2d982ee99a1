"""portal.exchange.diary.read_diary"""

import io
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from portal.domain.diary.agreement import rounded
from portal.domain.identifiers import IdType
from portal.domain.month import Month
from portal.exchange.diary import DiaryLine, padded, read_diary
from portal.exchange.text import TextLines
from tests.exchange.invented import DATA, codes, identifiers, names, wild_bytes

GOOD = "2200004|2020|12||1043183143|Стефан|Ганчев|Цветанов|04|1|2|4а|1|24.12.2020|1.00|7.00"


def read(content: str | bytes):
    return read_diary(io.BytesIO(content if isinstance(content, bytes) else content.encode()))


def with_field(index: int, value: str):
    fields = GOOD.split("|")
    fields[index] = value
    (row,) = read("|".join(fields))
    return row


@pytest.mark.parametrize("name, count", [("diary-2200000.txt", 26), ("diary-2200004.txt", 18)])
def test_the_samples_are_good_to_the_line(name, count):
    rows = list(read((DATA / name).read_bytes()))
    assert len(rows) == count
    assert all(row.line is not None and row.institution == name[6:13] for row in rows)


months = st.builds(Month, st.integers(2001, 2098), st.integers(1, 12))
unexcused = st.decimals(0, Decimal("999.99"), places=2)


@given(codes, months, identifiers, names, st.none() | st.integers(0, 99), unexcused, st.sampled_from(".,"))
def test_a_line_says_what_was_written(code, month, identifier, family, class_code, absences, sign):
    kind = "" if identifier[0] == "0" else identifier[0]
    number = f"{absences:.2f}".replace(".", sign)
    class_text = "" if class_code is None else f"{class_code:02d}"
    (row,) = read(
        f"{code}|{month.school_year}|{month.number:02d}|{kind}|{padded(identifier[1])}|||{family}|{class_text}"
        f"||||||3|{number}"
    )
    assert row.faults == ()
    assert row.institution == code
    assert row.line == DiaryLine(
        month,
        IdType(int(identifier[0])),
        padded(identifier[1].upper()),
        " ".join(family.split()),
        class_code,
        "",
        absences,
    )


@pytest.mark.parametrize("text", ["7.00", "7,00", "7", "007.00", "7.000000"])
def test_the_decimal_sign_is_a_point_or_a_comma(text):
    assert with_field(15, text).line.unexcused == Decimal(7)


def test_more_than_two_places_are_rounded():
    assert with_field(15, "3,333333").line.unexcused == rounded(Decimal("3.333333"))


@pytest.mark.parametrize("month, year", [("09", 2020), ("12", 2020), ("01", 2021), ("08", 2021)])
def test_the_school_year_is_the_first_of_its_two(month, year):
    assert with_field(2, month).line.month == Month(year, int(month))


def test_an_identifier_that_lost_its_zeros_is_padded():
    fields = GOOD.split("|")
    fields[4] = "647081812"
    (row,) = read("|".join(fields))
    assert (row.line.id_type, row.line.id_number) == (IdType.EGN, "0647081812")


@pytest.mark.parametrize("index", [5, 6, 7, 8, 9, 10, 11, 12, 13])
def test_any_of_the_fields_from_the_names_to_the_leaving_date_may_be_empty(index):
    assert with_field(index, "").faults == ()


def test_what_nobody_needs_costs_nobody_a_figure():
    for index, value in ((9, "?"), (10, "—"), (12, "да"), (13, "вчера"), (14, "много"), (5, "x" * 300)):
        assert with_field(index, value).line is not None


@pytest.mark.parametrize(
    "index, value, fault",
    [
        (0, "22004", "код на институцията: трябва да са точно 7 цифри"),
        (1, "20/21", "учебна година: трябва да са точно 4 цифри"),
        (1, "1999", "учебна година: трябва да е от 2000 до 2099"),
        (2, "9", "месец: трябва да са точно 2 цифри"),
        (2, "13", "месец: трябва да е от 01 до 12"),
        (3, "7", "вид на идентификатора: трябва да е 0, 1 или 2"),
        (4, "", "идентификатор: липсва"),
        (4, "1043183144", "ЕГН: датата на раждане или контролната цифра не е вярна"),
        (4, "1,04E+09", "ЕГН: трябва да са точно 10 цифри"),
        (4, "10431831433", "идентификатор: над 10 знака"),
        (8, "V", "клас: трябва да са две цифри или нищо"),
        (15, "", "отсъствия по неуважителни причини: липсват"),
        (15, "-1", "отсъствия по неуважителни причини: трябва да са число под 1000 като 7.00 или 7,00"),
        (15, "05.май", "отсъствия по неуважителни причини: трябва да са число под 1000 като 7.00 или 7,00"),
        (15, "999.999", "отсъствия по неуважителни причини: трябва да са число под 1000 като 7.00 или 7,00"),
        (15, "٣", "отсъствия по неуважителни причини: трябва да са число под 1000 като 7.00 или 7,00"),
    ],
)
def test_a_fault_names_field_and_rule_and_repeats_nothing(index, value, fault):
    row = with_field(index, value)
    assert row.line is None
    assert row.faults == (fault,)


def test_a_year_whose_next_is_beyond_the_exchange_is_a_fault():
    (row,) = read(GOOD.replace("|2020|12|", "|2099|05|"))
    assert row.faults == ("учебна година: трябва да е от 2000 до 2098",)


def test_every_fault_of_a_line_is_told_and_its_institution_all_the_same():
    (row,) = read("2200004|x|13|5||||||||||||")
    assert len(row.faults) == 5
    assert row.institution == "2200004"


@given(wild_bytes)
def test_received_is_good_and_bad_to_the_line(content):
    whole = GOOD.encode() + b"\r\n" + content
    found = read(whole)
    if found.fault is None:
        rows = list(found)
        assert len(rows) == sum(1 for _ in TextLines(io.BytesIO(whole)))
        assert all((row.line is None) == bool(row.faults) for row in rows)


@given(wild_bytes)
def test_no_bytes_raise(content):
    assert all((row.line is None) == bool(row.faults) for row in read(content))
