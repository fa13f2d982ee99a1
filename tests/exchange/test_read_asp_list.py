"""portal.exchange.asp_list.read_asp_list and write_rejects"""

import io
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from portal.domain.decisions import Reason
from portal.domain.identifiers import IdType
from portal.domain.month import Month
from portal.exchange.asp_list import (
    LIST_SIGNED,
    AspLine,
    other_month,
    read_asp_list,
    repeated,
    unknown_institution,
    write_rejects,
)
from portal.exchange.text import Encoding, TextLines
from tests.exchange.invented import DATA, GOOD, asp_fields, wild_bytes

LABELS = (
    "година", "месец", "код на институцията", "вид на идентификатора", "идентификатор",
    "собствено име", "бащино име", "фамилно име", "отсъствия", "основание", "дни",
)  # fmt: skip


def rows(content: bytes):
    return list(read_asp_list(io.BytesIO(content)))


def with_field(index: int, value: str, codec: str = "cp1251"):
    fields = GOOD.split("|")
    fields[index] = value
    (row,) = rows("|".join(fields).encode(codec))
    return row


def rejects(found):
    return b"".join(write_rejects((row.number, row.raw, row.faults) for row in found))


@given(st.lists(asp_fields(), max_size=8), st.sampled_from(["cp1251", "utf-8", "utf-8-sig", "utf-16"]))
def test_a_good_line_comes_back_byte_for_byte_but_for_the_letters_of_an_idn(written, codec):
    content = "\r\n".join("|".join(fields) for fields in written).encode(codec)
    for row, fields in zip(rows(content), written, strict=True):
        assert row.faults == ()
        line = row.line
        assert [
            f"{line.month.year:04d}", f"{line.month.number:02d}", line.institution, str(int(line.id_type)),
            line.id_number, line.given, line.middle, line.family, line.absences,
            str(int(line.reason)), line.days,
        ] == [*fields[:4], fields[4].upper(), *fields[5:]]  # fmt: skip
        assert row.raw == "|".join(fields).encode("cp1251")
        assert (row.month, row.institution, row.key) == (line.month, line.institution, line.key)


@given(wild_bytes)
def test_received_is_good_and_bad_to_the_line(content):
    reading = read_asp_list(io.BytesIO(content))
    found = list(reading)
    good = [row for row in found if row.line is not None]
    if reading.fault is not None:
        assert found == []
        return
    bad = [row for row in found if row.faults]
    assert len(good) + len(bad) == len(found) == sum(1 for _ in TextLines(io.BytesIO(content)))
    assert not {row.number for row in good} & {row.number for row in bad}


@given(st.lists(st.text(max_size=30), min_size=11, max_size=11), st.sampled_from(["cp1251", "utf-8"]))
def test_eleven_fields_of_anything_never_raise(fields, codec):
    for row in rows("|".join(fields).encode(codec, "ignore")):
        assert (row.line is None) == bool(row.faults)


@given(asp_fields(), st.sets(st.integers(0, 10), min_size=1))
def test_every_broken_field_has_its_fault(fields, broken):
    for index in broken:
        fields[index] = "\x07" * 30  # too long, not a digit, and invisible: wrong in every field
    (row,) = rows("|".join(fields).encode("cp1251"))
    assert row.line is None
    for index in broken:
        assert any(fault.startswith(LABELS[index] + ":") for fault in row.faults), LABELS[index]


@given(wild_bytes)
def test_the_rejects_hold_each_line_once_with_its_number_and_faults(content):
    bad = [row for row in rows(content) if row.faults]
    *written, rest = rejects(bad).split(b"\r\n")
    assert rest == b""
    assert b"\r" not in b"".join(written) and b"\n" not in b"".join(written)
    for line, row in zip(written, bad, strict=True):
        raw, number, faults = line.rsplit(b"|", 2)
        assert raw == row.raw
        assert int(number) == row.number
        assert faults.decode("cp1251") == "; ".join(row.faults)


def test_the_sample_is_good_throughout():
    with (DATA / "ASPCONF1220.txt").open("rb") as stream:
        read = read_asp_list(stream)
        found = list(read)
    assert read.encoding is Encoding.WINDOWS_1251
    assert len(found) == 240
    assert [row.faults for row in found if row.faults] == []
    assert {row.month for row in found} == {Month(2020, 12)}
    assert len({row.key for row in found}) == 240
    assert found[1].line == AspLine(
        Month(2020, 12), "2200004", IdType.EGN, "1043183143",
        "Стефан", "Ганчев", "Цветанов", "007.00", Reason.ABSENCE, "00",
    )  # fmt: skip


@pytest.mark.parametrize(
    ("codec", "end", "tail"),
    [
        ("cp1251", "\r", ""), ("cp1251", "\n", "\n"), ("cp1251", "\r\n", "\x1a"),
        ("utf-8", "\r\n", ""), ("utf-16", "\r\n", "\x1a"), ("utf-8-sig", "\r", "\r\x1a\r"),
    ],
)  # fmt: skip
def test_the_same_list_in_other_clothes_is_the_same_list(codec, end, tail):
    original = (DATA / "ASPCONF1220.txt").read_bytes().decode("cp1251")
    dressed = (end.join(original.split("\r\n")[:-1]) + tail).encode(codec)
    assert rows(dressed) == rows(original.encode("cp1251"))


def test_a_list_without_lines_has_no_rows():
    assert rows(b"") == rows(b"\r\n \r\n\x1a") == []


@pytest.mark.parametrize(
    ("reason", "figure"), [("0", Decimal("7.00")), ("1", None), ("2", Decimal(15))], ids=["0", "1", "2"]
)
def test_the_figure_is_the_one_that_the_reason_is_about(reason, figure):
    (row,) = rows(f"2020|12|2200004|0|1043183143|Стефан|||007.00|{reason}|15".encode("cp1251"))
    assert row.line.figure == figure


@pytest.mark.parametrize("count", [1, 10, 12, 13, 16])
def test_a_wrong_number_of_fields_is_the_only_fault(count):
    (row,) = rows(b"|".join([b"x"] * count))
    assert row.faults == (f"полетата са {count}, а трябва да са 11",)
    assert (row.month, row.institution, row.key) == (None, None, None)


@pytest.mark.parametrize(
    ("index", "value", "fault"),
    [
        (0, "20", "година: трябва да са точно 4 цифри"),
        (0, "1820", "година: трябва да е от 2000 до 2099"),
        (0, "-202", "година: трябва да са точно 4 цифри"),
        (1, "13", "месец: трябва да е от 01 до 12"),
        (1, "00", "месец: трябва да е от 01 до 12"),
        (1, "1", "месец: трябва да са точно 2 цифри"),
        (2, "220004", "код на институцията: трябва да са точно 7 цифри"),
        (2, " 220004", "код на институцията: трябва да са точно 7 цифри"),
        (3, "3", "вид на идентификатора: трябва да е 0, 1 или 2"),
        (3, "", "вид на идентификатора: трябва да е 0, 1 или 2"),
        (4, "", "идентификатор: липсва"),
        (4, "10431831430", "идентификатор: над 10 знака"),
        (4, "104318314", "ЕГН: трябва да са точно 10 цифри"),
        (4, "1043183144", "ЕГН: датата на раждане или контролната цифра не е вярна"),
        (4, "1013323140", "ЕГН: датата на раждане или контролната цифра не е вярна"),
        (4, "7000001233", "ЕГН: датата на раждане или контролната цифра не е вярна (прилича на ЛНЧ, вид 1)"),
        (5, "", "собствено име: липсва"),
        (5, "   ", "собствено име: липсва"),
        (5, "Я" * 26, "собствено име: над 25 знака"),
        (6, "Я" * 26, "бащино име: над 25 знака"),
        (7, "Цвета\x00нов", "фамилно име: има невидими или управляващи знаци"),
        (7, "Цвета\xadнов", "фамилно име: има невидими или управляващи знаци"),
        (8, "7.00", "отсъствия: трябва да са точно 6 знака като 007.00"),
        (8, "007,00", "отсъствия: трябва да са точно 6 знака като 007.00"),
        (8, "-07.00", "отсъствия: трябва да са точно 6 знака като 007.00"),
        (8, "0007.0", "отсъствия: трябва да са точно 6 знака като 007.00"),
        (8, "1e3.00", "отсъствия: трябва да са точно 6 знака като 007.00"),
        (9, "3", "основание: трябва да е 0, 1 или 2"),
        (9, "00", "основание: трябва да е 0, 1 или 2"),
        (10, "5", "дни: трябва да са точно 2 цифри"),
        (10, "-1", "дни: трябва да са точно 2 цифри"),
        (10, "005", "дни: трябва да са точно 2 цифри"),
        (10, "00 ", "дни: трябва да са точно 2 цифри"),
    ],
)
def test_each_form_has_its_fault(index, value, fault):
    row = with_field(index, value)
    assert row.faults == (fault,)
    assert row.line is None


@pytest.mark.parametrize(
    ("index", "value", "fault"),
    [
        (0, "٢٠٢٠", "година: трябва да са точно 4 цифри"),
        (2, "٢٢٠٠٠٠٤", "код на институцията: трябва да са точно 7 цифри"),
        (4, "١٠٤٣١٨٣١٤٣", "ЕГН: трябва да са точно 10 цифри"),
        (6, "Ган\u202eчев", "бащино име: има невидими или управляващи знаци"),
        (8, "٠٠٧.٠٠", "отсъствия: трябва да са точно 6 знака като 007.00"),
        (9, "²", "основание: трябва да е 0, 1 или 2"),
        (10, "²²", "дни: трябва да са точно 2 цифри"),
        (5, "Ștefan", "собствено име: има знаци, които ги няма в windows-1251 (U+0218)"),
    ],
)
def test_a_list_in_utf_8_can_bring_what_windows_1251_cannot(index, value, fault):
    assert fault in with_field(index, value, "utf-8").faults


def test_a_name_that_fits_with_its_spaces_is_kept_with_them():
    assert with_field(5, " Анна-Мария ").line.given == " Анна-Мария "
    assert with_field(5, "Я" * 25).line.given == "Я" * 25


def test_a_line_broken_in_one_place_still_says_what_it_can():
    row = with_field(8, "7")
    assert row.month == Month(2020, 12)
    assert row.institution == "2200004"
    assert row.key == (IdType.EGN, "1043183143", Reason.ABSENCE)


def test_an_invalid_identifier_is_nobody():
    row = with_field(4, "1043183144")
    assert (row.institution, row.key) == ("2200004", None)


def test_a_line_that_cannot_be_read_is_one_row_with_its_fault():
    content = GOOD.encode("cp1251")
    found = rows(content + b"\n" + content.replace(b"|0|00", b"|\x98|00") + b"\n" + b"x" * 10_000_000)
    assert [bool(row.faults) for row in found] == [False, True, True]
    assert "0x98" in found[1].faults[0]
    assert len(found[2].raw) == 4096


def test_the_rejects_of_a_list_in_utf_8_are_in_windows_1251():
    row = with_field(5, "Ștefan Йоан", "utf-8")
    assert rejects([row]).decode("cp1251") == (
        "2020|12|2200004|0|1043183143|?tefan Йоан|Ганчев|Цветанов|007.00|0|00|1|"
        "собствено име: има знаци, които ги няма в windows-1251 (U+0218)\r\n"
    )


def test_the_rejects_name_what_only_the_portal_knows():
    faults = (unknown_institution("9999999"), repeated(3), other_month(Month(2020, 12)), LIST_SIGNED)
    assert b"".join(write_rejects([(7, b"x|y", faults)])).decode("cp1251") == (
        "x|y|7|код на институцията: 9999999 не е в портала; "
        "детето и причината се повтарят: валиден е ред 3; "
        "месецът е друг: файлът е за декември 2020 г.; списъкът вече е подписан\r\n"
    )


@given(st.binary(max_size=50), st.lists(st.text(max_size=20), max_size=3))
def test_a_reject_is_one_physical_line_whatever_it_holds(raw, faults):
    (line,) = write_rejects([(1, raw, faults)])
    assert line.endswith(b"\r\n")
    assert b"\r" not in line[:-2] and b"\n" not in line[:-2]
    assert line[:-2].rsplit(b"|", 2)[1] == b"1"
