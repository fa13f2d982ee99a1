"""Days of quarantine: who is in it today, whose periods overlap, and which days were distance learning."""

from collections.abc import Iterable
from datetime import date
from enum import Enum

from portal.domain.calendar import Span
from portal.domain.errors import Refusal
from portal.domain.identifiers import in_capitals
from portal.domain.names import folded
from portal.domain.register.entry import Entry, PersonKind, folded_class
from portal.domain.times import short_date


class Standing(Enum):
    """How an entry stands on a day, in the order in which a page should show them."""

    ENDS_TODAY = "ends_today"
    OVERDUE = "overdue"
    IN_QUARANTINE = "in_quarantine"
    COMING = "coming"
    RELEASED = "released"

    @property
    def label(self) -> str:
        return _LABELS[self]

    @property
    def is_due(self) -> bool:
        """Whether somebody has to say: released or extended?"""
        return self in (Standing.ENDS_TODAY, Standing.OVERDUE)


ASKED = "освободено или удължена карантина? Отбележете последния ден или новия край."
_LABELS = {
    Standing.ENDS_TODAY: "изтича днес",
    Standing.OVERDUE: "срокът изтече",
    Standing.IN_QUARANTINE: "под карантина",
    Standing.COMING: "предстои",
    Standing.RELEASED: "освободен",
}


def period(entry: Entry) -> Span:
    """From the day of placing to the day of release, or to the planned one; both are included."""
    return Span(entry.placed_on, entry.released_on or entry.planned_until)


def is_away(entry: Entry, day: date) -> bool:
    """Whether ``day`` is one of the quarantine's; the day of release still is."""
    return day in period(entry)


def touches(entry: Entry, first: date, last: date) -> bool:
    """Whether any day of the quarantine is from ``first`` to ``last``: in a month, in a week."""
    return _overlap(period(entry), Span(first, last))


def standing(entry: Entry, today: date) -> Standing:
    """Past the planned end nobody knows: the entry waits for somebody to say, and counts no further days."""
    if entry.released_on is not None and entry.released_on <= today:
        return Standing.RELEASED
    if today < entry.placed_on:
        return Standing.COMING
    if entry.released_on is not None or today < entry.planned_until:
        return Standing.IN_QUARANTINE
    return Standing.ENDS_TODAY if today == entry.planned_until else Standing.OVERDUE


def standing_sentence(entry: Entry, today: date) -> str:
    """What the person at the register reads beside an entry, and what to do about it."""
    end = short_date(period(entry).last)
    match standing(entry, today):
        case Standing.ENDS_TODAY:
            return f"Изтича днес: {ASKED}"
        case Standing.OVERDUE:
            return f"Срокът изтече на {end} г.: {ASKED}"
        case Standing.IN_QUARANTINE:
            return f"Под карантина до {end} г. включително."
        case Standing.COMING:
            return f"Карантината започва на {short_date(entry.placed_on)} г."
    return f"Карантината свърши: последният ден беше {end} г."


def is_same_person(one: Entry, other: Entry) -> bool:
    """By identifier; where one of them has none, by names and class (and child or not)."""
    if one.id_number and other.id_number:
        return (one.id_type, in_capitals(one.id_number)) == (other.id_type, in_capitals(other.id_number))
    return _known_as(one) == _known_as(other)


def check_no_overlap(entry: Entry, others: Iterable[Entry]) -> None:
    """Raise Refusal if the person is in quarantine already on one of these days.

    ``others`` are all other entries of the register; the one that is being changed is not among them.
    """
    for other in others:
        if is_same_person(entry, other) and _overlap(period(entry), period(other)):
            first, last = short_date(period(other).first), short_date(period(other).last)
            raise Refusal(
                f"Лицето вече е вписано под карантина от {first} до {last} г. Поправете датите или променете "
                "онзи запис: например удължете срока му.",
                field="placed_on",
            )


def days_at_distance(entries: Iterable[Entry], school_days: frozenset[date]) -> int:
    """On how many of ``school_days`` one person was in quarantine; a day counts once."""
    periods = [period(entry) for entry in entries]
    return sum(1 for day in school_days if any(day in each for each in periods))


def _overlap(one: Span, other: Span) -> bool:
    return one.first <= other.last and other.first <= one.last


def _known_as(entry: Entry) -> tuple[bool, str, str]:
    return entry.person is PersonKind.CHILD, folded(entry.names), folded_class(entry.class_name)
