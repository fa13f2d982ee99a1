"""What kind of file came, and whether it is safe to open, before anything in it is read."""

import io
import zlib
from collections.abc import Iterator
from xml.parsers import expat
from zipfile import BadZipFile, ZipFile, ZipInfo

from portal.domain.errors import Refusal

LARGEST = 2 * 1024 * 1024  # bytes of the file: a list of 300 with short notes has 34 kB
LARGEST_PART = 24 * 1024 * 1024  # bytes of a part as it is read
LARGEST_WHOLE = 48 * 1024 * 1024
HIGHEST_RATIO = 200  # of a part to what it was packed into; a sheet of 300 comes to 23
RATIO_FROM = 1024 * 1024  # bytes; of less the ratio says nothing
MOST_PARTS = 400
MOST_ELEMENTS = (
    250_000  # of all parts: what the library makes of one is many times as large; 300 rows have 10,000
)
CHUNK = 64 * 1024

AS_XLSX = "Отворете го в Excel или LibreOffice и го запазете като „Работна книга на Excel (.xlsx)“."
TOO_LARGE = "Файлът е по-голям от 2 MB, а таблицата на портала е много по-малка. Качете нея."
OLD_EXCEL = f"Файлът е от стар Excel (.xls) и не може да се прочете. {AS_XLSX}"
LOCKED = "Файлът е заключен с парола за отваряне. Запазете го без парола и го качете отново."
OPEN_DOCUMENT = f"Файлът е на LibreOffice (.ods). {AS_XLSX}"
BINARY_BOOK = f"Файлът е „двоична работна книга“ (.xlsb) и не може да се прочете. {AS_XLSX}"
A_PDF = "Това е PDF, а не таблица. Качете файла .xlsx, който изтеглихте от портала и попълнихте."
A_DOCUMENT = "Това е документ на Word, а не таблица. Качете файла .xlsx, който изтеглихте от портала."
A_PRESENTATION = "Това е презентация, а не таблица. Качете файла .xlsx, който изтеглихте от портала."
A_PICTURE = "Това е снимка, а не таблица. Качете файла .xlsx, който изтеглихте от портала и попълнихте."
A_PAGE = f"Файлът е уеб страница, макар да е наречен таблица. {AS_XLSX}"
XML_SHEET = f"Файлът е „XML таблица“ от стар Excel. {AS_XLSX}"
EMPTY = "Файлът е празен. Запазете таблицата отново и я качете."
NOT_A_SHEET = "Това не е таблица. Качете файла .xlsx, който изтеглихте от портала и попълнихте."
BROKEN = "Файлът е повреден и не се отваря. Отворете го в Excel, запазете го отново като .xlsx и го качете."
A_BOMB = "Файлът е необичайно голям, когато се разархивира, и не се отваря. Изтеглете таблицата отново."
MACROS = f"Във файла има макроси (.xlsm), а порталът не приема такива. {AS_XLSX}"
LINKS = (
    "Таблицата взима стойности от друг файл. В Excel изберете „Данни“, „Редактиране на връзките“, "
    "„Прекъсване на връзката“, запазете я и я качете отново."
)
EMBEDDED = "В таблицата има вграден файл или бутон. Изтрийте го, запазете я и я качете отново."
QUERIES = "Таблицата взима данни от друго място. Изтрийте връзките в „Данни“, „Заявки и връзки“ и я запазете."
A_DTD = (
    "Във файла има описание (DTD), каквото таблиците нямат, и той не се отваря. Изтеглете таблицата отново."
)

_STARTS = [
    (b"%PDF", A_PDF),
    (b"\x89PNG", A_PICTURE),
    (b"\xff\xd8\xff", A_PICTURE),
    (b"GIF8", A_PICTURE),
    (b"{\\rtf", A_DOCUMENT),
]
_OLD_OFFICE = bytes.fromhex("d0cf11e0a1b11ae1")
_ENCRYPTED = "EncryptedPackage".encode("utf-16-le")
_FOREIGN_PARTS = [
    ("xl/vbaproject", MACROS),
    ("xl/macrosheets/", MACROS),
    ("xl/externallinks/", LINKS),
    ("xl/embeddings/", EMBEDDED),
    ("xl/activex/", EMBEDDED),
    ("xl/ctrlprops/", EMBEDDED),
    ("xl/connections", QUERIES),
    ("xl/querytables/", QUERIES),
    ("xl/workbook.bin", BINARY_BOOK),
    ("word/", A_DOCUMENT),
    ("ppt/", A_PRESENTATION),
]


def check_kind(content: bytes) -> bool:
    """Whether it is a workbook; else it is read as text. Refusal, with what to do, for what is neither."""
    if not content.strip(b"\x00 \r\n\t"):
        raise Refusal(EMPTY, field="file")
    if len(content) > LARGEST:
        raise Refusal(TOO_LARGE, field="file")
    for start, sentence in _STARTS:
        if content.startswith(start):
            raise Refusal(sentence, field="file")
    if content.startswith(_OLD_OFFICE):
        raise Refusal(LOCKED if _ENCRYPTED in content else OLD_EXCEL, field="file")
    head = content[:2048].lstrip(b"\xef\xbb\xbf \r\n\t").lower()
    if head.startswith((b"<!doctype html", b"<html", b"<table")):
        raise Refusal(A_PAGE, field="file")
    if head.startswith(b"<?xml"):
        raise Refusal(XML_SHEET if b"spreadsheet" in head else NOT_A_SHEET, field="file")
    return content.startswith(b"PK\x03\x04")


def check_package(content: bytes) -> None:
    """Refusal unless the workbook is one that can be opened: no part of it foreign to a filled-in sheet, none
    larger than it may be, none with a description of its own (DTD), whatever its directory says."""
    try:
        with ZipFile(io.BytesIO(content)) as archive:
            parts = archive.infolist()
            _check_names(archive, parts)
            reading = _Reading()
            for part in parts:
                reading.read(archive, part)
    except (BadZipFile, zlib.error, EOFError, NotImplementedError, RuntimeError, OSError, ValueError):
        raise Refusal(BROKEN, field="file") from None


def _check_names(archive: ZipFile, parts: list[ZipInfo]) -> None:
    if len(parts) > MOST_PARTS:
        raise Refusal(A_BOMB, field="file")
    names = {part.filename.lower() for part in parts}
    if "mimetype" in names and archive.getinfo("mimetype").file_size < CHUNK:
        kind = archive.read("mimetype")
        if kind.startswith(b"application/vnd.oasis.opendocument"):
            is_sheet = b"spreadsheet" in kind
            raise Refusal(OPEN_DOCUMENT if is_sheet else NOT_A_SHEET, field="file")
    for start, sentence in _FOREIGN_PARTS:
        if any(name.startswith(start) for name in names):
            raise Refusal(sentence, field="file")
    if len(names) < len(parts):
        raise Refusal(BROKEN, field="file")  # of two parts of one name, no two readers take the same
    if "xl/workbook.xml" not in names:
        raise Refusal(NOT_A_SHEET, field="file")


class _Reading:
    """Every part as it is unpacked, which the directory may say otherwise; none of it is kept."""

    def __init__(self) -> None:
        self._whole = self._elements = 0

    def read(self, archive: ZipFile, part: ZipInfo) -> None:
        is_xml = part.filename.lower().endswith((".xml", ".rels"))
        parser = self._parser() if is_xml else None
        length = 0
        for chunk in _unpacked(archive, part):
            length += len(chunk)
            is_bomb = length > RATIO_FROM and length > HIGHEST_RATIO * max(part.compress_size, 1)
            if is_bomb or length > LARGEST_PART or self._whole + length > LARGEST_WHOLE:
                raise Refusal(A_BOMB, field="file")
            if parser is not None:
                _feed(parser, chunk)
        if parser is not None:
            _feed(parser, b"", last=True)
        self._whole += length

    def _parser(self) -> expat.XMLParserType:
        parser = expat.ParserCreate()
        parser.StartDoctypeDeclHandler = _refuse_dtd
        parser.StartElementHandler = self._count
        return parser

    def _count(self, *_: object) -> None:
        self._elements += 1
        if self._elements > MOST_ELEMENTS:
            raise Refusal(A_BOMB, field="file")


def _refuse_dtd(*_: object) -> None:
    raise Refusal(A_DTD, field="file")


def _unpacked(archive: ZipFile, part: ZipInfo) -> Iterator[bytes]:
    with archive.open(part) as file:
        while chunk := file.read(CHUNK):
            yield chunk


def _feed(parser: expat.XMLParserType, chunk: bytes, *, last: bool = False) -> None:
    try:
        parser.Parse(chunk, last)
    except expat.ExpatError:
        raise Refusal(BROKEN, field="file") from None
