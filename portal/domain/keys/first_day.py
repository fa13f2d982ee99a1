"""The day from which an account can be activated: one director begins as the one before ends."""

from datetime import date, timedelta

from portal.domain.errors import Conflict, Refusal
from portal.domain.times import short_date

# Orders are dated days before they reach ЦИОО, and known weeks ahead; further off is a slip of the pen. Our
# decision.
EARLIEST, LATEST = timedelta(days=366), timedelta(days=92)  # before and after today


def check_first_day(day: date | None, today: date, *, ends_now: bool) -> date:
    """The first day of the next director; Refusal for one that cannot be meant, and for ending the access of
    the one before while that one still directs."""
    if day is None:
        raise Refusal("Изберете деня, от който новият е директор, например 01.02.2021.", field="first_day")
    if day < today - EARLIEST or day > today + LATEST:
        raise Refusal(
            f"Проверете датата: {short_date(day)} г. е твърде далеч. Може до година назад и до три месеца "
            "напред.",
            field="first_day",
        )
    if ends_now and day > today:
        raise Refusal(
            f"До {short_date(day)} г. директор е досегашният и достъпът му остава. Махнете отметката или "
            "изберете днешната дата.",
            field="ends_now",
        )
    return day


def check_begun(starts_on: date | None, today: date) -> None:
    """Raise Conflict before the day from which the account can be activated (00:00 in Sofia)."""
    if starts_on is not None and today < starts_on:
        raise Conflict(
            f"Достъпът ви започва на {short_date(starts_on)} г. Отворете същата връзка тогава: дотогава "
            "директор е досегашният."
        )
