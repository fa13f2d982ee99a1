"""portal.exchange.institutions.read_institutions, and what all CSV files have in common"""

import csv
import io

import pytest
from hypothesis import given
from hypothesis import strategies as st

from portal.domain.placement import InstitutionType
from portal.exchange.institutions import InstitutionLine, is_email, read_institutions
from portal.exchange.text import Encoding
from tests.exchange.invented import DATA, codes, wild_bytes

HEADER = "code,name,type,region_code,region,email,phone"
GOOD = "2200001,ДГ № 13 „Детелина“,kindergarten,22,София-град,dg13@example.org,02 900 0001"


def read(content: str | bytes):
    return read_institutions(io.BytesIO(content if isinstance(content, bytes) else content.encode()))


AS_NUMBER = "код на институцията: Excel го е записал като число, а трябва да са точно 7 цифри"
words = st.text("абвг АБ,\"'„“№1;", max_size=30).map(str.strip)


@st.composite
def institution_lines(draw) -> InstitutionLine:
    return InstitutionLine(
        draw(codes), draw(words.filter(bool)), draw(st.sampled_from(InstitutionType)),
        draw(st.integers(1, 28)), draw(words.filter(bool)), draw(st.sampled_from(["", "dg@example.org"])),
        draw(words), draw(words),
    )  # fmt: skip


@given(
    st.lists(institution_lines(), max_size=5, unique_by=lambda line: line.code),
    st.permutations([*HEADER.split(","), "municipality"]),
    st.sampled_from(",;"),
    st.sampled_from(["utf-8", "utf-8-sig", "cp1251"]),
)
def test_columns_in_any_order_come_back(lines, columns, delimiter, encoding):
    out = io.StringIO()
    table = csv.writer(out, delimiter=delimiter)
    table.writerow(columns)
    for line in lines:
        values = {**vars(line), "type": line.type.value}
        table.writerow([values[column] for column in columns])
    assert [row.line for row in read(out.getvalue().encode(encoding))] == lines


@given(wild_bytes, st.booleans())
def test_no_bytes_raise(content, headed):
    for row in read(f"{HEADER}\n".encode() * headed + content):
        assert (row.line is None) == bool(row.faults)


@given(st.lists(st.text(max_size=20), min_size=7, max_size=7))
def test_seven_values_of_anything_never_raise(values):
    for row in read(f"{HEADER}\n{','.join(values)}"):
        assert (row.line is None) == bool(row.faults)


def test_the_sample_is_good_throughout():
    with (DATA / "institutions.csv").open("rb") as stream:
        institutions = read_institutions(stream)
        found = list(institutions)
    assert (institutions.encoding, institutions.fault) == (Encoding.UTF_8, None)
    assert len(found) == 8
    assert [row.faults for row in found if row.faults] == []
    assert found[1].line == InstitutionLine(
        "2200001", "ДГ № 13 „Детелина“", InstitutionType.KINDERGARTEN, 22, "София-град",
        "dir2200001@example.org", "02 900 0001", "",
    )  # fmt: skip


def test_a_municipality_is_read_when_it_is_there():
    (row,) = read(f"{HEADER},municipality\n{GOOD},Триадица")
    assert row.line.municipality == "Триадица"


@pytest.mark.parametrize("name", ["excel-sep.csv", "excel-trailing.csv"])
def test_reads_what_excel_saves(name):
    (row,) = read((DATA / name).read_bytes())
    assert row.faults == ()
    assert (row.line.code, row.line.name, row.line.phone) == ("0100004", "ОУ „Малко“", "073 1")


@pytest.mark.parametrize("codec", ["utf-16", "utf-8-sig", "cp1251"])
@pytest.mark.parametrize("delimiter", ["\t", ";", ","])
def test_empty_columns_and_rows_behind_the_last_are_nothing(codec, delimiter):
    empty = delimiter * 9
    lines = [f"{HEADER},,,", f"{GOOD},,,", ",,,,,,,,,", f"{GOOD.replace('2200001', '0100004')},,,"]
    text = "\r\n".join(["sep=" + delimiter, *(line.replace(",", delimiter) for line in lines), empty])
    institutions = read(text.encode(codec))
    assert [(row.number, row.line.code) for row in institutions] == [(3, "2200001"), (5, "0100004")]
    assert institutions.encoding.label.startswith(("UTF-16", "UTF-8 с BOM", "windows-1251"))


def test_what_stands_behind_the_last_column_is_a_fault():
    (row,) = read(f"{HEADER};;\n{GOOD};;x".replace(",", ";"))
    assert row.faults == ("полетата са 9, а трябва да са 7",)


def test_a_column_that_nobody_asked_for_is_left_alone():
    (row,) = read(f"{HEADER},website\n{GOOD},https://example.org")
    assert row.faults == ()


def test_says_that_windows_1251_was_read():
    institutions = read(f"{HEADER}\n{GOOD}".encode("cp1251"))
    assert institutions.encoding.label == "windows-1251"
    assert [row.line.region for row in institutions] == ["София-град"]


@pytest.mark.parametrize(
    ("content", "sentence"),
    [
        ("", "Файлът е празен. Изберете друг файл."),
        (b"\xef\xbb\xbf\r\n", "Файлът е празен. Изберете друг файл."),
        (GOOD, "В заглавния ред липсва: code, name, type, region_code, region, email, phone."),
        (HEADER.replace(",email", ""), "В заглавния ред липсва: email."),
        (HEADER + ",phone", "В заглавния ред има повторена колона. Оставете всяка колона по веднъж."),
        ('"' + HEADER, "В заглавния ред липсва: code"),
        (b"\x98", "В заглавния ред липсва: code"),
    ],
)
def test_without_a_good_header_no_line_is_trusted(content, sentence):
    institutions = read(content)
    assert institutions.fault.startswith(sentence)
    assert list(institutions) == []


@pytest.mark.parametrize(
    ("old", "new", "fault"),
    [
        ("2200001", "22001", "код на институцията: трябва да са точно 7 цифри"),
        ("2200001", "100004", "код на институцията: с една цифра по-малко, Excel е махнал нулата отпред"),
        ("2200001", "1.00E+05", AS_NUMBER),
        ("2200001", '"1,0E+06"', AS_NUMBER),
        ("2200001", "100004.0", AS_NUMBER),
        ("ДГ № 13 „Детелина“", " ", "име: липсва"),
        ("ДГ № 13 „Детелина“", "Я" * 201, "име: над 200 знака"),
        ("ДГ № 13", "ДГ\x07 13", "име: има невидими или управляващи знаци"),
        ("kindergarten", "ДГ", "вид: трябва да е school или kindergarten"),
        (",22,", ",0,", "код на областта: трябва да е от 1 до 28"),
        (",22,", ",29,", "код на областта: трябва да е от 1 до 28"),
        (",22,", ",٢٢,", "код на областта: трябва да е от 1 до 28"),
        ("София-град", "", "област: липсва"),
        ("dg13@example.org", "dg13", "е-поща: трябва да е един адрес като direktor@example.org"),
        ("02 900 0001", "0" * 41, "телефон: над 40 знака"),
        ("02 900 0001", "02,900", "полетата са 8, а трябва да са 7"),
        ("02 900 0001", '"02 900', "кавичките не са затворени или са на грешно място"),
    ],
)
def test_each_form_has_its_fault_and_its_line_number(old, new, fault):
    good, bad = read(f"{HEADER}\n\n{GOOD.replace('2200001', '2200002')}\n{GOOD.replace(old, new)}")
    assert (good.number, good.faults) == (3, ())
    assert (bad.number, bad.faults, bad.line) == (4, (fault,), None)


def test_a_line_tells_all_its_faults():
    (row,) = read(f"{HEADER}\nx,,y,z,,w,")
    assert [fault.split(":")[0] for fault in row.faults] == [
        "код на институцията", "име", "вид", "код на областта", "област", "е-поща",
    ]  # fmt: skip


def test_a_code_that_repeats_names_the_line_that_stands():
    first, second = read(f"{HEADER}\n{GOOD}\n{GOOD}")
    assert first.line is not None
    assert second.faults == ("кодът се повтаря: валиден е ред 2",)


@pytest.mark.parametrize("address", ["a@b.bg", "info-2200001@edu.mon.bg", "d.o'neil+x@sub.example.org"])
def test_an_address_of_a_school_is_one(address):
    assert is_email(address)


@pytest.mark.parametrize(
    "address",
    [
        "", "a", "a@b", "@b.bg", "a@.bg", "a@b..bg", "a b@c.bg", "a@b.bg, c@d.bg", "Анна <a@b.bg>",
        "a@b.bg\n", "а@b.bg", "a@b.bg;c@d.bg", ".a@b.bg", "a..b@c.bg", "a@-b.bg", "a@" + "b" * 250 + ".bg",
    ],
)  # fmt: skip
def test_what_a_mail_server_would_not_take_is_no_address(address):
    assert not is_email(address)
