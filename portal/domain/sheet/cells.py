"""A cell of a sheet that came back, and what is wrong with one wherever it stands."""

import re
from collections.abc import Mapping
from dataclasses import dataclass, replace
from decimal import Decimal
from enum import Enum

from portal.domain.errors import Refusal
from portal.domain.figures import UNREADABLE, parse_figure
from portal.domain.sheet.columns import Column


class Kind(Enum):
    TEXT = "text"
    NUMBER = "number"
    DATE = "date"
    TRUTH = "truth"
    ERROR = "error"
    FORMULA = "formula"
    MERGED = "merged"


@dataclass(frozen=True)
class Cell:
    """``text`` as it is written down: of a number ``4.5`` with up to 15 figures, of a date ``05.05.2021``, of
    a truth ``да`` or ``не``, of an error ``#REF!``, of a formula ``=A1``, of what is merged its range."""

    kind: Kind
    text: str

    @property
    def is_empty(self) -> bool:
        return self.kind is Kind.TEXT and not self.text.strip(BLANKS)

    @property
    def shown(self) -> str:
        """For people: a number has its comma."""
        return self.text.replace(".", ",") if self.kind is Kind.NUMBER else self.text


BLANKS = " \t\r\n\u00a0\u2007\u2009\u202f\ufeff"  # what spreadsheets put around a number, and NBSP within it
EMPTY = Cell(Kind.TEXT, "")
Cells = Mapping[Column, Cell]
_MOST = Decimal(10**6)  # as many figures before the comma as ``parse_figure`` reads
_BLANKS = re.compile(f"[{BLANKS}]")

A_DATE = (
    "Excel е направил дата от числото. Сменете вида на клетката на „Текст“ и впишете броя със запетая, "
    "например 5,5."
)


def check_readable(cell: Cell) -> None:
    """Refuse what says nothing certain in any column."""
    match cell.kind:
        case Kind.ERROR:
            raise Refusal("В клетката е останала грешка на Excel. Впишете стойността на ръка.")
        case Kind.FORMULA:
            raise Refusal("В клетката има формула, а порталът не пресмята. Впишете самата стойност.")
        case Kind.MERGED:
            raise Refusal(
                f"Клетките {cell.text} са обединени и не личи за кое дете се отнасят. Разделете ги и "
                "попълнете всяка поотделно."
            )


def number_in(cell: Cell) -> Decimal | None:
    """The number of a cell: as a number, or as text with comma or point and any blanks; none for an empty
    cell. Refusal for a date; UNREADABLE, which the rules refuse, for what is no number or far beyond any."""
    if cell.kind is Kind.DATE:
        raise Refusal(A_DATE)
    if cell.kind is Kind.NUMBER:
        number = Decimal(cell.text) + 0  # there is a zero with a minus
        return number if abs(number) < _MOST else UNREADABLE
    try:
        return parse_figure(_BLANKS.sub("", cell.text))
    except Refusal:
        return UNREADABLE


def as_text(cell: Cell) -> Cell:
    """An error and a formula as what was written; anything else as it is."""
    return replace(cell, kind=Kind.TEXT) if cell.kind in (Kind.ERROR, Kind.FORMULA) else cell


def words_in(cell: Cell) -> str:
    """The text of a cell on one line, for comparing."""
    return " ".join(_BLANKS.sub(" ", cell.shown).split())
