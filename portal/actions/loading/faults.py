"""Why the lines of a file were rejected: equal faults together, with how many lines have each."""

import re
from collections import Counter
from dataclasses import dataclass

from portal.exchange.asp_list import is_unknown_institution
from portal.storage.campaigns.rejects import faults_of
from portal.storage.loading.tables import Load

_FIRST = re.compile(r"ред [0-9]+")  # the line that stands is another one each time


@dataclass(frozen=True)
class Fault:
    """One fault, how many lines have it, and what to do where the portal knows that."""

    text: str
    lines: int

    @property
    def advice(self) -> str:
        return "първо заредете институциите" if is_unknown_institution(self.text) else ""

    def __str__(self) -> str:
        counted = f"{self.text} – {self.lines} {'ред' if self.lines == 1 else 'реда'}"
        return f"{counted}; {self.advice}" if self.advice else counted


def grouped(load: Load) -> list[Fault]:
    """Every fault of the load, the most frequent first; a line with several counts for each.

    None where each line has its own: then the lines themselves say as much.
    """
    lines: Counter[str] = Counter()
    if load.rejected:
        for faults, count in faults_of(load):
            for fault in set(_FIRST.sub("по-ранен ред", faults).split("; ")):
                lines[fault] += count
    if not any(count > 1 for count in lines.values()):
        return []
    return [Fault(text, count) for text, count in sorted(lines.items(), key=lambda item: (-item[1], item[0]))]
