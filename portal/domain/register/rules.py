"""What may be entered in the quarantine register. Every fault is named, with how to put it right."""

from collections.abc import Iterator
from dataclasses import fields, replace
from datetime import date, timedelta

from portal.domain.decisions import NOTE_LENGTH, clean_note
from portal.domain.errors import Refusal
from portal.domain.identifiers import IdType, in_capitals, is_valid, looks_like
from portal.domain.month import Month
from portal.domain.register.entry import (
    Draft,
    Entry,
    PersonKind,
    erase_date,
    school_year_label,
    school_year_of,
    school_year_span,
)
from portal.domain.times import short_date

LONGEST_PLAN = timedelta(days=60)  # our decision: a longer one is a slip in the month or the year
AHEAD = timedelta(days=7)  # our decision: a prescription names a near day; later ones are slips too

# Characters; our bounds, wide enough for every true one.
LONGEST = {
    "first_name": 60,
    "middle_name": 60,
    "last_name": 60,
    "class_name": 30,
    "prescription": 60,
    "phone": 60,
    "place": 200,
    "note": NOTE_LENGTH,
}


def check_entry(draft: Draft, today: date, *, school_year: int | None = None) -> Entry:
    """The entry as it is kept; Refusal with everything that does not hold.

    ``school_year`` is that of the register which it goes into; without one it is that of ``today``. Names
    are kept in NFC, without control and bidirectional marks. An Entry that is checked keeps its history.
    """
    draft = _tidied(draft)
    year = Month.of(today).school_year if school_year is None else school_year
    Refusal.raise_all([*_about_person(draft), *_too_long(draft), *_about_days(draft, today, year)])
    return Entry(**{field.name: getattr(draft, field.name) for field in fields(draft)})


def register_year(placed_on: date | None, today: date) -> int:
    """The school year whose register takes a quarantine from ``placed_on``: this one, the next from the
    last days of August on, and an earlier one for as long as it is kept. Else this one, which refuses it."""
    this_year = school_year_of(today)
    if placed_on is None:
        return this_year
    year = school_year_of(placed_on)
    return year if year <= school_year_of(today + AHEAD) and today < erase_date(year) else this_year


def _tidied(draft: Draft) -> Draft:
    number = in_capitals(_line(draft.id_number))
    return replace(
        draft,
        first_name=_line(draft.first_name),
        middle_name=_line(draft.middle_name),
        last_name=_line(draft.last_name),
        id_type=draft.id_type if number else None,
        id_number=number,
        class_name=_line(draft.class_name),
        prescription=_line(draft.prescription),
        phone=_line(draft.phone),
        place=_line(draft.place),
        note=clean_note(draft.note),
    )


def _line(text: str) -> str:
    return " ".join(clean_note(text).split())


def _about_person(draft: Draft) -> Iterator[Refusal]:
    if draft.person is None:
        yield Refusal("Изберете дали е дете/ученик, учител или друг служител.", field="person")
    yield from _about_name(draft.first_name, "собственото име", "first_name")
    yield from _about_name(draft.last_name, "фамилията", "last_name")
    yield from _about_identifier(draft)
    if draft.basis is None:
        yield Refusal("Изберете основание: контактно лице или положителен тест.", field="basis")


def _about_name(name: str, called: str, field: str) -> Iterator[Refusal]:
    if not any(c.isalpha() for c in name):
        yield Refusal(f"Напишете {called} с букви, както е в документа.", field=field)


def _about_identifier(draft: Draft) -> Iterator[Refusal]:
    """A child's is obligatory: its days are counted by it. Of staff it may be left out (our decision):
    nothing is counted for them, and what is not needed is not collected."""
    if not draft.id_number:
        if draft.person is PersonKind.CHILD:
            yield Refusal("Напишете ЕГН, ЛНЧ или ИДН на детето.", field="id_number")
    elif draft.id_type is None:
        yield Refusal("Изберете какъв е идентификаторът: ЕГН, ЛНЧ или ИДН.", field="id_type")
    elif not is_valid(draft.id_type, draft.id_number):
        yield Refusal(_wrong_identifier(draft.id_type, draft.id_number), field="id_number")


def _wrong_identifier(kind: IdType, number: str) -> str:
    if kind is IdType.IDN:
        return "ИДН е до 10 знака, само цифри и латински букви. Проверете го."
    if len(number) != 10 or not (number.isascii() and number.isdigit()):
        return f"{kind.label} е от точно 10 цифри, без интервали. Проверете го."
    wrong = "датата на раждане или контролната цифра" if kind is IdType.EGN else "контролната цифра"
    sentence = f"Има грешка в {kind.label}: {wrong} не е вярна."
    other = looks_like(number, kind)
    if other is not None:
        return f"{sentence} Прилича на {other.label}: ако така пише в документа, изберете {other.label}."
    return f"{sentence} Сравнете го с документа, цифра по цифра."


def _too_long(draft: Draft) -> Iterator[Refusal]:
    for field, longest in LONGEST.items():
        if len(getattr(draft, field)) > longest:
            yield Refusal(f"Тук се събират до {longest} знака. Съкратете написаното.", field=field)


def _about_days(draft: Draft, today: date, school_year: int) -> Iterator[Refusal]:
    if draft.placed_on is None:
        yield Refusal("Напишете от коя дата е карантината, например 01.12.2020.", field="placed_on")
    else:
        yield from _about_start(draft.placed_on, today, school_year)
    yield from _about_plan(draft.placed_on, draft.planned_until)
    if draft.released_on is not None:
        yield from _about_release(draft.placed_on, draft.released_on, today)


def _about_start(placed_on: date, today: date, school_year: int) -> Iterator[Refusal]:
    first, last = school_year_span(school_year)
    if not first <= placed_on <= last:
        yield Refusal(
            f"Този регистър е за учебната {school_year_label(school_year)} година: от {short_date(first)} "
            f"до {short_date(last)} г. Изберете дата в нея.",
            field="placed_on",
        )
    elif placed_on > today + AHEAD:
        yield Refusal(
            f"Началото може да е най-много {AHEAD.days} дни напред. Проверете месеца и годината.",
            field="placed_on",
        )


def _about_plan(placed_on: date | None, planned_until: date | None) -> Iterator[Refusal]:
    if planned_until is None:
        yield Refusal("Напишете до коя дата е планирана карантината.", field="planned_until")
    elif placed_on is not None and planned_until < placed_on:
        yield Refusal("Планираният край е преди началото. Проверете двете дати.", field="planned_until")
    elif placed_on is not None and planned_until - placed_on > LONGEST_PLAN:
        yield Refusal(
            f"Планираният край може да е най-много {LONGEST_PLAN.days} дни след началото. Проверете месеца и "
            "годината; ако карантината наистина продължава, освободете лицето и го впишете наново.",
            field="planned_until",
        )


def _about_release(placed_on: date | None, released_on: date, today: date) -> Iterator[Refusal]:
    if placed_on is not None and released_on < placed_on:
        yield Refusal("Последният ден е преди началото. Проверете двете дати.", field="released_on")
    elif released_on > today + AHEAD:
        yield Refusal(
            f"Последният ден може да е най-много {AHEAD.days} дни напред. Ако срокът е по-дълъг, "
            "променете планирания край.",
            field="released_on",
        )
