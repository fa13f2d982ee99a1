"""What is said of each kind of broken diary file: the exact sentence, and nothing stored."""

import gzip
import io
from collections.abc import Callable
from decimal import Decimal
from zipfile import ZipFile

import pytest

from portal.actions.diary.reading import LARGEST, TOO_LARGE
from portal.domain.month import Month
from portal.storage.diary.tables import Diary
from portal.web.diary.views import LARGEST_REQUEST, UNCHOSEN
from tests.cast import EGNS, MONTH, OTHER_SCHOOL, SCHOOL, add_record
from tests.diaries import ADDRESS, WARNING, bring, diary, line
from tests.sheets import saved, taken

ANOTHER = "Изберете друг файл."
HERE = "а тук се зарежда файл с отсъствия от дневник."
EXCEL = "Excel променя кодовете и числата: изберете текстовия файл, както е получен."
UNPACK = "Извадете файла от архива и изберете него."
LOGIN = "Изтеглете файла отново: вместо него навярно е запазена страницата за вход."
NOTHING_IN = "Във файла няма нито един ред с данни. Изберете друг файл."
UNREADABLE = "Нито един ред на вашата институция не може да се прочете."
FEW_FIELDS = f"{UNREADABLE} Ред 1: полетата са 15, а трябва да са 16."
NO_NUMBER = "отсъствия по неуважителни причини: трябва да са число под 1000 като 7.00 или 7,00"
GOOD = line("7.00")
F1 = f"2020|12|{SCHOOL}|0|1043183143|Стефан|Ганчев|Цветанов|007.00|0|00"


def in_zip(name: str) -> bytes:
    out = io.BytesIO()
    with ZipFile(out, "w") as archive:
        archive.writestr(name, "x")
    return out.getvalue()


def separated(sign: str) -> bytes:
    return diary(GOOD.replace("|", sign))


WHOLE: dict[str, tuple[bytes | Callable[[], bytes], str]] = {
    "nothing": (b"", NOTHING_IN),
    "blank lines and a Ctrl-Z": (b"\r\n \r\n\x1a", NOTHING_IN),
    "larger than any": (b"x" * (LARGEST + 1), TOO_LARGE),
    "АСП's list": (diary(F1), f"Това е списък от АСП (ASPCONF…), {HERE} {ANOTHER}"),
    "enrolments": (
        diary(f"{SCHOOL}|1043183143|0|Стефан|Ганчев|Цветанов|1|4|1"),
        f"Това е файл със записвания (MONZP…), {HERE} {ANOTHER}",
    ),
    "semicolons": (
        separated(";"),
        f"Разделителят между полетата е точка и запетая (;), а трябва да е отвесна черта (|). {EXCEL}",
    ),
    "tabs": (
        separated("\t"), f"Разделителят между полетата е табулация, а трябва да е отвесна черта (|). {EXCEL}"
    ),
    "an xlsx": (lambda: in_zip("xl/workbook.xml"), f"Това е файл на Excel (.xlsx), {HERE} {EXCEL}"),
    "an old xls": (
        bytes.fromhex("d0cf11e0a1b11ae1") + bytes(600),
        f"Това е стар файл на Excel (.xls) или Word (.doc), {HERE} {EXCEL}",
    ),
    "a zip": (lambda: in_zip("absences.txt"), f"Това е архив (.zip), {HERE} {UNPACK}"),
    "a gz": (lambda: gzip.compress(diary(GOOD)), f"Това е архив (.gz), {HERE} {UNPACK}"),
    "a PDF": (b"%PDF-1.7\n%x", f"Това е документ PDF, {HERE} {ANOTHER}"),
    "a photograph": (b"\xff\xd8\xff\xe0" + bytes(99), f"Това е изображение, {HERE} {ANOTHER}"),
    "the diary's login page": (
        b"<!doctype html><html><body>login</body></html>", f"Това е уеб страница (HTML), {HERE} {LOGIN}"
    ),
    "XML": (b'<?xml version="1.0"?><diary/>', f"Това е файл XML, {HERE} {ANOTHER}"),
    "bytes": (bytes(range(256)) * 4, f"Това е двоичен файл, не текст, {HERE} {ANOTHER}"),
    "UTF-16 without its mark": (
        diary(GOOD, codec="utf-16-le"),
        f"Това е файл в UTF-16 без знака, по който се познава (BOM), {HERE} Запазете го като UTF-8 и "
        "изберете новия файл.",
    ),
    "another institution's": (
        diary(line(institution=OTHER_SCHOOL), line(institution=OTHER_SCHOOL)),
        f"Файлът е на друга институция (код {OTHER_SCHOOL}), а вашата е с код {SCHOOL}. Изтеглете файла от "
        "дневника на вашата институция.",
    ),
    "a field is missing": (diary(GOOD.rpartition("|")[0]), FEW_FIELDS),
    "a code that lost its zeros": (
        diary(GOOD.replace(SCHOOL, "300001", 1)),
        f"{UNREADABLE} Ред 1: код на институцията: трябва да са точно 7 цифри.",
    ),
    "a heading and nothing else": (
        diary("Код|Година|Месец"), f"{UNREADABLE} Ред 1: полетата са 3, а трябва да са 16."
    ),
    "identifiers that Excel made numbers of": (
        diary(line(number="1,35E+09")), f"{UNREADABLE} Ред 1: ЕГН: трябва да са точно 10 цифри."
    ),
    "absences that Excel made dates of": (
        diary(line("05.май"), line("01.юни"), line("x"), line("y")),
        f"{UNREADABLE} "
        + " ".join(
            f"Ред {number}: {NO_NUMBER}." for number in (1, 2, 3)
        ),
    ),
    "a year that is not": (
        diary(GOOD.replace("|2020|", "|20/21|")),
        f"{UNREADABLE} Ред 1: учебна година: трябва да са точно 4 цифри.",
    ),
    "one endless line": (
        b"7" * 100_000, f"{UNREADABLE} Ред 1: редът е по-дълъг от 4096 байта и не е прочетен докрай."
    ),
    "the same child with two figures": (
        diary(line("3"), line("4")),
        "Всяко дете във файла стои на няколко реда с различен брой. Изтеглете файла от дневника отново.",
    ),
}  # fmt: skip
OF_A_MONTH = {
    "another month's": (
        diary(line(month=Month(2020, 11))),
        "Файлът е за ноември 2020 г., а този списък е за декември 2020 г. Изтеглете от дневника файла за "
        "месеца на списъка.",
    ),
    "the same month of another year": (
        diary(line(month=Month(2019, 12))),
        "Файлът е за декември 2019 г., а този списък е за декември 2020 г. Изтеглете от дневника файла за "
        "месеца на списъка.",
    ),
}


@pytest.mark.parametrize("kind", WHOLE)
@pytest.mark.parametrize("address", [ADDRESS, WARNING])
def test_says_what_it_is_instead_beside_the_field_and_on_top(client, world, kind, address):
    content, sentence = WHOLE[kind]
    refused(client, world, address, content() if callable(content) else content, sentence)


@pytest.mark.parametrize("kind", OF_A_MONTH)
def test_a_list_is_compared_with_its_own_month_alone(client, world, kind):
    refused(client, world, ADDRESS, *OF_A_MONTH[kind])


def refused(client, world, address: str, content: bytes, sentence: str) -> None:
    add_record()
    answer = bring(client.sign_in(world.ana), content, address)

    assert answer.status_code == (413 if sentence == TOO_LARGE else 422)
    assert answer.page.text("#file-error") == sentence
    assert sentence in answer.page.text(".error-summary")
    assert answer.page.one("#file").get("aria-describedby").endswith("file-error")
    assert Diary.select().count() == 0


READ = {
    "windows-1251": ("cp1251", "windows-1251"),
    "UTF-8": ("utf-8", "UTF-8"),
    "UTF-8 as Notepad saves it": ("utf-8-sig", "UTF-8 с BOM"),
    "UTF-16": ("utf-16", "UTF-16"),
}


@pytest.mark.parametrize("kind", READ)
@pytest.mark.parametrize("end", ["\r\n", "\r", "\n"])
def test_what_is_merely_saved_otherwise_is_read_and_said(client, world, kind, end):
    codec, label = READ[kind]
    record = add_record(id_number=EGNS[0])
    text = end.join([GOOD, "", GOOD.replace(EGNS[0], EGNS[1]), "\x1a"])
    answer = bring(client.sign_in(world.ana), text.encode(codec))

    assert f"Файлът е прочетен като {label}." in answer.page.text("main")
    assert "Съвпада: 1" in answer.page.text("main")
    assert record.figure == Decimal("7.00")


@pytest.mark.parametrize("address", [ADDRESS, WARNING])
def test_no_file_is_told_beside_the_field(client, world, address):
    add_record()
    answer = client.sign_in(world.ana).send(address)
    assert answer.status_code == 422
    assert answer.page.text("#file-error") == UNCHOSEN


@pytest.mark.parametrize("address", [ADDRESS, WARNING])
def test_a_request_beyond_the_limit_is_told_beside_the_field(client, world, address):
    add_record()
    answer = bring(client.sign_in(world.ana), b"x" * LARGEST_REQUEST, address)
    assert answer.status_code == 413
    assert answer.page.text("#file-error") == TOO_LARGE


@pytest.mark.parametrize("who", ["nora", "oleg"])
def test_a_strangers_large_file_is_not_taken(client, world, who):
    assert bring(client.sign_in(getattr(world, who)), b"x" * (LARGEST - 1)).status_code == 413


def test_the_portals_own_sheet_is_known_as_another_thing(client, world):
    add_record()
    answer = bring(client.sign_in(world.ana), saved(taken(client)))
    assert answer.page.text("#file-error") == f"Това е файл на Excel (.xlsx), {HERE} {EXCEL}"


def test_a_sentence_about_a_line_repeats_nothing_that_stands_in_it(client, world):
    """What could be a child's stays out of the page of faults, whatever was written where."""
    add_record()
    wild = line("Тайна", number="Тайна", class_code="Та")
    answer = bring(client.sign_in(world.ana), diary(GOOD, wild))
    assert "Тайна" not in answer.text
    assert MONTH.label.partition(" ")[0] in answer.text
