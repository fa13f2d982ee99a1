"""Numbers, as people type and read them."""

import re
from decimal import Decimal

from portal.domain.errors import Refusal

UNREADABLE = Decimal("NaN")  # stands for what was typed and is no number, until the rules refuse it
NOT_A_NUMBER = "Напишете само число с цифри, например 4,5 или 4.5 – без други знаци и без минус."

_NUMBER = re.compile(r"[0-9]{1,6}(?:[.,][0-9]{1,6})?", re.ASCII)


def parse_figure(text: str) -> Decimal | None:
    """The number that a person typed, with a comma or a point; none for an empty field.

    Refuses anything else with the rule that it broke: 4,5 read as 45 has cost families a year
    of money (domain.md, "Who uses the portal").
    """
    text = text.strip()
    if not text:
        return None
    if _NUMBER.fullmatch(text) is None:
        raise Refusal(NOT_A_NUMBER, field="corrected")
    return Decimal(text.replace(",", "."))


def plain(number: Decimal) -> str:
    """For people: ``7``, ``7,33``, ``18,5``; the decimal sign is a comma."""
    return f"{number.quantize(Decimal('0.01'))}".rstrip("0").rstrip(".").replace(".", ",")


def in_threes(count: int) -> str:
    """A count for people: ``62 000``, in threes from five digits on, with a narrow space that never breaks.

    For sentences and pages: what goes into a table or is read by a program has the digits and nothing else.
    """
    return f"{count:,}".replace(",", "\N{NARROW NO-BREAK SPACE}") if count >= 10_000 else str(count)


_ONE = {
    "уч. дни": "уч. ден",
    "уч. часа": "уч. час",
    "дни": "ден",
    "дни в детската градина": "ден в детската градина",
    "учебни дни": "учебен ден",
}


def measured(number: Decimal | None, unit: str) -> str:
    """A number with its unit, in agreement: ``7,33 уч. часа``, ``1 ден``; nothing for none."""
    if number is None:
        return ""
    return f"{plain(number)} {_ONE.get(unit, unit) if number == 1 else unit}"
