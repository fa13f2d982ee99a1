"""Which papers can be printed from the register, and who is listed on each."""

from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date
from enum import Enum

from portal.domain.calendar import Span
from portal.domain.errors import Refusal
from portal.domain.register.days import is_away, period, touches
from portal.domain.register.entry import Basis, Entry, PersonKind, folded_class
from portal.domain.times import short_date

CLASS_LENGTH = 30  # characters, as in the register


class PaperKind(Enum):
    """The values are those of the form."""

    RZI = "rzi"
    ORDER = "order"
    DAY = "day"

    @property
    def label(self) -> str:
        return {
            "rzi": "списък за РЗИ",
            "order": "заповед за обучение от разстояние на клас",
            "day": "числата за деня",
        }[self.value]


class PaperFormat(Enum):
    """The values are those of the form."""

    PDF = "pdf"
    XLSX = "xlsx"

    @property
    def label(self) -> str:
        return {"pdf": "PDF за печат", "xlsx": "таблица (xlsx)"}[self.value]


@dataclass(frozen=True, kw_only=True)
class Asked:
    """What somebody wants to have. ``day`` is for the list and the numbers, ``first`` and ``last`` for the
    order; without them it takes the days that the register has."""

    kind: PaperKind | None
    format: PaperFormat | None = PaperFormat.PDF
    class_name: str = ""
    day: date | None = None
    first: date | None = None
    last: date | None = None


def check_asked(asked: Asked) -> None:
    """Raise Refusal with everything that is missing or cannot be."""
    found = []
    if asked.kind is None:
        found.append(Refusal("Изберете документ.", field="kind"))
    if asked.format is None:
        found.append(Refusal("Изберете PDF или таблица.", field="format"))
    if len(asked.class_name) > CLASS_LENGTH:
        found.append(Refusal(f"Класът е до {CLASS_LENGTH} знака.", field="class_name"))
    if asked.kind is PaperKind.ORDER:
        if not folded_class(asked.class_name):
            found.append(Refusal("Напишете за кой клас е заповедта, например 5А.", field="class_name"))
        if asked.first and asked.last and asked.last < asked.first:
            found.append(Refusal("Последният ден е преди първия. Проверете двете дати.", field="last"))
    Refusal.raise_all(found)


def on_list(entries: Iterable[Entry], day: date, class_name: str = "") -> list[Entry]:
    """Everyone in quarantine on ``day``, of one class or of all; Refusal if there is nobody."""
    wanted = folded_class(class_name)
    found = [
        entry
        for entry in entries
        if is_away(entry, day) and (not wanted or folded_class(entry.class_name) == wanted)
    ]
    if not found:
        where = f" от „{class_name}“" if wanted else ""
        raise Refusal(
            f"На {short_date(day)} г. в регистъра няма никого{where}. Изберете друг ден.", field="day"
        )
    return sorted(found, key=lambda entry: entry.by_class)


def on_order(entries: Iterable[Entry], asked: Asked, today: date) -> list[Entry]:
    """The children of one class with a day of quarantine among the order's; Refusal if there is none.

    Without a first day it begins today, without a last one it has no end.
    """
    first, last = asked.first or min(today, asked.last or today), asked.last or date.max
    wanted = folded_class(asked.class_name)
    found = [
        entry
        for entry in entries
        if entry.person is PersonKind.CHILD
        and folded_class(entry.class_name) == wanted
        and touches(entry, first, last)
    ]
    if not found:
        raise Refusal(
            "В регистъра няма деца от този клас под карантина в тези дни. Проверете как е изписан класът и "
            "датите.",
            field="class_name",
        )
    return sorted(found, key=lambda entry: (entry.by_name, entry.placed_on))


def order_span(entries: Iterable[Entry], asked: Asked) -> Span:
    """The days of the order: as they were asked for, else from the first placing to the last end."""
    periods = [period(entry) for entry in entries]
    return Span(
        asked.first or min(span.first for span in periods), asked.last or max(span.last for span in periods)
    )


@dataclass(frozen=True)
class DayNumbers:
    """How many people were in quarantine on one day; no name is in it."""

    day: date
    kinds: Counter[tuple[PersonKind, Basis]]
    classes: tuple[tuple[str, int], ...]
    placed: int
    ending: int

    def count(self, kind: PersonKind | None = None, basis: Basis | None = None) -> int:
        return sum(
            number
            for (of_kind, of_basis), number in self.kinds.items()
            if kind in (None, of_kind) and basis in (None, of_basis)
        )


def day_numbers(entries: Iterable[Entry], day: date) -> DayNumbers:
    """``ending`` are those for whom ``day`` is the last one."""
    away = sorted((entry for entry in entries if is_away(entry, day)), key=lambda entry: entry.by_class)
    classes: dict[str, tuple[str, int]] = {}
    for entry in away:
        if entry.person is PersonKind.CHILD:
            key = folded_class(entry.class_name)
            label, count = classes.get(key, (entry.class_name or "без клас", 0))
            classes[key] = label, count + 1
    return DayNumbers(
        day=day,
        kinds=Counter((entry.person, entry.basis) for entry in away),
        classes=tuple(classes.values()),
        placed=sum(entry.placed_on == day for entry in away),
        ending=sum(period(entry).last == day for entry in away),
    )
