"""ЕГН, ЛНЧ and ИДН: whether they are valid, what they reveal, and how they are masked."""

import re
from dataclasses import dataclass
from datetime import date
from enum import IntEnum

from stdnum.bg import egn, pnf
from stdnum.exceptions import ValidationError

from portal.domain.errors import Refusal

_ASCII_DIGITS = re.compile(r"[0-9]{10}", re.ASCII)
_TEN_DIGITS = re.compile(r"(?<![0-9])[0-9]{10}(?![0-9])", re.ASCII)
_IDN = re.compile(r"[0-9A-Za-z]{1,10}", re.ASCII)


class IdType(IntEnum):
    """What kind of identifier it is; the type comes from the data, never from trying both:
    one valid ЕГН in ten also passes the check of ЛНЧ."""

    EGN = 0
    LNCH = 1
    IDN = 2

    @property
    def label(self) -> str:
        return ("ЕГН", "ЛНЧ", "ИДН")[self]


@dataclass(frozen=True)
class Identifier:
    """By what somebody is asked about; ``number`` in capitals. The same number of another kind can be another
    person's."""

    kind: IdType
    number: str

    @classmethod
    def typed(cls, kind: IdType, number: str) -> "Identifier":
        """Refusal for what is none of this kind."""
        asked = cls(kind, in_capitals(number.strip()))
        if not is_valid(kind, asked.number):
            raise Refusal(f"Това не е {kind.label}. Проверете номера и вида му.", field="number")
        return asked


def in_capitals(number: str) -> str:
    """The one spelling of an identifier: ИДН is the only one with letters, and ``ab1`` and ``AB1`` are one
    child. To be asked of whatever is read, and of what was stored before it was.

    What has letters beyond ASCII is no identifier and stays as it is: its capitals could look like one.
    """
    return number.upper() if number.isascii() else number


def is_valid(kind: IdType, number: str) -> bool:
    """Check digit and, for ЕГН, the birth date inside; ИДН has no check, only a form.

    Only ASCII digits count, with nothing between or around them: python-stdnum strips spaces
    and hyphens, and files would then hold two spellings of one child.
    """
    if kind is IdType.IDN:
        return _IDN.fullmatch(number) is not None
    if _ASCII_DIGITS.fullmatch(number) is None:
        return False
    try:
        (egn if kind is IdType.EGN else pnf).validate(number)
    except ValidationError:
        return False
    return True


def holds_identifier(text: str) -> bool:
    """Whether somewhere in it stand ten digits that are an ЕГН or ЛНЧ. They are never compared with a list:
    what is refused there and not elsewhere would tell who is on it."""
    found = _TEN_DIGITS.findall(text)
    return any(is_valid(kind, number) for number in found for kind in (IdType.EGN, IdType.LNCH))


def check_holds_no_number(text: str, field: str) -> None:
    """Raise Refusal where somebody's number would travel by mail, and be kept unsealed."""
    if holds_identifier(text):
        raise Refusal(
            "Тук има число като ЕГН или ЛНЧ, а писмото пътува по пощата. Махнете го; ако е телефон, пишете "
            "го с интервали: 0888 123 456.",
            field=field,
        )


def looks_like(number: str, chosen: IdType) -> IdType | None:
    """The other kind with a check digit, if ``number`` holds as that and not as the one that was chosen.

    A guess, for a sentence to whoever typed it: one wrong ЕГН in ten holds as ЛНЧ.
    """
    other = {IdType.EGN: IdType.LNCH, IdType.LNCH: IdType.EGN}.get(chosen)
    return other if other is not None and is_valid(other, number) and not is_valid(chosen, number) else None


def birth_date(kind: IdType, number: str) -> date | None:
    """The birth date that a valid ЕГН carries; the other kinds carry none."""
    if kind is not IdType.EGN or not is_valid(kind, number):
        return None
    born: date = egn.get_birth_date(number)
    return born


def masked(number: str) -> str:
    """``135*****28``: enough for who knows the child, useless for who does not."""
    if len(number) < 6:
        return "*" * len(number)
    return number[:3] + "*" * (len(number) - 5) + number[-2:]
