"""What a file is, by its content: one of a wrong kind is one sentence, not ten thousand rejected lines."""

import re
from collections.abc import Iterator
from enum import Enum
from itertools import islice

from portal.exchange import answer, utf16
from portal.exchange.text import TextLines

SAMPLE = 20  # lines that are looked at

_SEPARATORS = {"|": "отвесна черта (|)", ";": "точка и запетая (;)", "\t": "табулация", ",": "запетая (,)"}
_YEAR, _CODE = "20[0-9]{2}", "[0-9]{6,7}"  # what the first field of a line looks like
_MARKUP = re.compile(r"\s*<[!?a-z]", re.ASCII | re.IGNORECASE)
_LOGIN = "Изтеглете файла отново: вместо него навярно е запазена страницата за вход."
_EXCEL_TEXT = "Excel променя кодовете и числата: изберете текстовия файл, както е получен."
_EXCEL_TABLE = "В Excel го запишете като „CSV UTF-8“ и изберете новия файл."
_UNPACK = "Извадете файла от архива и изберете него."


class Kind(Enum):
    """A file of formats.md, or one that the portal makes; ``what`` is what people are told that it is.

    It is recognised by ``header``, the names of its columns, or where it has no header by the number of
    ``fields`` in a line and by how the first of them looks. ``separators`` may stand between the fields.
    """

    ASP_LIST = ("списък от АСП (ASPCONF…)", (), 11, _YEAR)
    ENDED = ("списък на АСП за прекратените помощи (ASPEND…)", (), 15, _YEAR)
    ENROLMENTS = (
        "файл със записвания (MONZP…)",
        (
            "InstitutionCode", "PersonalID", "PersonalIdtype", "FirstName", "MiddleName", "LastName",
            "StudentEduFormId", "BasicClassID", "Status",
        ),
        9,
        _CODE,
    )  # fmt: skip
    DIARY = ("файл с отсъствия от дневник", (), 16, _CODE)
    ANSWER = ("отговор до АСП (MONCONF…)", tuple(answer.HEADER.split("|")), answer.FIELDS, _YEAR)
    REJECTS = ("файл с отхвърлените редове за АСП", (), 13, _YEAR)
    ENDED_REJECTS = ("файл с отхвърлените редове от списъка за прекратените помощи", (), 17, _YEAR)
    INSTITUTIONS = (
        "таблица с институции",
        ("code", "name", "type", "region_code", "region", "email", "phone"),
    )
    PEOPLE = ("таблица с потребители", ("code", "name", "email", "role"))
    CALENDAR = ("учебен календар", ("school_year", "band", "kind", "first", "last", "name"))
    # Our decision: formats.md names the command, and no form.
    HOLIDAYS = ("таблица с дни по решение", ("date", "kind", "name"))

    def __init__(self, what: str, header: tuple[str, ...], fields: int = 0, start: str = "") -> None:
        self.what = what
        self.header = header
        self.fields = fields
        self.separators = "|" if fields else ",;\t"
        self._start = re.compile(start, re.ASCII) if fields else None
        self._names = {name.casefold() for name in header}

    def has(self, fields: list[str]) -> bool:
        """Whether they are a line of it."""
        if self._names and self._names <= {field.casefold() for field in fields}:
            return True
        return (
            self._start is not None
            and len(fields) == self.fields
            and self._start.fullmatch(fields[0]) is not None
        )


def wrong_kind(lines: TextLines, wanted: Kind) -> str | None:
    """What the file is instead of ``wanted``, and what to do; none where nobody can say that.

    A file in which one line of the sample is as wanted is of that kind, whatever else is in it: what is wrong
    is said line by line then.
    """
    if signed := _signed(lines.head, wanted):
        return _instead(*signed, wanted)
    sample = list(islice(lines, SAMPLE))
    texts = [line.text for line in sample if line.text is not None]
    found = [recognised for text in texts for recognised in _recognised(text)]
    if any(kind is wanted and separator in wanted.separators for kind, separator in found):
        return None
    if found:
        kind, separator = found[0]
        return _separated(separator, wanted) if kind is wanted else _instead(kind.what, "", wanted)
    if texts and _MARKUP.match(texts[0]):
        return _instead(*_marked_up(lines.head), wanted)
    if utf16.is_unmarked(lines.head):
        what = "файл в UTF-16 без знака, по който се познава (BOM)"
        return _instead(what, "Запазете го като UTF-8 и изберете новия файл.", wanted)
    if any(b"\0" in line.raw for line in sample):
        return _instead("двоичен файл, не текст", "", wanted)
    return None


def _recognised(text: str) -> Iterator[tuple[Kind, str]]:
    for separator in _SEPARATORS:
        fields = [field.strip(' \t"') for field in text.rstrip(separator).split(separator)]
        yield from ((kind, separator) for kind in Kind if kind.has(fields))


def _instead(what: str, advice: str, wanted: Kind) -> str:
    return f"Това е {what}, а тук се зарежда {wanted.what}. {advice or 'Изберете друг файл.'}"


def _separated(separator: str, wanted: Kind) -> str:
    right = " или ".join(_SEPARATORS[each] for each in wanted.separators)
    advice = _EXCEL_TEXT if wanted.fields else "Запишете файла отново."
    return f"Разделителят между полетата е {_SEPARATORS[separator]}, а трябва да е {right}. {advice}"


def _signed(head: bytes, wanted: Kind) -> tuple[str, str] | None:
    """What the first bytes say, and what to do; no text of ours can begin with any of them."""
    excel = _EXCEL_TEXT if wanted.fields else _EXCEL_TABLE
    if head.startswith((b"PK\x03\x04", b"PK\x05\x06")):
        if b"xl/" in head:
            return "файл на Excel (.xlsx)", excel
        if b"opendocument.spreadsheet" in head:
            return "файл на LibreOffice Calc (.ods)", excel
        return ("документ на Word (.docx)", "") if b"word/" in head else ("архив (.zip)", _UNPACK)
    for signature, what, advice in (
        (b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1", "стар файл на Excel (.xls) или Word (.doc)", excel),
        (b"%PDF-", "документ PDF", ""),
        (b"{\\rtf", "документ на Word (.rtf)", ""),
        (b"Rar!\x1a\x07", "архив (.rar)", _UNPACK),
        (b"7z\xbc\xaf\x27\x1c", "архив (.7z)", _UNPACK),
        (b"\x1f\x8b\x08", "архив (.gz)", _UNPACK),
        (b"\x89PNG\r\n\x1a\n", "изображение", ""),
        (b"\xff\xd8\xff", "изображение", ""),
        (b"GIF8", "изображение", ""),
    ):
        if head.startswith(signature):
            return what, advice
    return None


def _marked_up(head: bytes) -> tuple[str, str]:
    is_page = b"<html" in head.replace(b"\0", b"").lower()
    return ("уеб страница (HTML)", _LOGIN) if is_page else ("файл XML", "")
