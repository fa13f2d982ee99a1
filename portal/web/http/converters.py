"""What stands in addresses."""

from werkzeug.routing import BaseConverter, ValidationError

from portal.domain.month import Month

LARGEST_VERSION = 2**31 - 1


class MonthConverter(BaseConverter):
    """``2020-12``"""

    regex = r"[0-9]{4}-[0-9]{2}"

    def to_python(self, value: str) -> Month:
        try:
            return Month.parse(value)
        except ValueError:
            raise ValidationError from None

    def to_url(self, value: Month) -> str:
        return str(value)


class CodeConverter(BaseConverter):
    """An institution's code, 7 digits."""

    regex = r"[0-9]{7}"
