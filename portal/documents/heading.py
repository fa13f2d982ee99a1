"""Whose paper it is, who made it, and when."""

from dataclasses import dataclass
from datetime import datetime

from portal.domain.times import stamp


@dataclass(frozen=True)
class Heading:
    institution: str
    code: str
    made_by: str
    made_at: datetime

    @property
    def made(self) -> str:
        return f"Изготвено от {self.made_by} на {stamp(self.made_at)}"
