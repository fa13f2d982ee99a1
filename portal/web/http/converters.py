"""The values that stand in addresses."""

from collections.abc import Mapping

from werkzeug.routing import BaseConverter, IntegerConverter, Map, ValidationError

from portal.domain.month import Month

LARGEST_ID = LARGEST_VERSION = 2**31 - 1  # of a row: what a whole number of PostgreSQL holds
LARGEST_REGION = 999


def number_in(text: str, largest: int = LARGEST_ID) -> int | None:
    """The whole number that a page of ours sends, up to ``largest``; none for anything else. It is asked by
    its length first: Python raises for one of thousands of digits, and zeros before it make it no smaller."""
    is_number = text.isascii() and text.isdigit() and len(text) <= len(str(largest))
    return int(text) if is_number and int(text) <= largest else None


def asked_region(sent: Mapping[str, str]) -> int | None:
    """``?region=22``: the number of a regional office; without one it is the country."""
    return number_in(sent.get("region", ""), LARGEST_REGION)


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


class IdConverter(IntegerConverter):
    """A row's number, from 1; what no row can have is no address."""

    regex = r"[0-9]{1,10}"

    def __init__(self, map: Map) -> None:
        super().__init__(map, min=1, max=LARGEST_ID)
