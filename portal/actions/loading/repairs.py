"""Lines that the operator has mended, when their file, or another with the same lines, is loaded again."""

from dataclasses import dataclass, field, replace

from portal.domain.month import Month
from portal.exchange.asp_list import AspRow, read_again
from portal.storage.campaigns.rejects import Repair, repairs_in


@dataclass(frozen=True)
class Repairs:
    """What was mended in a month, by the line as it came."""

    by_line: dict[bytes, list[Repair]] = field(default_factory=dict)

    @classmethod
    def of(cls, month: Month | None) -> "Repairs":
        found: dict[bytes, list[Repair]] = {}
        for repair in [] if month is None else repairs_in(month):
            if repair.line != repair.mended:  # else it was rejected for its list, and is read as it stands
                found.setdefault(repair.line, []).append(repair)
        return cls(found)

    def read(self, row: AspRow, *, is_sound: bool) -> tuple[AspRow, int | None]:
        """The line as it was mended, with the id of what was mended; one that was not mended as it is.

        A line with a fault of its own is the same wherever it stands. One without can only be known again by
        its number as well: it was rejected for repeating another, and may be word for word that one.
        """
        mended = self.by_line.get(row.raw, ())
        same = next((one for one in mended if one.number == row.number), None)
        if same is None and not is_sound:
            same = next(iter(mended), None)
        if same is None:
            return row, None
        return replace(read_again(row.number, same.mended.decode("cp1251")), raw=row.raw), same.id
