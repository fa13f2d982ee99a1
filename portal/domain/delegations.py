"""What a director may authorise a delegate to do, by which order and until when."""

from collections.abc import Set as AbstractSet
from dataclasses import dataclass
from datetime import date
from enum import Enum

from portal.domain.decisions import clean_note
from portal.domain.errors import Refusal, check_all
from portal.domain.people import Scope
from portal.domain.times import short_date

LONGEST_ORDER = 60  # characters


class KeyState(Enum):
    """How a person stands with the register's key. ``LATER``: nothing was entered yet, and whoever may
    hold the key then gets it with the first entry."""

    NOT_FOR = "not_for"
    INVITED = "invited"
    LATER = "later"
    WAITS = "waits"
    HELD = "held"

    @property
    def label(self) -> str:
        return {
            "not_for": "няма достъп до регистъра",
            "invited": "още не е активирал достъпа си",
            "later": "ще получи ключа с първото вписване",
            "waits": "чака ключ",
            "held": "има ключа на регистъра",
        }[self.value]


@dataclass(frozen=True)
class Terms:
    """``until`` is the last day of the authorisation, to its end in Sofia."""

    scopes: AbstractSet[Scope]
    order_number: str
    until: date | None

    @property
    def scope_words(self) -> str:
        """As the database keeps the scopes."""
        return ",".join(scope.value for scope in Scope if scope in self.scopes)


def check_terms(terms: Terms, today: date) -> Terms:
    """The terms with the order's number as it is kept; Refusal names all that does not hold.

    The scopes, the order and the end date: domain.md, "Who uses the portal". At most a year: our decision.
    """
    order_number = " ".join(clean_note(terms.order_number).split())
    check_all(
        lambda: check_scopes(terms.scopes),
        lambda: check_order_number(order_number),
        lambda: check_until(terms.until, today),
    )
    return Terms(terms.scopes, order_number, terms.until)


def check_scopes(scopes: AbstractSet[Scope]) -> None:
    if not scopes or not scopes <= set(Scope):
        raise Refusal("Отбележете какво може да прави упълномощеният: поне едно.", field="scopes")


def check_order_number(order_number: str) -> None:
    if not order_number:
        raise Refusal(
            "Напишете номера и датата на заповедта, например РД-15/12.01.2021.", field="order_number"
        )
    if len(order_number) > LONGEST_ORDER:
        raise Refusal(
            f"Номерът на заповедта може да има най-много {LONGEST_ORDER} знака.", field="order_number"
        )


def check_until(until: date | None, today: date) -> None:
    """The last day must be today or later, and at most a year away."""
    if until is None:
        raise Refusal("Изберете последния ден на упълномощаването, например 30.06.2021.", field="until")
    if until < today:
        raise Refusal("Тази дата е минала. Изберете днешната или по-късна дата.", field="until")
    if until > (latest := a_year_after(today)):
        raise Refusal(
            f"Упълномощаване се дава най-много за година: до {short_date(latest)} г. "
            "После го подновете с нова заповед.",
            field="until",
        )


def a_year_after(day: date) -> date:
    """The same day of the next year; of 29 February, the 28th."""
    try:
        return day.replace(year=day.year + 1)
    except ValueError:
        return day.replace(year=day.year + 1, day=28)
