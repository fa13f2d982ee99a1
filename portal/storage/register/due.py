"""Which of an institution's registers will be erased, and when, so that its director sees it coming."""

from dataclasses import dataclass
from datetime import date, timedelta

from portal.domain.register.entry import school_year_label
from portal.storage.tables.register import Collection

ANNOUNCED = timedelta(days=60)  # before the day, on the first page too: our decision


@dataclass(frozen=True)
class Erasure:
    """``on`` is the day on which the keys of one school year's register are destroyed."""

    school_year: int
    on: date

    @property
    def label(self) -> str:
        return school_year_label(self.school_year)

    def is_near(self, today: date) -> bool:
        return self.on - today <= ANNOUNCED

    def is_due(self, today: date) -> bool:
        return self.on <= today


def erasures_of(institution: str) -> list[Erasure]:
    """The soonest first."""
    rows = Collection.select(Collection.school_year, Collection.erase_on).where(
        (Collection.institution == institution) & Collection.erased_at.is_null()
    )
    found = [Erasure(row.school_year, row.erase_on) for row in rows]
    return sorted(found, key=lambda erasure: (erasure.on, erasure.school_year))
