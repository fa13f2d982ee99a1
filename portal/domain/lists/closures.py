"""An institution's own days without school: what may be entered, and until when."""

from collections.abc import Iterable
from dataclasses import dataclass

from portal.domain.calendar import Span
from portal.domain.errors import Conflict, Refusal
from portal.domain.month import Month
from portal.domain.submissions import Lock

ORDER_LENGTH = 60  # characters, as wide as the column
LONGEST = 100  # days of one closure: our bound, as a wrong year makes a much longer one
FIRST_YEAR, LAST_YEAR = 2000, 2099  # of the exchange files


@dataclass(frozen=True)
class Days(Span):
    """From the first day to the last, by the director's order."""

    order_number: str

    @property
    def months(self) -> list[Month]:
        """Every month that has one of the days."""
        months = [Month.of(self.first)]
        while months[-1] < Month.of(self.last):
            months.append(months[-1].plus(1))
        return months


def check_days(days: Days) -> None:
    """Raise Refusal unless these can be the days of one order."""
    for name, day in (("first", days.first), ("last", days.last)):
        if not FIRST_YEAR <= day.year <= LAST_YEAR:
            raise Refusal("Проверете годината.", field=name)
    if days.last < days.first:
        raise Refusal("Последният ден е преди първия.", field="last")
    if (days.last - days.first).days >= LONGEST:
        raise Refusal(f"Най-много {LONGEST} дни наведнъж. Проверете годината.", field="last")
    if not days.order_number:
        raise Refusal("Напишете номера и датата на заповедта.", field="order_number")
    if len(days.order_number) > ORDER_LENGTH:
        raise Refusal(f"Номерът на заповедта е до {ORDER_LENGTH} знака.", field="order_number")


def check_apart(days: Days, others: Iterable[Span]) -> None:
    """Raise Refusal if one of these days was entered already."""
    for other in others:
        if days.first <= other.last and other.first <= days.last:
            raise Refusal(
                f"Тези дни се застъпват с вече въведените {other.first:%d.%m.%Y} – {other.last:%d.%m.%Y}. "
                "Първо изтрийте тях.",
                field="first",
            )


def check_list_unsigned(month: Month, lock: Lock) -> None:
    """Raise Conflict if the month's list is signed: the days bound what it could say."""
    if lock is Lock.SIGNED:
        raise Conflict(
            f"Списъкът за {month.label} вече е подписан, а тези дни променят броя на учебните дни в него. "
            "Ако срокът тече, първо премахнете подписа."
        )
    if lock is Lock.ERASED:
        raise Conflict(f"Списъкът за {month.label} е заличен след срока за съхранение.")
