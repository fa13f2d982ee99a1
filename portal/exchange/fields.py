"""Fields that the formats share: each function reads one value and adds what is wrong to ``faults``.

A fault names the field and the rule, and never repeats the value: faults are stored and shown in places
where a child's name does not belong. It is a fragment without a full stop, because the faults of a line are
joined by „; “, and it uses only letters that windows-1251 has.
"""

import re
import unicodedata
from datetime import date
from enum import IntEnum
from typing import TypeVar

from portal.domain.identifiers import IdType, in_capitals, is_valid, looks_like
from portal.domain.month import Month

NAME_LENGTH = 25  # characters (formats.md, F1)
IDENTIFIER_LENGTH = 10

_HIDDEN = frozenset({"Cc", "Cf", "Cs", "Co", "Cn", "Zl", "Zp"})  # controls, bidi marks, nothing to see
_CODE = re.compile(r"[0-9]{7}", re.ASCII)
_ISO_DATE = re.compile(r"[0-9]{4}-[0-9]{2}-[0-9]{2}", re.ASCII)

E = TypeVar("E", bound=IntEnum)


def wrong_count(found: int, expected: int) -> str:
    return f"полетата са {found}, а трябва да са {expected}"


def read_digits(label: str, text: str, count: int, faults: list[str]) -> int | None:
    """Exactly ``count`` ASCII digits; „٣“ and „²“ are digits only to Python."""
    if len(text) != count or not (text.isascii() and text.isdigit()):
        faults.append(f"{label}: трябва да са точно {count} цифри")
        return None
    return int(text)


def read_month(year: str, number: str, faults: list[str]) -> Month | None:
    """The month, if both fields hold; each of them has its own fault."""
    in_year = read_digits("година", year, 4, faults)
    if in_year is not None and not 2000 <= in_year <= 2099:
        faults.append("година: трябва да е от 2000 до 2099")
        in_year = None
    in_number = read_digits("месец", number, 2, faults)
    if in_number is not None and not 1 <= in_number <= 12:
        faults.append("месец: трябва да е от 01 до 12")
        in_number = None
    return None if in_year is None or in_number is None else Month(in_year, in_number)


def read_institution(text: str, faults: list[str]) -> str | None:
    if _CODE.fullmatch(text) is None:
        faults.append("код на институцията: трябва да са точно 7 цифри")
        return None
    return text


def read_code(label: str, text: str, kind: type[E], faults: list[str]) -> E | None:
    """One of the codes of ``kind``, written as one digit."""
    codes = {str(int(member)): member for member in kind}
    if text not in codes:
        faults.append(f"{label}: трябва да е {', '.join(list(codes)[:-1])} или {list(codes)[-1]}")
        return None
    return codes[text]


def read_identifier(kind: str, number: str, faults: list[str]) -> tuple[IdType, str] | None:
    """Type and identifier, letters in capitals, if the two hold together."""
    id_type = read_code("вид на идентификатора", kind, IdType, faults)
    if not number:
        faults.append("идентификатор: липсва")
    elif len(number) > IDENTIFIER_LENGTH:
        faults.append(f"идентификатор: над {IDENTIFIER_LENGTH} знака")
    elif id_type is not None:
        if is_valid(id_type, number):
            return id_type, in_capitals(number)
        faults.append(_wrong_identifier(id_type, number))
    return None


def _wrong_identifier(kind: IdType, number: str) -> str:
    if kind is IdType.IDN:
        return "ИДН: трябва да е от цифри и латински букви"
    if len(number) != IDENTIFIER_LENGTH or not (number.isascii() and number.isdigit()):
        return f"{kind.label}: трябва да са точно {IDENTIFIER_LENGTH} цифри"
    wrong = "датата на раждане или контролната цифра" if kind is IdType.EGN else "контролната цифра"
    other = looks_like(number, kind)
    hint = "" if other is None else f" (прилича на {other.label}, вид {other:d})"
    return f"{kind.label}: {wrong} не е вярна{hint}"


def read_name(
    label: str, text: str, faults: list[str], *, obligatory: bool = False, longest: int = NAME_LENGTH
) -> str:
    """The name as it stands, spaces and all: it goes back to АСП byte for byte."""
    if obligatory and not text.strip():
        faults.append(f"{label}: липсва")
    if len(text) > longest:
        faults.append(f"{label}: над {longest} знака")
    if not text.isprintable() and any(unicodedata.category(c) in _HIDDEN for c in text):
        faults.append(f"{label}: има невидими или управляващи знаци")
    return text


def check_windows_1251(label: str, text: str, faults: list[str]) -> None:
    """A name goes back to АСП in windows-1251; a file in UTF-8 can bring letters beyond it."""
    if not _in_windows_1251(text):
        foreign = sorted({c for c in text if not _in_windows_1251(c)})
        codes = ", ".join(f"U+{ord(c):04X}" for c in foreign)
        faults.append(f"{label}: има знаци, които ги няма в windows-1251 ({codes})")


def _in_windows_1251(text: str) -> bool:
    try:
        text.encode("cp1251")
    except UnicodeEncodeError:
        return False
    return True


def read_date(label: str, text: str, faults: list[str]) -> date | None:
    if _ISO_DATE.fullmatch(text) is not None:
        try:
            return date.fromisoformat(text)
        except ValueError:
            faults.append(f"{label}: няма такъв ден")
            return None
    faults.append(f"{label}: трябва да е като 2020-12-24")
    return None
