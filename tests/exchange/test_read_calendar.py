"""portal.exchange.calendar_file.read_calendar"""

import io
from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from portal.domain.calendar import Band, Term, Vacation
from portal.exchange.calendar_file import read_calendar
from portal.exchange.text import Encoding
from tests.exchange.invented import DATA, wild_bytes

HEADER = "school_year,band,kind,first,last,name"
GOOD = "2020,I-III,vacation,2020-12-24,2021-01-03,коледна ваканция"


def read(content: str | bytes):
    return read_calendar(io.BytesIO(content if isinstance(content, bytes) else content.encode()))


@st.composite
def entries(draw) -> Term | Vacation:
    year = draw(st.integers(2000, 2099))
    days = st.dates(date(year, 8, 1), date(year + 1, 9, 30))
    first, last = sorted([draw(days), draw(days)])
    kind = draw(st.sampled_from([Term, Vacation]))
    return kind(first, last, year, draw(st.sampled_from(Band)), draw(st.text("абв ", max_size=9)).strip())


@given(st.lists(entries(), max_size=6, unique_by=lambda entry: (entry.school_year, entry.band)))
def test_what_is_written_is_read_back(written):
    lines = [
        f"{e.school_year},{e.band.value},{type(e).__name__.lower()},{e.first},{e.last},{e.name}"
        for e in written
    ]
    assert [row.line for row in read("\n".join([HEADER, *lines]))] == written


@given(wild_bytes, st.booleans())
def test_no_bytes_raise(content, headed):
    for row in read(f"{HEADER}\n".encode() * headed + content):
        assert (row.line is None) == bool(row.faults)


def test_the_sample_is_good_throughout():
    with (DATA / "calendar.csv").open("rb") as stream:
        calendar = read_calendar(stream)
        found = list(calendar)
    assert (calendar.encoding, calendar.fault) == (Encoding.UTF_8, None)
    assert [row.faults for row in found if row.faults] == []
    assert sum(isinstance(row.line, Term) for row in found) == 5
    assert sum(isinstance(row.line, Vacation) for row in found) == 16
    assert found[0].line == Term(date(2020, 9, 15), date(2021, 9, 14), 2020, Band.PRESCHOOL, "учебна година")


@pytest.mark.parametrize(
    ("old", "new", "fault"),
    [
        ("2020,I", "20,I", "учебна година: трябва да е началната година с 4 цифри, например 2020"),
        ("2020,I", "1999,I", "учебна година: трябва да е началната година с 4 цифри, например 2020"),
        ("I-III", "I-IV", "класове: трябва да е preschool, I-III, IV-VI, VII-XI, XII"),
        ("I-III", "PRESCHOOL", "класове: трябва да е preschool, I-III, IV-VI, VII-XI, XII"),
        ("vacation", "holiday", "вид: трябва да е term или vacation"),
        ("2020-12-24", "24.12.2020", "първи ден: трябва да е като 2020-12-24"),
        ("2020-12-24", "20201224", "първи ден: трябва да е като 2020-12-24"),
        ("2020-12-24", "2020-11-31", "първи ден: няма такъв ден"),
        ("2021-01-03", "2020-12-23", "последен ден: преди първия"),
        ("2021-01-03", "2022-01-03", "последен ден: извън учебната 2020/2021 година"),
        ("2020-12-24", "2020-07-31", "първи ден: извън учебната 2020/2021 година"),
        ("коледна ваканция", "я" * 101, "име: над 100 знака"),
    ],
)
def test_each_form_has_its_fault(old, new, fault):
    (row,) = read(f"{HEADER}\n{GOOD.replace(old, new)}")
    assert (row.number, row.faults, row.line) == (2, (fault,), None)


def test_a_band_has_one_school_year_in_a_year():
    term = "2020,XII,term,2020-09-15,2021-05-14,"
    first, second, other_band = read(f"{HEADER}\n{term}\n{term}\n{term.replace('XII', 'VII-XI')}")
    assert first.line is not None
    assert second.faults == ("учебната година на тези класове се повтаря: валиден е ред 2",)
    assert other_band.line is not None


def test_without_its_header_no_line_is_trusted():
    assert "липсва: school_year, band, kind, first, last, name." in read(GOOD).fault
    assert list(read(GOOD)) == []
