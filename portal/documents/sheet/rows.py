"""What the sheet of a list says, before it is a file."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal

from portal.domain.decisions import Case
from portal.domain.sheet.columns import Column

Value = str | Decimal


@dataclass(frozen=True)
class SheetRow:
    """``values`` by column; a number stands only where one was decided on. ``case`` is none for a row that
    is of no record here. ``faults`` is what has to be put right in it."""

    values: Mapping[Column, Value]
    case: Case | None
    faults: str = ""


@dataclass(frozen=True)
class ListSheet:
    """``notes`` stand below the title. Nothing can be written into what ``is_locked``. ``foot`` is printed on
    each page."""

    title: str
    notes: Sequence[str]
    rows: Sequence[SheetRow]
    made_at: datetime
    foot: str
    is_locked: bool = False
    with_faults: bool = False
