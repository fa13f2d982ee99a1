"""portal.exchange.people.read_people"""

import io

import pytest
from hypothesis import given

from portal.domain.people import Role
from portal.exchange.people import PersonLine, read_people
from tests.exchange.invented import wild_bytes

HEADER = "code;name;email;role\n"
GOOD = "2200000;Ана Петрова;ana@example.org;director\n"


def rows(text, encoding="utf-8"):
    return list(read_people(io.BytesIO((HEADER + text).encode(encoding))))


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "cp1251", "utf-16"])
def test_a_director_has_an_institution_and_an_expert_a_region(encoding):
    director, expert = rows(GOOD + "22;Нора  Иванова;NORA@Example.org;РУО\n", encoding)
    assert director.line == PersonLine(Role.DIRECTOR, "Ана Петрова", "ana@example.org", institution="2200000")
    assert expert.line == PersonLine(Role.RUO, "Нора Иванова", "nora@example.org", region=22)


@pytest.mark.parametrize(
    ("line", "fault"),
    [
        ("2200000;Ана;ana@example.org;operator", "роля: трябва да е director или ruo"),
        ("2200000;Ана;ana@example.org;delegate", "роля: трябва да е director или ruo"),
        ("2200000;;ana@example.org;director", "име: напишете име и фамилия: така ще пише на документите"),
        ("2200000;Ана;;director", "е-поща: напишете адреса на електронната поща"),
        ("29;Нора;nora@example.org;ruo", "код: за експерт в РУО е номерът на областта, от 1 до 28"),
        ("2200000;Нора;nora@example.org;ruo", "код: за експерт в РУО е номерът на областта, от 1 до 28"),
        ("22;Ана;ana@example.org;director", "код на институцията: трябва да са точно 7 цифри"),
        ("2200000;Ана;ana@example.org", "полетата са 3, а трябва да са 4"),
    ],
)
def test_a_line_that_does_not_hold_says_why(line, fault):
    (row,) = rows(line)
    assert row.line is None
    assert fault in row.faults


@pytest.mark.parametrize("code", ["", "22", "2200000"])
def test_of_an_unknown_role_the_code_is_not_judged(code):
    (row,) = rows(f"{code};Олег Минчев;oleg@example.org;operator")
    assert row.faults == ("роля: трябва да е director или ruo",)


def test_a_spreadsheet_may_take_the_zero_in_front_away():
    (row,) = rows("300001;Ана Петрова;ana@example.org;director")
    assert row.line is not None and row.line.institution == "0300001"


def test_what_nobody_filled_in_is_left_out_and_line_numbers_stay_true():
    (row,) = rows("2200000;;;director\n" + GOOD)
    assert (row.number, row.faults) == (3, ())


@given(wild_bytes)
def test_no_bytes_raise(content):
    assert all((row.line is None) == bool(row.faults) for row in rows("", "utf-8") + _of(content))


def _of(content):
    return list(read_people(io.BytesIO(HEADER.encode() + content)))
