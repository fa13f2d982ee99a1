"""What the name of a file says of it: its format, and its month (formats.md, F1, F2, F5; ended-list.md)."""

import re
from dataclasses import dataclass
from pathlib import PureWindowsPath

from portal.domain.month import Month

_KINDS = {
    "ASPCONF": "asp",
    "ASPEND": "ended",
    "MONCONF": "answer",
    "MONZPC": "enrolments",
    "MONZP": "enrolments",
}
# Whatever follows: browsers and Windows make „MONZPC1220 (1).txt“ and „MONZPC1220 - Copy.txt“ of a second
# copy. A longer number is no month: „MONZP012021“ is not of January 2020.
_BEGINNING = re.compile(
    rf"\s*({'|'.join(_KINDS)})(?:([0-9]{{2}})([0-9]{{2}})(?![0-9]))?", re.ASCII | re.IGNORECASE
)


@dataclass(frozen=True)
class Named:
    """``kind`` is that of a load, or ``answer``; ``month`` is none where the name has none."""

    kind: str
    month: Month | None
    is_correction: bool


def named(file_name: str) -> Named | None:
    """What the beginning of the name says; none for a name that begins like no format's."""
    match = _BEGINNING.match(PureWindowsPath(file_name).name)  # a path with / or with \
    if match is None:
        return None
    begins, month, year = match[1].upper(), match[2], match[3]
    is_month = month is not None and 1 <= int(month) <= 12
    return Named(
        _KINDS[begins], Month(2000 + int(year), int(month)) if is_month else None, begins == "MONZPC"
    )
