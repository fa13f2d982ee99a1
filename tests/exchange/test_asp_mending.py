"""asp_mending: which parts of a rejected line can be mended, and the line with others in them."""

import io

import pytest
from hypothesis import given
from hypothesis import strategies as st

from portal.domain.identifiers import IdType
from portal.exchange.asp_list import LIST_SIGNED, other_month, read_again, read_asp_list, repeated
from portal.exchange.asp_mending import PARTS, WHOLE, Rejected, parts_of, split
from portal.exchange.text import is_cut, is_unreadable
from tests.cast import MONTH
from tests.exchange.invented import GOOD, wild_bytes


def rejected(line: str | bytes, codec: str = "cp1251") -> Rejected:
    """As the one line of a file is kept."""
    content = line if isinstance(line, bytes) else line.encode(codec)
    reading = read_asp_list(io.BytesIO(content))
    (row,) = reading
    return Rejected(row.number, row.raw, row.faults, reading.encoding.label)


def with_part(part: str, value: str) -> str:
    fields = GOOD.split("|")
    fields[PARTS.index(part)] = value
    return "|".join(fields)


@pytest.mark.parametrize(
    ("part", "value", "mendable"),
    [
        ("year", "20", ("year",)),
        ("month", "13", ("month",)),
        ("institution", "12", ("institution",)),
        ("id_type", "7", ("id_type", "id_number")),
        ("id_number", "1043183144", ("id_type", "id_number")),
        ("id_number", "", ("id_type", "id_number")),
        ("given", "", ("given",)),
        ("family", "Ц" * 26, ("family",)),
        ("absences", "7.5", ("absences",)),
        ("reason", "3", ("reason",)),
        ("days", "1", ("days",)),
    ],
)
def test_only_what_is_at_fault_can_be_mended(part, value, mendable):
    line = rejected(with_part(part, value))

    assert line.mendable == mendable
    changed = line.mended(dict.fromkeys(PARTS, "x"))
    assert [one for one, old, new in zip(PARTS, line.text.split("|"), changed.split("|"), strict=True) if
            old != new] == list(mendable)  # fmt: skip


def test_a_line_that_does_not_come_apart_is_mended_as_a_whole():
    line = rejected(GOOD.replace("|", ";", 1))

    assert line.mendable == (WHOLE,)
    assert read_again(1, line.mended({WHOLE: GOOD})).line is not None


def test_what_cannot_be_read_is_never_taken_for_text():
    unreadable = rejected(GOOD.encode("cp1251") + b"\r\n".replace(b"\r\n", b"\x98"))

    assert unreadable.mendable == (WHOLE,)
    assert read_again(1, unreadable.mended({})).line is None


def test_a_broken_line_of_a_list_in_utf_8_is_no_line_of_windows_1251():
    good = GOOD.encode()
    content = (good + b"\r\n") * 2 + good[:-8] + b"\xd0\r\n"
    *_, row = read_asp_list(io.BytesIO(content))
    line = Rejected(row.number, row.raw, row.faults, "UTF-8")

    assert any(map(is_unreadable, line.faults))
    assert line.mendable == (WHOLE,)
    assert "Стефан" in line.text


def test_letters_that_were_lost_are_known():
    line = rejected("\n".join([GOOD, with_part("given", "Ștefan")]).split("\n")[1], "utf-8")

    assert "?" in line.values["given"]
    assert line.lost == ("given",)
    assert rejected(with_part("given", "")).lost == ()


def test_a_line_that_was_cut_cannot_be_mended():
    assert not rejected(GOOD + "x" * 5000).is_whole
    assert rejected("x").is_whole


def test_what_is_wrong_with_the_list_is_about_no_part():
    assert parts_of(LIST_SIGNED) == ()
    assert parts_of(repeated(3)) == ("id_number", "id_type", "reason")
    assert parts_of(other_month(MONTH)) == ("month", "year")


@given(st.one_of(wild_bytes, st.binary(max_size=120)))
def test_every_fault_of_a_line_is_about_a_part_of_it_or_it_cannot_be_read(content):
    for row in read_asp_list(io.BytesIO(content)):
        assert split("; ".join(row.faults)) == row.faults
        for fault in row.faults:
            assert parts_of(fault) or is_unreadable(fault) or is_cut(fault)


@given(st.sampled_from(PARTS), st.sampled_from(list(IdType)))
def test_a_good_line_mended_with_what_stands_in_it_is_the_same(part, kind):
    line = rejected(with_part("id_type", str(int(kind))))

    assert line.mended(line.values) == line.text
    assert line.mended({part: line.values[part]}) == line.text
