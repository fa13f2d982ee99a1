"""portal.exchange.ended_list.read_ended_list"""

import io

import pytest
from hypothesis import given
from hypothesis import strategies as st

from portal.domain.month import Month
from portal.exchange.ended_list import DISTANCE, read_ended_list
from tests.exchange.invented import DATA, GOOD, asp_fields, wild_bytes

ENDED = f"{GOOD}|1|12|202101|потвърдени неизвинени отсъствия"


def rows(content: bytes):
    return list(read_ended_list(io.BytesIO(content)))


def with_field(index: int, value: str, codec: str = "cp1251"):
    fields = ENDED.split("|")
    fields[index] = value
    (row,) = rows("|".join(fields).encode(codec))
    return row


@given(
    asp_fields().filter(lambda fields: fields[9] != "2"),
    st.one_of(
        st.tuples(st.just("1"), st.integers(0, 12), st.integers(2021, 2098), st.integers(1, 12)),
        st.just(("0", 0, 0, 0)),
    ),
    st.text("абвгд ежАБВ.", min_size=1, max_size=200).filter(str.strip),
)
def test_a_good_line_says_what_was_done(first, done, why):
    first[0] = "2020"
    ended, months, year, number = done
    (row,) = rows("|".join([*first, ended, f"{months:02d}", f"{year:04d}{number:02d}", why]).encode("cp1251"))

    assert row.faults == ()
    outcome = row.line.outcome
    assert (outcome.ended, outcome.months, outcome.why) == (ended == "1", months, why.strip())
    assert outcome.since == (Month(year, number) if year else None)
    assert row.line.names == tuple(first[5:8])
    assert row.line.institution == first[2]


@given(wild_bytes)
def test_whatever_comes_is_a_line_or_has_faults(content):
    for row in rows(content):
        assert (row.line is None) == bool(row.faults)


@pytest.mark.parametrize(
    ("index", "value", "fault"),
    [
        (2, "22", "код на институцията: трябва да са точно 7 цифри"),
        (9, "2", DISTANCE),
        (11, "2", "прекратена: трябва да е 0 или 1"),
        (11, "", "прекратена: трябва да е 0 или 1"),
        (12, "1", "срок в месеци: трябва да са точно 2 цифри"),
        (12, "13", "срок в месеци: трябва да е от 00 до 12"),
        (13, "202113", "от месец: трябва да е година и месец като 202101, или 000000"),
        (13, "012021", "от месец: трябва да е година и месец като 202101, или 000000"),
        (13, "000000", "от месец: липсва, а помощта е прекратена"),
        (13, "202011", "от месец: не може да е преди месеца, за който е списъкът"),
        (14, " ", "защо: липсва"),
        (14, "а" * 201, "защо: над 200 знака"),
        (14, "а\u0001", "защо: има невидими или управляващи знаци"),
    ],
)
def test_says_what_is_wrong(index, value, fault):
    row = with_field(index, value)
    assert row.line is None
    assert row.faults == (fault,)


def test_a_letter_that_cannot_go_back_is_a_fault():
    (fault,) = with_field(14, "ок 漢", "utf-8").faults
    assert fault.startswith("защо: има знаци, които ги няма в windows-1251")


def test_what_goes_on_has_neither_term_nor_month():
    for index in (12, 13):
        fields = f"{GOOD}|0|00|000000|отказано".split("|")
        assert rows("|".join(fields).encode("cp1251"))[0].faults == ()
        fields[index] = {12: "01", 13: "202101"}[index]
        faults = rows("|".join(fields).encode("cp1251"))[0].faults
        assert faults == ("срок и месец: при непрекратена помощ трябва да са 00 и 000000",)


@pytest.mark.parametrize("name", ["ASPCONF1220.txt", "MONZP1220.txt", "diary-2200000.txt"])
def test_other_files_are_refused_whole(name):
    reading = read_ended_list(io.BytesIO((DATA / name).read_bytes()))
    assert "а тук се зарежда списък на АСП за прекратените помощи" in (reading.fault or "")
    assert list(reading) == []
