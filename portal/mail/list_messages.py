"""Letters about an institution's list of a month: it is there, and it has changed."""

from datetime import date

from portal.domain.month import Month
from portal.domain.times import short_date
from portal.mail.messages import Message, composed, spoken_day

REGISTER_TOO = "До същия срок потвърдете и карантинния регистър за месеца или отбележете „Няма лица“:"


def records(count: int) -> str:
    return "1 запис" if count == 1 else f"{count} записа"


def list_received(  # as a list is
    to: str,
    *,
    institution: str,
    month: Month,
    count: int,
    pending: int | None = None,
    closes_on: date,
    link: str,
    register_link: str = "",
) -> Message:
    """The list of the month is there. ``closes_on`` is the last day, inclusive; ``pending`` of ``count``
    records are undecided, where somebody has begun. ``register_link`` where the month of the register is not
    confirmed.

    Source: circular РУО1-3314 of 27.01.2021: the institutions got no e-mail and had to look by themselves.
    """
    if count:
        news = f"АСП изпрати на {institution} за {month.label} {records(count)} за потвърждаване."
        if pending is not None and 0 < pending < count:
            news += f" За преглед остават: {pending}."
        task = _task(count, pending)
        warning = "Само решенията не стигат: за неподписан списък към АСП се подава „няма информация“."
    else:
        news = f"За {month.label} АСП не изпрати записи за {institution}."
        task = "Отворете месеца и отбележете „Проверих – няма записи“:"
        warning = "Ако по-късно постъпят записи, ще ви пишем отново."
    register = (REGISTER_TOO, register_link) if register_link else ()
    return composed(
        to,
        f"Списък от АСП за {month.label}, срок {short_date(closes_on)}: {institution}",
        news,
        f"Краен срок: {spoken_day(closes_on)}, до края на деня.",
        task,
        link,
        warning,
        *register,
    )


def _task(count: int, pending: int | None) -> str:
    if pending == 0:
        return "Всички са решени, но списъкът не е подписан. Подпишете го:"
    rows = "всеки ред" if pending is None or pending == count else "останалите редове"
    return f"Отворете списъка, потвърдете или откажете {rows} и накрая подпишете:"


def list_changed(  # both numbers, and what is there now
    to: str, *, institution: str, month: Month, added: int, removed: int, left: int, link: str
) -> Message:
    """Records came to a list that was told of, or were taken off it. ``left`` are on it now."""
    changes = [f"добавени записи: {added}"] * bool(added) + [f"свалени записи: {removed}"] * bool(removed)
    if left:
        task = "Отворете списъка, решете новите редове и накрая подпишете:" if added else "Вижте списъка:"
        rest = f"Сега в списъка има {records(left)}."
    else:
        task = "Отворете месеца и отбележете „Проверих – няма записи“:"
        rest = "Сега в списъка няма записи."
    return composed(
        to,
        f"Промяна в списъка за {month.label}: {institution}",
        f"Списъкът на {institution} за {month.label} е променен по нови данни от АСП, по записванията или от "
        f"ЦИОО: {', '.join(changes)}. {rest}",
        task,
        link,
    )


def changed_after_decision(to: str, *, institution: str, month: Month, count: int, link: str) -> Message:
    """АСП sent other figures for ``count`` records that were decided already."""
    what = "1 запис, за който вече имаше" if count == 1 else f"{count} записа, за които вече имаше"
    return composed(
        to,
        f"АСП промени данни за {month.label}: {institution}",
        f"АСП промени {what} решение на {institution} за {month.label}.",
        "Отворете списъка, прегледайте променените редове, потвърдете или откажете отново и подпишете:",
        link,
        "Решение, взето по старите данни, не се изпраща, докато не го потвърдите наново.",
    )


def record_back(to: str, *, institution: str, month: Month, link: str) -> Message:
    """The operator put a record back onto the list that it was sent back from."""
    return composed(
        to,
        f"Върнат запис за {month.label}: {institution}",
        f"ЦИОО върна в списъка на {institution} за {month.label} запис, който беше изпратен обратно като "
        "„не е наше дете“.",
        "Отворете списъка, решете реда и накрая подпишете. Ако и сега не е ваш, обадете се на ЦИОО, преди "
        "да го изпратите пак:",
        link,
    )
