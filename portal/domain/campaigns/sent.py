"""That the final answer was handed to АСП: made and sent are two things."""

from datetime import date, datetime

from portal.domain.errors import Conflict, Refusal
from portal.domain.times import short_date, today


def check_may_say_sent(
    answered_at: datetime | None, sent_on: date | None, on: date, *, is_erased: bool, now: datetime
) -> None:
    """Raise unless the operator may say that the answer was handed over on this day in Sofia: once, not
    before it was made, and not in the future."""
    if answered_at is None:
        raise Conflict("Окончателният отговор още не е изготвен.")
    if is_erased:
        raise Conflict("Данните за този месец са заличени.")
    if sent_on is not None:
        raise Conflict(f"Вече е отбелязано, че отговорът е изпратен на {short_date(sent_on)}.")
    if on > today(now):
        raise Refusal("Този ден още не е дошъл. Изберете деня, в който го изпратихте.", field="on")
    made = today(answered_at)
    if on < made:
        raise Refusal(f"Отговорът е изготвен на {short_date(made)} и не е изпратен преди това.", field="on")
