"""portal.exchange.holidays_override.read_holidays_override"""

import io
from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from portal.domain.calendar import DayKind, DayOverride
from portal.exchange.holidays_override import read_holidays_override
from tests.exchange.invented import wild_bytes

HEADER = "date,kind,name"


def read(content: str | bytes):
    return read_holidays_override(io.BytesIO(content if isinstance(content, bytes) else content.encode()))


@given(
    st.lists(
        st.builds(
            DayOverride,
            st.dates(date(2000, 1, 1)),
            st.sampled_from(DayKind),
            st.sampled_from(["", "РМС № 1"]),
        ),
        max_size=6,
        unique_by=lambda override: override.day,
    )
)
def test_what_is_written_is_read_back(written):
    lines = [f"{o.day},{o.kind.value},{o.name}" for o in written]
    assert [row.line for row in read("\n".join([HEADER, *lines]))] == written


@given(wild_bytes, st.booleans())
def test_no_bytes_raise(content, headed):
    for row in read(f"{HEADER}\n".encode() * headed + content):
        assert (row.line is None) == bool(row.faults)


@pytest.mark.parametrize(
    ("line", "fault"),
    [
        ("2021-13-01,holiday,", "ден: няма такъв ден"),
        ("1.3.2021,holiday,", "ден: трябва да е като 2020-12-24"),
        ("2021-03-01,free,", "вид: трябва да е holiday или workday"),
        ("2021-03-01,holiday", "полетата са 2, а трябва да са 3"),
        ("2021-03-01,holiday," + "я" * 101, "име: над 100 знака"),
    ],
)
def test_each_form_has_its_fault(line, fault):
    (row,) = read(f"{HEADER}\n{line}")
    assert (row.number, row.faults, row.line) == (2, (fault,), None)


def test_a_day_cannot_be_free_and_working():
    first, second = read(f"{HEADER}\n2021-03-01,holiday,\n2021-03-01,workday,")
    assert first.line == DayOverride(date(2021, 3, 1), DayKind.HOLIDAY)
    assert second.faults == ("денят се повтаря: валиден е ред 2",)


def test_without_its_header_no_line_is_trusted():
    assert "липсва: date, kind, name." in read("2021-03-01,holiday,").fault
