"""Letters about an authorisation that ends: to whom it was given, and to the director."""

from collections.abc import Collection
from dataclasses import dataclass
from datetime import date

from portal.domain.people import Scope
from portal.mail.messages import Message, composed, spoken_day


@dataclass(frozen=True)
class Given:
    """``until`` is the last day, inclusive."""

    institution: str
    person: str
    scopes: Collection[Scope]
    until: date

    @property
    def may(self) -> str:
        return ", ".join(scope.label for scope in Scope if scope in self.scopes)


def ending(to: str, given: Given, *, is_own: bool, link: str) -> Message:
    """``is_own``: to the delegate."""
    if is_own:
        return composed(
            to,
            f"Упълномощаването ви изтича: {given.institution}",
            f"Упълномощаването ви за {given.institution} важи до {spoken_day(given.until)} включително.",
            "Ако трябва да продължите, помолете директора да го поднови с нова заповед. Довършете каквото "
            "сте започнали:",
            link,
        )
    return composed(
        to,
        f"Изтича упълномощаването на {given.person}: {given.institution}",
        f"Упълномощаването на {given.person} ({given.may}) важи до {spoken_day(given.until)} включително.",
        "Ако трябва да продължи, подновете го с нова заповед. Ако не, не е нужно да правите нищо. То е тук:",
        link,
    )


def ended(to: str, given: Given, *, is_own: bool, link: str) -> Message:
    if is_own:
        return composed(
            to,
            f"Упълномощаването ви изтече: {given.institution}",
            f"Упълномощаването ви за {given.institution} важеше до {spoken_day(given.until)} и изтече. Не "
            "можете повече да работите от името на институцията; направеното дотогава остава в сила.",
            "Ако трябва да продължите, обърнете се към директора.",
        )
    return composed(
        to,
        f"Изтече упълномощаването на {given.person}: {given.institution}",
        f"Упълномощаването на {given.person} ({given.may}) важеше до {spoken_day(given.until)} и изтече. "
        "Направеното дотогава остава в сила.",
        "Ако трябва да продължи, упълномощете лицето отново:",
        link,
    )
