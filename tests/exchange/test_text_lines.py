"""portal.exchange.text.TextLines"""

import io
import tracemalloc
import unicodedata

import pytest
from hypothesis import assume, given
from hypothesis import strategies as st

from portal.exchange.text import MAX_LINE, Encoding, TextLines
from tests.exchange.invented import DATA, wild_bytes


def lines(content: bytes):
    return list(TextLines(io.BytesIO(content)))


def texts(content: bytes):
    return [line.text for line in lines(content)]


def encoding(content: bytes):
    return TextLines(io.BytesIO(content)).encoding


@given(
    st.lists(st.text("абвxyz|…  ", min_size=1).filter(lambda t: t.strip(" ")), max_size=20),
    st.lists(st.sampled_from([b"\r", b"\n", b"\r\n"]), min_size=20, max_size=20),
)
def test_any_mixture_of_line_ends_gives_the_same_lines(written, ends):
    content = b"".join(t.encode("cp1251") + e for t, e in zip(written, ends, strict=False))
    assert texts(content) == written


@given(wild_bytes)
def test_no_bytes_raise_and_no_byte_of_a_line_is_lost(content):
    assume(not content.startswith((b"\xff\xfe", b"\xfe\xff")))  # UTF-16
    found = lines(content)
    body = content.removeprefix(b"\xef\xbb\xbf").rstrip(b"\x1a")
    physical = body.replace(b"\r\n", b"\n").replace(b"\r", b"\n").split(b"\n")
    received = [line for line in physical if line.strip(b" \t\x0b\x0c\x1a")]

    assert [line.raw for line in found] == received
    assert all(physical[line.number - 1] == line.raw for line in found)
    assert all((line.text is None) == bool(line.fault) for line in found)


@given(st.text("абвxyz|…𝄞\r\n ", max_size=40), st.sampled_from(["utf-16-le", "utf-16-be"]))
def test_utf_16_of_either_order_is_the_same_text_as_utf_8(text, codec):
    marked = ("\ufeff" + text).encode(codec)
    assert lines(marked) == lines(("\ufeff" + text).encode())


@pytest.mark.parametrize("tail", [b"", b"\x1a", "\x1a".encode("utf-16-le"), "\r\n\x1a".encode("utf-16-le")])
def test_the_mark_of_the_end_of_utf_16_is_no_line(tail):
    assert texts("a|Ян".encode("utf-16") + tail) == ["a|Ян"]


@pytest.mark.parametrize("damage", [b"\x00\xd8", b"\x00\xdc", b"\x00\xd8\x30\x00"])
def test_half_a_pair_of_utf_16_costs_its_own_line(damage):
    end = "\r\n".encode("utf-16-le")
    found = lines("Ян".encode("utf-16") + end + damage + end + "Ая".encode("utf-16-le"))
    assert [line.text for line in found] == ["Ян", None, "Ая"]
    assert found[1].fault.startswith("редът не може да се прочете като UTF-16")


@pytest.mark.parametrize("cut", [b"\x32", b"\x00\xd8", b"\x00\xd8\x01"])
def test_a_letter_that_is_cut_off_costs_the_last_line(cut):
    found = lines("Ян\r\n2020".encode("utf-16") + cut)
    assert [line.text for line in found] == ["Ян", None]


@given(wild_bytes, st.integers(1, 7))
def test_where_the_reads_fall_changes_nothing(content, size):
    class Dripping(io.BytesIO):
        def read(self, wanted=-1):
            return super().read(min(wanted, size) if wanted != 3 else wanted)

    assert list(TextLines(Dripping(content))) == lines(content)


def test_reads_twice_the_same():
    read = TextLines(io.BytesIO(b"a\r\nb"))
    assert list(read) == list(read) != []


@pytest.mark.parametrize("end", ["\r", "\n", "\r\n"])
def test_numbers_are_those_of_an_editor_though_blank_lines_are_left_out(end):
    content = end.join(["едно", "", "  \t", "четири", "\x1a", "шест", ""]).encode("cp1251")
    assert [(line.number, line.text) for line in lines(content)] == [(1, "едно"), (4, "четири"), (6, "шест")]


@pytest.mark.parametrize("tail", [b"\x1a", b"\r\n\x1a", b"\r\n\x1a\r\n", b"\x1a\x1a", b"\r\n \x1a"])
def test_the_mark_of_the_end_is_no_line_and_no_part_of_one(tail):
    assert texts(b"a|b" + tail) == ["a|b"]


@pytest.mark.parametrize("content", [b"", b"\r\n\r\n", b"\x1a", b"\xef\xbb\xbf", b"\xef\xbb\xbf\r\n\x1a"])
def test_an_empty_file_has_no_lines(content):
    assert lines(content) == []


@pytest.mark.parametrize("letter", ["\u0085", "\u2028", "\u2029", "\x0b", "\x0c", "\x1c", "\x1d", "\x1e"])
def test_what_only_python_takes_for_a_line_end_is_none(letter):
    content = f"ред {letter} същият".encode()
    assert texts(content) == [f"ред {letter} същият"]


def test_the_ellipsis_of_windows_1251_is_no_line_end():
    assert texts("Ан…а\n".encode("cp1251")) == ["Ан…а"]


@pytest.mark.parametrize(
    ("content", "expected", "label"),
    [
        ("Тодор".encode("cp1251"), Encoding.WINDOWS_1251, "windows-1251"),
        (b"2020|12", Encoding.WINDOWS_1251, "windows-1251"),
        (b"", Encoding.WINDOWS_1251, "windows-1251"),
        ("Тодор".encode(), Encoding.UTF_8, "UTF-8"),
        ("Тодор".encode("utf-8-sig"), Encoding.UTF_8_BOM, "UTF-8 с BOM"),
        (b"\xef\xbb\xbf2020", Encoding.UTF_8_BOM, "UTF-8 с BOM"),
        ("Тодор".encode("utf-16"), Encoding.UTF_16, "UTF-16"),
        (b"\xfe\xff" + "Тодор".encode("utf-16-be"), Encoding.UTF_16, "UTF-16"),
    ],
)
def test_says_which_encoding_was_read(content, expected, label):
    assert encoding(content) is expected
    assert expected.label == label


def test_the_encoding_shows_only_at_the_end_of_a_long_file():
    ascii_lines = b"2020|12\r\n" * 50_000
    assert encoding(ascii_lines + "Ян".encode()) is Encoding.UTF_8
    assert encoding(ascii_lines + "Ян".encode("cp1251")) is Encoding.WINDOWS_1251


def test_one_damaged_line_does_not_spoil_the_names_of_the_others():
    content = "Стефан\n".encode() * 3 + b"\xd1\n" + "Петя\n".encode()
    assert texts(content) == ["Стефан", "Стефан", "Стефан", None, "Петя"]
    assert lines(content)[3].fault == "редът не може да се прочете като UTF-8: байт 0xD1"


def test_the_byte_that_windows_1251_does_not_know_costs_its_own_line_only():
    good, bad, after = lines("Стефан\nПет".encode("cp1251") + b"\x98\n" + "Йоана".encode("cp1251"))
    assert (good.text, bad.text, after.text) == ("Стефан", None, "Йоана")
    assert "0x98" in bad.fault
    assert bad.windows_1251 == bad.raw == "Пет".encode("cp1251") + b"\x98"


def test_letters_in_two_parts_become_one():
    decomposed = unicodedata.normalize("NFD", "Йоанна Ёлкина")
    (line,) = lines(decomposed.encode())
    assert line.text == "Йоанна Ёлкина"
    assert line.raw == decomposed.encode()
    assert line.windows_1251 == "Йоанна Ёлкина".encode("cp1251")


def test_a_line_of_the_longest_length_is_read_and_one_byte_more_is_a_fault():
    longest, over = lines(b"a" * MAX_LINE + b"\n" + b"b" * (MAX_LINE + 1))
    assert longest.text == "a" * MAX_LINE
    assert over.text is None
    assert over.raw == b"b" * MAX_LINE
    assert str(MAX_LINE) in over.fault


def test_a_long_line_that_is_cut_inside_a_letter_still_votes_for_utf_8():
    content = ("x" + "я" * MAX_LINE).encode() + b"\n" + "Петя\n".encode()
    assert encoding(content) is Encoding.UTF_8


@pytest.mark.parametrize(
    "content",
    [
        b"x" * 10_000_000,
        "я".encode() * 5_000_000,
        b"\r\n" * 200_000,
        b"a|b\r" * 100_000,
        "Ян\r\n".encode("utf-16") * 300_000,
    ],
    ids=["one line", "one line of letters", "blank lines", "short lines", "UTF-16"],
)
def test_memory_stays_flat(content):
    stream = io.BytesIO(content)
    stream.read(1)
    tracemalloc.start()
    try:
        for _line in TextLines(stream):
            pass
        peak = tracemalloc.get_traced_memory()[1]
    finally:
        tracemalloc.stop()
    assert peak < 3_000_000


def test_the_samples_are_read_to_the_line():
    with (DATA / "ASPCONF1220.txt").open("rb") as stream:
        read = TextLines(stream)
        assert (read.encoding, sum(1 for _ in read)) == (Encoding.WINDOWS_1251, 240)
