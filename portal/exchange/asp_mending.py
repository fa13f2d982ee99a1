"""A rejected line of АСП's list in the parts that can be mended: which of them a fault is about, and the line
with other values in them."""

from collections.abc import Mapping
from dataclasses import dataclass

from portal.domain.identifiers import IdType
from portal.exchange.asp_list import FIELDS, NAMES, is_unknown_institution
from portal.exchange.text import is_cut, is_unreadable

PARTS = ("year", "month", "institution", "id_type", "id_number", "given", "middle", "family", "absences",
    "reason", "days")  # fmt: skip
WHOLE = "line"  # in place of a part: the line does not come apart
LOST = "windows-1251"  # in the fault of a name whose letters were not kept
_IDENTIFIER = ("id_type", "id_number")
# How a fault begins, and the parts that can be at fault; the first is the one that it is said beside.
_ABOUT: Mapping[str, tuple[str, ...]] = {
    "година: ": ("year",),
    "месец: ": ("month",),
    "месецът е друг": ("month", "year"),
    "код на институцията: ": ("institution",),
    "вид на идентификатора: ": ("id_type", "id_number"),
    "идентификатор: ": ("id_number", "id_type"),
    **{f"{kind.label}: ": ("id_number", "id_type") for kind in IdType},
    **{f"{label}: ": (part,) for label, part in zip(NAMES, ("given", "middle", "family"), strict=True)},
    "отсъствия: ": ("absences",),
    "основание: ": ("reason",),
    "дни: ": ("days",),
    "детето и причината се повтарят": (*reversed(_IDENTIFIER), "reason"),
    "полетата са ": (WHOLE,),
}


@dataclass(frozen=True)
class Rejected:
    """A rejected line as it is kept. ``encoding`` is that of its file, as people are told."""

    number: int
    raw: bytes
    faults: tuple[str, ...]
    encoding: str

    @property
    def is_whole(self) -> bool:
        """Whether the line was read to its end."""
        return not any(map(is_cut, self.faults))

    @property
    def text(self) -> str:
        """What cannot be read in it is a mark that no line may hold. What was read is kept in windows-1251
        whatever the file was, and what was not as it came."""
        is_utf_8 = any(map(is_unreadable, self.faults)) and self.encoding.startswith("UTF-8")
        return self.raw.decode("utf-8" if is_utf_8 else "cp1251", "replace")

    @property
    def values(self) -> dict[str, str]:
        """What stands in each part; of a line that does not come apart, the whole."""
        fields = self.text.split("|")
        if len(fields) != FIELDS or any(map(is_unreadable, self.faults)):
            return {WHOLE: self.text}
        return dict(zip(PARTS, fields, strict=True))

    @property
    def mendable(self) -> tuple[str, ...]:
        """The parts that some fault is about, in the order of the line; none where only a list is signed."""
        if WHOLE in self.values:
            return (WHOLE,)
        wrong = {part for fault in self.faults for part in parts_of(fault)}
        return tuple(part for part in PARTS if part in wrong)

    @property
    def lost(self) -> tuple[str, ...]:
        """Names that stand here with a ``?`` for each letter that windows-1251 lacks: as they stand, they are
        nobody's."""
        return tuple(parts_of(fault)[0] for fault in self.faults if fault.endswith(")") and LOST in fault)

    @property
    def is_institution_unknown(self) -> bool:
        return any(map(is_unknown_institution, self.faults))

    def mended(self, changes: Mapping[str, str]) -> str:
        """The line with other values in the parts that can be mended; the others stay as they stand."""
        values = self.values
        return "|".join(
            changes.get(part, value) if part in self.mendable else value for part, value in values.items()
        )


def parts_of(fault: str) -> tuple[str, ...]:
    """The parts that a fault is about; none where it is about no part of the line."""
    return next((parts for begins, parts in _ABOUT.items() if fault.startswith(begins)), ())


def split(faults: str) -> tuple[str, ...]:
    """Faults as they are kept, joined by ``; ``."""
    return tuple(fault for fault in faults.split("; ") if fault)
