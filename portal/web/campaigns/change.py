"""The page that says what a change sets off, before it is made."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date

from flask import render_template, url_for

from portal.domain.month import Month
from portal.domain.times import short_date

Figure = tuple[int, str, str]  # a number, what it counts, and its state as ``macros/parts.html`` has them


@dataclass(frozen=True)
class Change:
    """``heading`` and ``button`` name it, ``action`` and ``fields`` make it, ``sentences`` say what follows.
    ``facts`` are pairs of a name and what it is, ``warned`` what the ``warnings`` are about; ``place`` is the
    part of the month's page to go back to."""

    heading: str
    button: str
    action: str
    sentences: Sequence[str]
    fields: Mapping[str, str] = field(default_factory=dict)
    facts: Sequence[tuple[str, str]] = ()
    warnings: Sequence[str] = ()
    warned: str = "Проверете крайния срок"
    place: str | None = None


def shown(month: Month, change: Change, figures: Sequence[Figure]) -> str:
    back = url_for("campaigns.show", month=month, _anchor=change.place)
    return render_template("campaigns/before.html", month=month, change=change, figures=figures, back=back)


def said_of_days(days: Iterable[date]) -> str:
    return ", ".join(map(short_date, days)) or "няма"
