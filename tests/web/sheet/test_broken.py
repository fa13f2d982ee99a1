"""What is said of each kind of broken sheet: the exact sentence, and the cell where there is one."""

import io
from collections.abc import Callable
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from zipfile import ZIP_DEFLATED, ZipFile

import pytest
from openpyxl import Workbook, load_workbook

from portal.actions.sheet import examining, judging
from portal.actions.sheet.examined import Outcome
from portal.actions.sheet.examining import examine_tables
from portal.actions.sheet.making import SheetFormat, make_sheet
from portal.domain.decisions import NOTE_LENGTH, Reason
from portal.domain.errors import Refusal
from portal.domain.figures import NOT_A_NUMBER
from portal.domain.sheet import cells, saying
from portal.domain.sheet.columns import Column
from portal.domain.sheet.enrolled import NOT_A_CERTIFICATE
from portal.exchange.sheet import finding, package, tables
from portal.exchange.sheet.reading import tables_in
from portal.storage.lists.current import list_of
from portal.storage.lists.reading import EVERYTHING
from portal.storage.tables.campaigns import Campaign, Submission
from tests.cast import KINDERGARTEN, MONTH, NOW, SCHOOL, SITE, add_record
from tests.sheets import REFUSED, at, fill, head_of, page_of, row_of, saved


@dataclass
class Cast:
    """Four children, one of each kind, and the workbook that their director gets."""

    absent: object
    gone: object
    distant: object
    small: object
    book: Workbook

    @property
    def page(self):
        return page_of(self.book)


@pytest.fixture
def cast(world):
    children = (
        add_record(),
        add_record(reason=Reason.UNENROLLED),
        add_record(reason=Reason.DISTANCE),
        add_record(asp_institution=KINDERGARTEN, class_code=1),
    )
    made = make_sheet(world.ana, MONTH, EVERYTHING, SheetFormat.XLSX, site=SITE, now=NOW)
    return Cast(*children, load_workbook(io.BytesIO(made.content)))


def put(who: str, /, **values: object) -> Callable[[Cast], None]:
    return lambda cast: fill(cast.page, getattr(cast, who), **values) and None


def refused(who: str, /, **values: object) -> Callable[[Cast], None]:
    return put(who, **{**REFUSED, **values})


def cell(column: Column, row: int = 0) -> str:
    return f"{'ABCDEFGHIJKLM'[at(column) - 1]}{row or ''}"


def merged(cast):
    row = row_of(cast.page, cast.absent)
    fill(cast.page, cast.absent, decision="потвърждавам")
    cast.page.merge_cells(f"G{row}:G{row + 1}")


def doubled(cast):
    row = row_of(cast.page, cast.absent)
    for column in range(1, 14):
        cast.page.cell(30, column).value = cast.page.cell(row, column).value


def sorted_in_part(cast):
    here, there = row_of(cast.page, cast.absent), row_of(cast.page, cast.small)
    for column in range(at(Column.CHILD), at(Column.NOTE) + 1):
        one, other = cast.page.cell(here, column), cast.page.cell(there, column)
        one.value, other.value = other.value, one.value


def a_row_by_hand(cast):
    cast.page.cell(40, at(Column.CHILD)).value = "Ново Дете"


def changed_key(cast):
    key = cast.page.cell(row_of(cast.page, cast.absent), at(Column.KEY))
    key.value = key.value.replace("/1/", "/2/")


ABSENT_ABOVE = (
    "За ученик може да откажете само ако неизвинените отсъствия са под 5 учебни часа: впишете число, "
    "по-малко от 5. Ако са 5 или повече, потвърдете."
)
SMALL_ABOVE = (
    "За дете с отсъствия от детската градина може да откажете само ако отсъствията са най-много 3 дни: "
    "впишете число до 3. Ако са повече от 3, потвърдете."
)
TWO_PLACES = "Впишете най-много два знака след запетаята."
CERTIFICATE = (
    "Отказът е верен само ако е издадено удостоверение за записване. Отбележете го, ако е издадено; ако не "
    "е, потвърдете."
)
FOREIGN_REASON = "Основанието „закъсняла медицинска бележка“ не може да е вярно за „Отписан“. Изберете друго."

# What was done, to which child the row belongs, the column, what stood there, what is said.
IN_A_CELL = [
    (put("absent", decision="да"), "absent", Column.DECISION, "да", saying.NOT_A_DECISION),
    (put("absent", decision=1), "absent", Column.DECISION, "1", saying.NOT_A_DECISION),
    (put("absent", note="бележка"), "absent", Column.DECISION, "", saying.NO_DECISION),
    (put("absent", decision="=G9"), "absent", Column.DECISION, "=G9",
     "В клетката има формула, а порталът не пресмята. Впишете самата стойност."),
    (put("absent", decision="#REF!"), "absent", Column.DECISION, "#REF!",
     "В клетката е останала грешка на Excel. Впишете стойността на ръка."),
    (put("absent", decision="потвърждавам", corrected=4), "absent", Column.CORRECTED, "4",
     saying.NOT_FOR_CONFIRMED[Column.CORRECTED]),
    (put("absent", decision="потвърждавам", refusal="друго"), "absent", Column.REFUSAL, "друго",
     saying.NOT_FOR_CONFIRMED[Column.REFUSAL]),
    (put("gone", decision="потвърждавам", certificate="да"), "gone", Column.CERTIFICATE, "да",
     saying.NOT_FOR_CONFIRMED[Column.CERTIFICATE]),
    (put("gone", decision="потвърждавам", placed="да"), "gone", Column.PLACED, "да",
     saying.NOT_FOR_CONFIRMED[Column.PLACED]),
    (refused("absent", corrected=None), "absent", Column.CORRECTED, "", "Впишете коригирания брой."),
    (refused("absent", corrected=date(2021, 5, 5)), "absent", Column.CORRECTED, "05.05.2021", cells.A_DATE),
    (refused("absent", corrected=date(1905, 6, 26)), "absent", Column.CORRECTED, "26.06.1905", cells.A_DATE),
    (refused("absent", corrected="четири"), "absent", Column.CORRECTED, "четири", NOT_A_NUMBER),
    (refused("absent", corrected="4,5 ч."), "absent", Column.CORRECTED, "4,5 ч.", NOT_A_NUMBER),
    (refused("absent", corrected="4,5,0"), "absent", Column.CORRECTED, "4,5,0", NOT_A_NUMBER),
    (refused("absent", corrected=True), "absent", Column.CORRECTED, "да", NOT_A_NUMBER),
    (refused("absent", corrected=1e300), "absent", Column.CORRECTED, "1e+300", NOT_A_NUMBER),
    (refused("absent", corrected=-1), "absent", Column.CORRECTED, "-1",
     "Коригираният брой не може да е под нула."),
    (refused("absent", corrected=5), "absent", Column.CORRECTED, "5", ABSENT_ABOVE),
    (refused("absent", corrected=45), "absent", Column.CORRECTED, "45", ABSENT_ABOVE),
    (refused("absent", corrected=4.555), "absent", Column.CORRECTED, "4,555", TWO_PLACES),
    (refused("small", corrected="3,5"), "small", Column.CORRECTED, "3,5", SMALL_ABOVE),
    (refused("distant", corrected="4,5"), "distant", Column.CORRECTED, "4,5",
     "Учебните дни се броят цели: впишете цяло число."),
    (refused("distant", corrected=18), "distant", Column.CORRECTED, "18",
     "Учебните дни в месеца са 17: впишете най-много 17."),
    (refused("distant", corrected=9), "distant", Column.CORRECTED, "9",
     "Коригираният брой трябва да е различен от подадения от АСП. Ако броят на АСП е верен, потвърдете."),
    (refused("absent", refusal=None), "absent", Column.REFUSAL, "", "Изберете основание за отказа."),
    (refused("absent", refusal="болен"), "absent", Column.REFUSAL, "болен", saying.NOT_A_REASON),
    (refused("gone", corrected=None, certificate="да", placed="да"), "gone", Column.REFUSAL,
     "закъсняла медицинска бележка", FOREIGN_REASON),
    (refused("absent", note=None), "absent", Column.NOTE, "", "Напишете бележки по корекцията."),
    (refused("absent", note="а" * (NOTE_LENGTH + 1)), "absent", Column.NOTE, "а" * (NOTE_LENGTH + 1),
     "Бележките са до 2000 знака. Съкратете ги."),
    (refused("absent", note="#N/A"), "absent", Column.NOTE, "#N/A",
     "В клетката е останала грешка на Excel. Впишете стойността на ръка."),
    (refused("gone", corrected=2, refusal="друго", certificate="да", placed="да"), "gone", Column.CORRECTED,
     "2", "За отписано дете не се вписва брой. Изтрийте числото."),
    (refused("gone", corrected=None, refusal="друго", placed="да"), "gone", Column.CERTIFICATE,
     "", CERTIFICATE),
    (refused("gone", corrected=None, refusal="друго", certificate="№ 5", placed="да"), "gone",
     Column.CERTIFICATE, "№ 5", NOT_A_CERTIFICATE),
    (merged, "absent", Column.DECISION, "G7:G8", ""),
    (put("absent", child="Мария Друга"), "absent", Column.CHILD, "Мария Друга", judging.OTHER_CHILD),
    (put("absent", number=1.23e9), "absent", Column.NUMBER, "1230000000", judging.LOST_FIGURES),
    (put("absent", number="1,23E+09"), "absent", Column.NUMBER, "1,23E+09", judging.LOST_FIGURES),
    (put("absent", number="ЕГН 000*****00"), "absent", Column.NUMBER, "ЕГН 000*****00",
     judging.OTHER_NUMBER),
    (put("absent", reason="ОРЕС"), "absent", Column.REASON, "ОРЕС",
     judging.OTHER_REASON.format(reason="Отсъствие")),
]  # fmt: skip


def examined(cast: Cast):
    return examine_tables(list_of(SCHOOL, MONTH), tables_in(saved(cast.book)), site=SITE, now=NOW)


def number_of(cast: Cast, child: str) -> int:
    rows = range(head_of(cast.page) + 1, cast.page.max_row + 1)
    record = getattr(cast, child)
    return next(
        row for row in rows if f"{MONTH}/{record.id}/" in (cast.page.cell(row, at(Column.KEY)).value or "")
    )


@pytest.mark.parametrize("case", range(len(IN_A_CELL)))
def test_says_of_a_cell_what_stood_there_and_what_may_stand(cast, case):
    do, child, column, stood, sentence = IN_A_CELL[case]
    do(cast)
    row_number = number_of(cast, child)
    if do is merged:
        stood = f"G{row_number}:G{row_number + 1}"
        sentence = (
            f"Клетките {stood} са обединени и не личи за кое дете се отнасят. Разделете ги и попълнете всяка "
            "поотделно."
        )
    record = getattr(cast, child)
    sentence = sentence.replace("{number}", f"ЕГН {record.id_number[:3]}*****{record.id_number[-2:]}")

    (row,) = [row for row in examined(cast).rows if row.number == row_number]
    assert row.outcome is Outcome.WRONG
    (fault,) = row.faults
    assert (fault.place, fault.stood, fault.sentence) == (cell(column, row_number), stood, sentence)


OF_A_ROW = [
    (
        doubled,
        30,
        Outcome.WRONG,
        "Същото дете със същата причина стои и на ред {row}. Оставете само единия ред.",
    ),
    (a_row_by_hand, 40, Outcome.UNKNOWN, judging.NO_KEY),
    (changed_key, 0, Outcome.UNKNOWN, judging.CHANGED_KEY),
]


@pytest.mark.parametrize("do, number, outcome, sentence", OF_A_ROW)
def test_says_of_a_row_why_it_cannot_be_known(cast, do, number, outcome, sentence):
    at_first = row_of(cast.page, cast.absent)
    do(cast)
    (row,) = [row for row in examined(cast).rows if row.number == (number or at_first)]
    assert row.outcome is outcome
    assert [fault.sentence for fault in row.faults] == [sentence.format(row=at_first)]


def test_columns_that_were_sorted_without_the_others_give_no_child_anothers_decision(cast):
    fill(cast.page, cast.absent, decision="потвърждавам")
    sorted_in_part(cast)
    found = examined(cast)
    assert [len(found.changes), len(found.of(Outcome.WRONG))] == [0, 2]


def package_with(**parts: bytes) -> bytes:
    """A workbook with more in it; ``__`` stands for a slash and ``_dot_`` for a point."""
    out = io.BytesIO(saved(Workbook()))
    with ZipFile(out, "a", ZIP_DEFLATED) as archive:
        for name, content in parts.items():
            archive.writestr(name.replace("__", "/").replace("_dot_", "."), content)
    return out.getvalue()


def only(**parts: bytes) -> bytes:
    out = io.BytesIO()
    with ZipFile(out, "w", ZIP_DEFLATED) as archive:
        for name, content in parts.items():
            archive.writestr(name.replace("__", "/").replace("_dot_", "."), content)
    return out.getvalue()


def two_of_ours() -> bytes:
    book = Workbook()
    for page in (book.active, book.create_sheet("Копие")):
        page.append([column.value for column in Column])
    return saved(book)


def ours(*heads: str, rows: int = 0) -> bytes:
    book = Workbook()
    book.active.append(list(heads) or [column.value for column in Column])
    for _ in range(rows):
        book.active.append(["х"])
    return saved(book)


BILLION = b"""<?xml version="1.0"?><!DOCTYPE x [<!ENTITY a "ha"><!ENTITY b "&a;&a;">]><x>&b;</x>"""
OLE = bytes.fromhex("d0cf11e0a1b11ae1")
HEADS = [column.value for column in Column]
WHOLE = {
    "nothing": (lambda: b"", package.EMPTY),
    "larger than any": (lambda: b"x" * (package.LARGEST + 1), package.TOO_LARGE),
    "a PDF": (lambda: b"%PDF-1.7 ...", package.A_PDF),
    "a picture": (lambda: b"\x89PNG\r\n\x1a\n", package.A_PICTURE),
    "a photograph": (lambda: b"\xff\xd8\xff\xe0", package.A_PICTURE),
    "a letter": (lambda: only(word__document_dot_xml=b"<x/>"), package.A_DOCUMENT),
    "slides": (lambda: only(ppt__presentation_dot_xml=b"<x/>"), package.A_PRESENTATION),
    "an old xls": (lambda: OLE + bytes(600), package.OLD_EXCEL),
    "with a password": (lambda: OLE + "EncryptedPackage".encode("utf-16-le"), package.LOCKED),
    "an ods": (
        lambda: only(mimetype=b"application/vnd.oasis.opendocument.spreadsheet"), package.OPEN_DOCUMENT
    ),
    "an xlsb": (lambda: only(xl__workbook_dot_bin=b"x"), package.BINARY_BOOK),
    "a web page called xls": (lambda: b"<html><table><tr><td>1</td></tr></table></html>", package.A_PAGE),
    "XML of 2003": (
        lambda: b'<?xml version="1.0"?><?mso-application progid="Excel.Sheet"?><x xmlns="spreadsheet"/>',
        package.XML_SHEET,
    ),
    "other XML": (lambda: b'<?xml version="1.0"?><letter/>', package.NOT_A_SHEET),
    "another archive": (lambda: only(photo_dot_txt=b"x"), package.NOT_A_SHEET),
    "bytes": (lambda: bytes(range(1, 256)) * 4, finding.NOT_OURS),
    "half an archive": (lambda: saved(Workbook())[:1500], package.BROKEN),
    "broken XML": (lambda: package_with(xl__other_dot_xml=b"<x>"), package.BROKEN),
    "a part twice": (lambda: doubled_part(), package.BROKEN),
    "macros": (lambda: package_with(xl__vbaProject_dot_bin=b"x"), package.MACROS),
    "macros of old": (lambda: package_with(xl__macrosheets__sheet1_dot_xml=b"<x/>"), package.MACROS),
    "links to another file": (
        lambda: package_with(xl__externalLinks__externalLink1_dot_xml=b"<x/>"), package.LINKS
    ),
    "a file within": (lambda: package_with(xl__embeddings__a_dot_bin=b"x"), package.EMBEDDED),
    "a button": (lambda: package_with(xl__activeX__a_dot_xml=b"<x/>"), package.EMBEDDED),
    "data from elsewhere": (lambda: package_with(xl__connections_dot_xml=b"<x/>"), package.QUERIES),
    "entities": (lambda: package_with(xl__other_dot_xml=BILLION), package.A_DTD),
    "entities in UTF-16": (
        lambda: package_with(xl__other_dot_xml=BILLION.decode().encode("utf-16")), package.A_DTD
    ),
    "too much in little": (lambda: package_with(xl__media__a_dot_bin=bytes(4 * 1024 * 1024)), package.A_BOMB),
    "too many parts": (
        lambda: package_with(**{f"a{number}": b"" for number in range(package.MOST_PARTS)}), package.A_BOMB
    ),
    "another table": (lambda: ours("Име", "Оценка"), finding.NOT_OURS),
    "an empty workbook": (lambda: saved(Workbook()), finding.NOT_OURS),
    "a csv of something else": (lambda: "Име;Клас\r\nМария;5\r\n".encode("cp1251"), finding.NOT_OURS),
    "a column taken out": (
        lambda: ours(*[head for head in HEADS if head != "Номер"], rows=1),
        "В таблицата липсват колони: Номер. Изтеглете я отново и не трийте колони.",
    ),
    "a column twice": (
        lambda: ours(*HEADS, "Решение", rows=1),
        "Заглавието „Решение“ стои два пъти: в колони G и N. Оставете само едната.",
    ),
    "two sheets of ours": (
        two_of_ours,
        "Във файла има повече от една таблица на портала: листовете „Sheet“ и „Копие“. Оставете само един "
        "лист.",
    ),
    "headings alone": (lambda: ours(), examining.NO_ROWS),
    "no keys": (
        lambda: ours(rows=2),
        "Никой ред няма ключ, издаден от този портал: колоната „Ключ на реда“ е изтрита. Изтеглете таблицата "
        "отново и попълнете нея.",
    ),
    "too many rows": (lambda: ours(rows=tables.MOST_ROWS + 1), tables.TOO_MANY_ROWS),
}  # fmt: skip


def doubled_part() -> bytes:
    with pytest.warns(UserWarning, match="Duplicate name"):
        return package_with(xl__workbook_dot_xml=b"<x/>")


@pytest.mark.parametrize("what", WHOLE)
def test_says_of_a_whole_file_what_it_is_and_what_to_do(what):
    make, sentence = WHOLE[what]
    submission = Submission(institution=SCHOOL, campaign=Campaign(month=MONTH))
    with pytest.raises(Refusal) as refused:
        examine_tables(submission, tables_in(make()), site=SITE, now=NOW)
    assert (str(refused.value), refused.value.field) == (sentence, "file")


def test_there_are_forty_kinds_of_them():
    assert len(IN_A_CELL) + len(OF_A_ROW) + len(WHOLE) >= 40


@pytest.mark.parametrize(
    "typed, number",
    [
        ("4,5", "4.5"),
        ("4.5", "4.5"),
        (" 4,5\u00a0", "4.5"),
        ("\u202f3", "3"),
        (4, "4"),
        (0.1 + 0.2, "0.3"),
        (0, "0"),
        (-0.0, "0"),
    ],
)
def test_reads_numbers_as_spreadsheets_hold_them(cast, typed, number):
    fill(cast.page, cast.absent, **{**REFUSED, "corrected": typed})
    (row,) = examined(cast).changes
    assert row.decided.corrected == Decimal(number)


def test_reads_an_identifier_that_was_written_out_or_lost_its_zero(cast):
    whole = cast.absent.id_number
    lost = int(whole)
    for number in (whole, lost):
        fill(cast.page, cast.absent, decision="Потвърждавам ", number=number)
        assert len(examined(cast).changes) == 1


def test_reads_rows_that_are_hidden_or_moved_and_says_so(cast):
    row = fill(cast.page, cast.absent, decision="потвърждавам")
    cast.page.row_dimensions[row].hidden = True
    (change,) = examined(cast).changes
    assert change.is_hidden
    cast.page.move_range(f"A{row}:M{row}", rows=40)
    (change,) = examined(cast).changes
    assert change.number == row + 40
