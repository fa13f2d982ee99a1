"""A calendar month, the unit of a campaign."""

import calendar
import re
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Self

NAMES = (
    "януари", "февруари", "март", "април", "май", "юни",
    "юли", "август", "септември", "октомври", "ноември", "декември",
)  # fmt: skip
_TEXT = re.compile(r"([0-9]{4})-([0-9]{2})", re.ASCII)
LAST_MONTH_OF_SCHOOL_YEAR = 8  # formats.md: month ≤ 8 belongs to the school year before


@dataclass(frozen=True, order=True)
class Month:
    """One month of one calendar year (2000–2099, the years that the exchange files carry)."""

    year: int
    number: int

    def __post_init__(self) -> None:
        if not (2000 <= self.year <= 2099 and 1 <= self.number <= 12):
            raise ValueError(f"not a month: {self.year}-{self.number}")

    @classmethod
    def parse(cls, text: str) -> Self:
        """``2020-12``; ValueError for anything else."""
        match = _TEXT.fullmatch(text)
        if match is None:
            raise ValueError(f"not a month: {text!r}")
        return cls(int(match[1]), int(match[2]))

    @classmethod
    def of(cls, day: date) -> Self:
        return cls(day.year, day.month)

    def __str__(self) -> str:
        return f"{self.year:04d}-{self.number:02d}"

    @property
    def label(self) -> str:
        """``декември 2020 г.``"""
        return f"{NAMES[self.number - 1]} {self.year} г."

    @property
    def school_year(self) -> int:
        """The first calendar year of the school year that this month is in."""
        return self.year if self.number > LAST_MONTH_OF_SCHOOL_YEAR else self.year - 1

    @property
    def first(self) -> date:
        return date(self.year, self.number, 1)

    @property
    def last(self) -> date:
        return date(self.year, self.number, calendar.monthrange(self.year, self.number)[1])

    @property
    def days(self) -> list[date]:
        return [self.first + timedelta(n) for n in range(self.last.day)]

    def plus(self, months: int) -> Self:
        index = self.year * 12 + self.number - 1 + months
        return type(self)(index // 12, index % 12 + 1)
