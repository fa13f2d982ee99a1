"""What the hidden column of a sheet says of its row: of whose list and month, which record, as it was."""

import re
from dataclasses import dataclass

from portal.domain.month import Month

_KEY = re.compile(
    r"([0-9]{7})/([0-9]{4}-[0-9]{2})/([0-9]{1,10})/([0-9]{1,10})/([0-9a-f]{16})/([0-9a-f]{32})", re.ASCII
)


@dataclass(frozen=True)
class RowKey:
    """``version`` is the record's when the sheet was made, and ``base`` stands for what the row said then:
    a row that says it still was not touched."""

    institution: str
    month: Month
    record: int
    version: int
    base: str

    @property
    def facts(self) -> tuple[str, ...]:
        """What the portal's mark binds together."""
        return self.institution, str(self.month), str(self.record), str(self.version), self.base

    def text(self, mark: str) -> str:
        return "/".join((*self.facts, mark))


def parse_key(text: str) -> tuple[RowKey, str] | None:
    """The key and its mark; none for what is no key. Nothing is true of it until the mark was compared."""
    found = _KEY.fullmatch(text.strip())
    if found is None:
        return None
    institution, month, record, version, base, mark = found.groups()
    try:
        return RowKey(institution, Month.parse(month), int(record), int(version), base), mark
    except ValueError:
        return None
