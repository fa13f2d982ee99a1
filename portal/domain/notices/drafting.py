"""The text that is proposed for a circular, from what is known of the month.

The manner is that of the ministry's own letters (circular РУО1-3314 of 27.01.2021): who sent what, the
deadline with its weekday, what to do, in order, and who answers for it. Whoever publishes changes it as they
like.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime

from portal.domain.calendar import long_date
from portal.domain.month import Month
from portal.domain.notices.rules import Office
from portal.domain.oversight.progress import Totals
from portal.domain.submissions import SubmissionState, Window
from portal.domain.times import short_date, start_of, today

GREETING = "УВАЖАЕМИ ГОСПОЖИ И ГОСПОДА ДИРЕКТОРИ,"
FINAL = (
    "Потвърденото е окончателно и не подлежи на последваща корекция. За верността и навременността на "
    "данните отговаря директорът на институцията."
)
NO_INFORMATION = "За неподписан списък към АСП се подава „няма информация“, дори всичко в него да е решено."
STEPS = (
    "Потвърдете или откажете подаденото за всяко дете. При отказ впишете коригирания брой и бележки по "
    "корекцията.",
    f"Подпишете списъка. {NO_INFORMATION}",
    "Ако за институцията Ви няма записи, отбележете „Проверих – няма записи“.",
    "Проверете карантинния регистър за същия месец и потвърдете месеца или отбележете, че няма лица.",
)


@dataclass(frozen=True)
class Facts:
    """What is known of a month: of the region of ``office``, or of the country."""

    month: Month
    window: Window
    totals: Totals
    office: Office

    @property
    def place(self) -> str:
        return "в страната" if self.office.region is None else "в региона"


def draft_subject(facts: Facts) -> str:
    return f"Потвърждения към АСП и карантинен регистър за {facts.month.label}"


def draft_text(facts: Facts, *, now: datetime) -> str:
    paragraphs = [GREETING, _news(facts), *_task(facts, now=now), _standing(facts, now=now), FINAL]
    return "\n\n".join([*paragraphs, facts.office.name])


def _news(facts: Facts) -> str:
    count = facts.totals.institutions
    lists = (
        f"Списъкът на една институция {facts.place} е"
        if count == 1
        else f"Списъците на {count} институции {facts.place} са"
    )
    return (
        "Уведомяваме Ви, че Агенцията за социално подпомагане (АСП) чрез ЦИОО подаде за "
        f"{facts.month.label} данните за децата и учениците, за чиито помощи институциите дават "
        f"потвърждение. {lists} в портала „Потвърждения към АСП“."
    )


def _task(facts: Facts, *, now: datetime) -> Iterator[str]:
    window = facts.window
    if window.opens_on is None or window.closes_on is None:
        yield "Срокът ще Ви бъде съобщен допълнително. Дотогава списъците се виждат, но не се променят."
        return
    if window.is_past(now):
        yield f"Срокът изтече на {long_date(window.closes_on)}. {NO_INFORMATION}"
        return
    if now < start_of(window.opens_on):
        yield f"Списъците се отварят за работа на {long_date(window.opens_on)}."
    steps = [f"{number}. {step}" for number, step in enumerate(STEPS, start=1)]
    yield "\n".join([f"Моля, до края на {long_date(window.closes_on)}:", *steps])


def _standing(facts: Facts, *, now: datetime) -> str:
    totals = facts.totals
    parts = [f"Към {short_date(today(now))} г. приключили институции: {totals.complete} от {totals.due}"]
    ready, unopened = totals.states[SubmissionState.READY], totals.never_opened
    parts += [f"готови без подпис: {ready}"] if ready else []
    parts += [f"неотваряли: {unopened}"] if unopened else []
    parts += [f"с едно от двете, списък или карантина: {totals.lack_one}"] if totals.lack_one else []
    return f"{'; '.join(parts)}."
