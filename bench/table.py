"""Measured figures as a table: each beside its limit, and the two as a ratio."""

from dataclasses import dataclass


@dataclass(frozen=True)
class Measure:
    """One figure. ``limit`` is what we promise; where there is none, the figure only informs."""

    what: str
    value: float
    unit: str
    limit: float | None = None

    @property
    def line(self) -> str:
        value = f"{self.value:,.1f}" if self.value % 1 else f"{self.value:,.0f}"
        if self.limit is None:
            return f"  {self.what:<58} {value:>10} {self.unit}"
        ratio = self.value / self.limit
        note = "" if ratio <= 1 else "  OVER"
        return (
            f"  {self.what:<58} {value:>10} {self.unit:<9} limit {self.limit:>9,.0f}  ratio {ratio:.2f}{note}"
        )


def show(title: str, measures: list[Measure]) -> bool:
    """Print them; whether all are within their limits."""
    print(f"\n{title}")
    for measure in measures:
        print(measure.line)
    return all(measure.limit is None or measure.value <= measure.limit for measure in measures)
