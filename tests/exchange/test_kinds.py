"""portal.exchange.kinds.wrong_kind: what a file is instead of what is loaded."""

import io
import tracemalloc
import zipfile
from pathlib import Path

import pytest
from hypothesis import example, given
from hypothesis import strategies as st
from openpyxl import Workbook

from portal.domain.decisions import Reason
from portal.domain.identifiers import IdType
from portal.domain.month import Month
from portal.exchange.answer import AnswerRow, write_answer
from portal.exchange.asp_list import read_asp_list, write_rejects
from portal.exchange.calendar_file import read_calendar
from portal.exchange.enrolments import HEADER, read_enrolments
from portal.exchange.holidays_override import read_holidays_override
from portal.exchange.institutions import read_institutions
from portal.exchange.text import Encoding
from tests.exchange.invented import DATA, GOOD, wild_bytes

READERS = {
    "списък от АСП (ASPCONF…)": read_asp_list,
    "файл със записвания (MONZP…)": read_enrolments,
    "таблица с институции": read_institutions,
    "учебен календар": read_calendar,
    "таблица с дни по решение": read_holidays_override,
}
ROW = AnswerRow(
    Month(2020, 12), "2200004", IdType.EGN, "1043183143", "Стефан", "Ганчев", "Цветанов", "007.00", "00",
    Reason.ABSENCE,
)  # fmt: skip
ANSWER = b"".join(write_answer([ROW]))


def workbook() -> bytes:
    out = io.BytesIO()
    book = Workbook()
    book.active.append(GOOD.split("|"))
    book.save(out)
    return out.getvalue()


def archive(name: str, content: bytes = b"") -> bytes:
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w") as packed:
        packed.writestr(name, content)
    return out.getvalue()


def sample(name: str) -> bytes:
    return (DATA / name).read_bytes()


FILES = {
    "списък от АСП (ASPCONF…)": sample("ASPCONF1220.txt"),
    "файл със записвания (MONZP…)": sample("MONZP1220.txt"),
    "таблица с институции": sample("excel-sep.csv"),
    "учебен календар": sample("calendar.csv"),
    "таблица с дни по решение": b"date,kind,name\n2020-12-11,holiday,x\n",
    "файл с отсъствия от дневник": sample("diary-2200000.txt"),
    "отговор до АСП (MONCONF…)": ANSWER,
    "файл с отхвърлените редове за АСП": b"".join(write_rejects([(7, GOOD.encode("cp1251"), ["x"])])),
    "файл на Excel (.xlsx)": workbook(),
    "файл на LibreOffice Calc (.ods)": archive("mimetype", b"application/vnd.oasis.opendocument.spreadsheet"),
    "документ на Word (.docx)": archive("word/document.xml"),
    "архив (.zip)": archive("ASPCONF1220.txt", sample("ASPCONF1220.txt")),
    "стар файл на Excel (.xls) или Word (.doc)": bytes.fromhex("d0cf11e0a1b11ae1") + b"\0" * 600,
    "документ PDF": b"%PDF-1.7\n%\xe2\xe3\xcf\xd3\n",
    "документ на Word (.rtf)": rb"{\rtf1\ansi",
    "архив (.rar)": b"Rar!\x1a\x07\x01\0",
    "архив (.7z)": b"7z\xbc\xaf\x27\x1c\0\x04",
    "архив (.gz)": b"\x1f\x8b\x08\0\0",
    "изображение": b"\x89PNG\r\n\x1a\n\0\0\0\rIHDR",
    "уеб страница (HTML)": "\r\n <!DOCTYPE html>\n<HTML lang=bg><title>Вход".encode(),
    "файл XML": b'<?xml version="1.0"?>\n<list/>',
    "файл в UTF-16 без знака, по който се познава (BOM)": sample("ASPCONF1220.txt")
    .decode("cp1251")
    .encode("utf-16-le"),
    "двоичен файл, не текст": bytes(range(256)) * 40,
}


@pytest.mark.parametrize("what", FILES)
@pytest.mark.parametrize("wanted", READERS)
def test_each_file_in_the_place_of_another_is_one_sentence(wanted, what):
    reading = READERS[wanted](io.BytesIO(FILES[what]))

    if what == wanted:
        assert reading.fault is None
        assert list(reading) != []
    else:
        assert reading.fault.startswith(f"Това е {what}, а тук се зарежда {wanted}. ")
        assert list(reading) == []


@pytest.mark.parametrize(
    ("wanted", "advice"),
    [
        ("списък от АСП (ASPCONF…)", "изберете текстовия файл, както е получен."),
        ("файл със записвания (MONZP…)", "изберете текстовия файл, както е получен."),
        ("таблица с институции", "В Excel го запишете като „CSV UTF-8“ и изберете новия файл."),
        ("учебен календар", "В Excel го запишете като „CSV UTF-8“ и изберете новия файл."),
    ],
)
def test_a_workbook_comes_with_what_to_do_instead(wanted, advice):
    assert READERS[wanted](io.BytesIO(workbook())).fault.endswith(advice)


@pytest.mark.parametrize(
    ("read", "name", "separator", "called"),
    [
        (read_asp_list, "ASPCONF1220.txt", ";", "точка и запетая (;)"),
        (read_asp_list, "ASPCONF1220.txt", "\t", "табулация"),
        (read_asp_list, "ASPCONF1220.txt", ",", "запетая (,)"),
        (read_enrolments, "MONZP1220.txt", ";", "точка и запетая (;)"),
        (read_enrolments, "MONZP1220.txt", "\t", "табулация"),
    ],
)
def test_another_separator_is_named(read, name, separator, called):
    reading = read(io.BytesIO(sample(name).replace(b"|", separator.encode())))

    assert reading.fault == (
        f"Разделителят между полетата е {called}, а трябва да е отвесна черта (|). "
        "Excel променя кодовете и числата: изберете текстовия файл, както е получен."
    )


def test_a_table_with_bars_is_told_what_may_stand_there():
    reading = read_institutions(io.BytesIO(sample("institutions.csv").replace(b",", b"|")))

    assert reading.fault.startswith(
        "Разделителят между полетата е отвесна черта (|), а трябва да е запетая (,) или точка"
    )


def test_the_semicolons_of_a_real_case_are_named():
    reading = read_asp_list(io.BytesIO(sample("semicolons-ASPCONF1220.txt")))

    assert reading.fault.startswith("Разделителят между полетата е точка и запетая (;)")


def test_a_list_in_utf_16_is_read_and_said():
    reading = read_asp_list(io.BytesIO(sample("utf16-ASPCONF1220.txt")))
    (row,) = reading

    assert (reading.encoding, reading.fault, row.faults) == (Encoding.UTF_16, None, ())
    assert row.line.given == "Зоя"
    assert row.raw.decode("cp1251").startswith("2020|12|2200001|0|1249051305|Зоя|")


@pytest.mark.parametrize(
    "content",
    [
        "боклук".encode("cp1251"),
        b"x|y",
        b"2020|12|2200004",
        GOOD.encode("cp1251") + b"\n" + HEADER.encode() + b"\n2200004|1043183143|0|x|||1|4|1",
        b"\n".join([b"a;b;c", GOOD.replace("Ганчев", "Ган\x00чев").encode("cp1251")]),
    ],
)
def test_what_nobody_knows_and_a_list_with_other_lines_are_read_line_by_line(content):
    reading = read_asp_list(io.BytesIO(content))

    assert reading.fault is None
    assert any(row.faults for row in reading)


@given(
    st.one_of(st.binary(max_size=300), wild_bytes, st.text(max_size=200).map(lambda t: t.encode("utf-16"))),
    st.sampled_from(
        [b"", b"\xff\xfe", b"\xfe\xff", b"PK\x03\x04", b"sep=;\n", b"<", HEADER.encode() + b"\n"]
    ),
)
@example(b"\x00", b"\xff\xfe")
@example(b"\x00\xd8", b"\xff\xfe")
def test_no_bytes_raise_in_any_reader(content, start):
    for read in READERS.values():
        reading = read(io.BytesIO(start + content))
        rows = list(reading)
        assert reading.fault is None or (reading.fault.endswith((".", ")")) and rows == [])
        assert all((row.line is None) == bool(row.faults) for row in rows)


@pytest.mark.parametrize("name", [path.name for path in sorted(DATA.iterdir()) if path.is_file()])
def test_every_sample_is_at_home_in_one_place_at_most(name):
    faults = [read(io.BytesIO(sample(name))).fault for read in READERS.values()]

    assert faults.count(None) == (0 if Path(name).name.startswith(("diary", "semicolons")) else 1)


@pytest.mark.parametrize(
    ("start", "megabytes"),
    [(b"", 100), (b"\xff\xfe", 10), (b"PK\x03\x04", 10)],
    ids=["text", "UTF-16", "zip"],
)
@pytest.mark.parametrize("read", [read_asp_list, read_institutions])
def test_a_file_of_one_line_is_told_in_flat_memory(read, start, megabytes, tmp_path):
    path = tmp_path / "line"
    with path.open("wb") as stream:
        stream.write(start)
        stream.writelines([b"2;" * (512 * 1024)] * megabytes)
    with path.open("rb") as stream:
        tracemalloc.start()
        try:
            reading = read(stream)
            assert sum(1 for _ in reading) <= 1
            peak = tracemalloc.get_traced_memory()[1]
        finally:
            tracemalloc.stop()
    assert peak < 3_000_000
