"""A date in a form, as the browser's date field sends it or as people type it."""

from datetime import date

from wtforms import StringField

from portal.domain.errors import Refusal
from portal.domain.month import Month


class DayField(StringField):  # type: ignore[misc]
    """``2021-02-01`` or ``1.2.2021 г.``; what was typed stays as it was typed."""

    @property
    def day(self) -> date:
        """The date; Refusal beside this field when it is none."""
        try:
            found = read_day(str(self.data or ""))
            Month.of(found)  # ValueError for a year that no campaign is in
            return found
        except (ValueError, OverflowError):  # a year of twenty digits is no year either
            raise Refusal(
                f"{self.label.text}: изберете дата, например 01.02.2021.", field=self.name
            ) from None

    @property
    def day_if_any(self) -> date | None:
        """None when it is none, which the rules then refuse."""
        try:
            return self.day
        except Refusal:
            return None


def read_day(text: str) -> date:
    """ValueError or OverflowError for what is no date."""
    text = text.strip().removesuffix("г.").strip()
    if "." not in text:
        return date.fromisoformat(text)
    day, month, year = text.split(".")
    return date(int(year), int(month), int(day))
