"""portal.exchange.enrolments.read_enrolments"""

import io

import pytest
from hypothesis import given
from hypothesis import strategies as st

from portal.domain.identifiers import IdType
from portal.exchange.enrolments import HEADER, EnrolmentLine, read_enrolments
from portal.exchange.text import Encoding, TextLines
from tests.exchange.invented import DATA, codes, given_names, identifiers, names, wild_bytes

GOOD = "2200004|1043183143|0|Стефан   |Ганчев   |Цветанов |1 |4|1"


def read(content: str | bytes):
    return read_enrolments(io.BytesIO(content if isinstance(content, bytes) else content.encode("cp1251")))


def with_field(index: int, value: str):
    fields = GOOD.split("|")
    fields[index] = value
    (row,) = read_enrolments(io.BytesIO(f"{HEADER}\n{'|'.join(fields)}".encode()))
    return row


padding = st.integers(0, 30).map(lambda n: " " * n)


@given(
    codes, identifiers, given_names, names, names, st.integers(-999, 999), st.sampled_from([1, 3]),
    st.lists(padding, min_size=9, max_size=9),
)  # fmt: skip
def test_values_come_back_without_their_padding(
    code, identifier, given_name, middle, family, class_code, status, pads
):
    values = [
        code, identifier[1], identifier[0], given_name, middle, family, "1", str(class_code), str(status),
    ]  # fmt: skip
    (row,) = read(HEADER + "\r\n" + "|".join(value + pad for value, pad in zip(values, pads, strict=True)))
    assert row.faults == ()
    assert row.line == EnrolmentLine(
        code, IdType(int(identifier[0])), identifier[1].upper(),
        given_name.strip(" "), middle.strip(" "), family.strip(" "), "1", class_code, status,
    )  # fmt: skip


@given(wild_bytes)
def test_received_below_the_header_is_good_and_bad_to_the_line(content):
    whole = HEADER.encode() + b"\r\n" + content
    found = list(read(whole))
    assert len(found) == sum(1 for _ in TextLines(io.BytesIO(whole))) - 1
    assert all((row.line is None) == bool(row.faults) for row in found)


@given(wild_bytes)
def test_no_bytes_raise(content):
    enrolments = read(content)
    assert enrolments.fault is not None and list(enrolments) == []


def test_the_sample_is_good_throughout():
    with (DATA / "MONZP1220.txt").open("rb") as stream:
        enrolments = read_enrolments(stream)
        found = list(enrolments)
    assert (enrolments.encoding, enrolments.fault) == (Encoding.WINDOWS_1251, None)
    assert len(found) == 240
    assert [row.faults for row in found if row.faults] == []
    assert found[0].number == 2
    assert found[0].line == EnrolmentLine(
        "2200000", IdType.EGN, "1351210628", "Тодор", "Тодоров", "Маринов", "1", 1, 1
    )


def test_a_file_with_nothing_below_its_header_is_no_fault():
    assert list(read(HEADER)) == []
    assert read(HEADER).fault is None


def test_the_header_may_be_padded_and_spelled_in_any_case():
    padded = "|".join(f"{name.upper()}   " for name in HEADER.split("|"))
    (row,) = read(f"{padded}\r\n{GOOD}\r\n\x1a")
    assert row.line.given == "Стефан"


@pytest.mark.parametrize(
    ("content", "sentence"),
    [
        ("", "Файлът е празен."),
        ("\r\n\x1a", "Файлът е празен."),
        (GOOD, "Първият ред на файла трябва да е заглавието"),
        (HEADER + "|More", "Първият ред на файла трябва да е заглавието"),
        (HEADER.replace("|", ";"), "Разделителят между полетата е точка и запетая (;), а трябва да е"),
        (
            (DATA / "ASPCONF1220.txt").read_bytes(),
            "Това е списък от АСП (ASPCONF…), а тук се зарежда файл със записвания (MONZP…).",
        ),
        (b"\x98\n" + HEADER.encode(), "Първият ред на файла трябва да е заглавието"),
    ],
)
def test_without_its_header_no_line_is_trusted(content, sentence):
    enrolments = read(content)
    assert enrolments.fault.startswith(sentence)
    assert list(enrolments) == []


@pytest.mark.parametrize(
    ("index", "value", "fault"),
    [
        (0, "220004", "код на институцията: трябва да са точно 7 цифри"),
        (1, "", "идентификатор: липсва"),
        (1, "1043183144", "ЕГН: датата на раждане или контролната цифра не е вярна"),
        (2, "7", "вид на идентификатора: трябва да е 0, 1 или 2"),
        (3, "  ", "собствено име: липсва"),
        (4, "Я" * 26, "бащино име: над 25 знака"),
        (5, "Цвета\u202eнов", "фамилно име: има невидими или управляващи знаци"),
        (6, "12345", "форма на обучение: над 4 знака"),
        (7, "", "клас или група: трябва да е цяло число"),
        (7, "IV", "клас или група: трябва да е цяло число"),
        (7, "٤", "клас или група: трябва да е цяло число"),
        (7, "4.0", "клас или група: трябва да е цяло число"),
        (7, "1000", "клас или група: трябва да е цяло число"),
        (8, "2", "състояние: трябва да е 1 (записан) или 3 (отписан)"),
    ],
)
def test_each_form_has_its_fault(index, value, fault):
    row = with_field(index, value)
    assert row.faults == (fault,)
    assert row.line is None


def test_a_line_tells_all_its_faults():
    (row,) = read(f"{HEADER}\nx|y|9||||1|z|7")
    assert [fault.split(":")[0] for fault in row.faults] == [
        "код на институцията", "вид на идентификатора", "собствено име", "клас или група", "състояние",
    ]  # fmt: skip


@pytest.mark.parametrize("line", [GOOD + "|", GOOD.rsplit("|", 1)[0], "x"])
def test_a_wrong_number_of_fields_is_the_only_fault(line):
    (row,) = read(f"{HEADER}\n{line}")
    assert row.faults == (f"полетата са {line.count('|') + 1}, а трябва да са 9",)
