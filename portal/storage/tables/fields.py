"""Columns that return domain values."""

from datetime import UTC, datetime
from decimal import Decimal
from enum import Enum, IntEnum
from typing import TYPE_CHECKING, Any, Literal, TypeVar, overload

import peewee

from portal.domain.month import Month

if TYPE_CHECKING:
    from peewee import DateTimeField, Field
else:  # peewee's fields are generic in its type stubs only

    class Field(peewee.Field):
        def __class_getitem__(cls, item):
            return cls

    class DateTimeField(peewee.DateTimeField):
        def __class_getitem__(cls, item):
            return cls


V = TypeVar("V")
E = TypeVar("E", bound=Enum)
C = TypeVar("C", bound=IntEnum)


class _Text(Field[V]):
    field_type = "VARCHAR"
    length = 24

    def get_modifiers(self) -> list[int]:
        return [self.length]


class MonthField(_Text[V]):
    """``2020-12``."""

    length = 7

    if TYPE_CHECKING:

        @overload
        def __new__(cls, *, null: Literal[True], **kwargs: Any) -> "MonthField[Month | None]": ...
        @overload
        def __new__(cls, *, null: Literal[False] = ..., **kwargs: Any) -> "MonthField[Month]": ...
        def __new__(cls, **kwargs: Any) -> Any: ...

    def db_value(self, value: Month | str | None) -> str | None:
        return None if value is None else str(value)

    def python_value(self, value: str | None) -> Month | None:
        return None if value is None else Month.parse(value)


class EnumField(_Text[V]):
    """The value of an Enum whose values are words of at most 24 letters."""

    if TYPE_CHECKING:

        @overload
        def __new__(cls, kind: type[E], *, null: Literal[True], **kwargs: Any) -> "EnumField[E | None]": ...
        @overload
        def __new__(cls, kind: type[E], *, null: Literal[False] = ..., **kwargs: Any) -> "EnumField[E]": ...
        def __new__(cls, kind: type[E], **kwargs: Any) -> Any: ...

        kind: type[Enum]

    else:

        def __init__(self, kind: type[Enum] = Enum, **kwargs: Any) -> None:
            super().__init__(**kwargs)
            self.kind = kind

    def db_value(self, value: Enum | str | None) -> str | None:
        return None if value is None else self.kind(value).value

    def python_value(self, value: str | None) -> Enum | None:
        return None if value is None else self.kind(value)


class CodeField(Field[V]):
    """The value of an IntEnum, as the exchange files carry it."""

    field_type = "SMALLINT"

    if TYPE_CHECKING:

        @overload
        def __new__(cls, kind: type[C], *, null: Literal[True], **kwargs: Any) -> "CodeField[C | None]": ...
        @overload
        def __new__(cls, kind: type[C], *, null: Literal[False] = ..., **kwargs: Any) -> "CodeField[C]": ...
        def __new__(cls, kind: type[C], **kwargs: Any) -> Any: ...

        kind: type[IntEnum]

    else:

        def __init__(self, kind: type[IntEnum] = IntEnum, **kwargs: Any) -> None:
            super().__init__(**kwargs)
            self.kind = kind

    def db_value(self, value: int | None) -> int | None:
        return None if value is None else int(self.kind(value))

    def python_value(self, value: int | None) -> IntEnum | None:
        return None if value is None else self.kind(value)


class UtcField(DateTimeField[V]):
    """An aware time; stored in UTC without its zone."""

    if TYPE_CHECKING:

        @overload
        def __new__(cls, *, null: Literal[True], **kwargs: Any) -> "UtcField[datetime | None]": ...
        @overload
        def __new__(cls, *, null: Literal[False] = ..., **kwargs: Any) -> "UtcField[datetime]": ...
        def __new__(cls, **kwargs: Any) -> Any: ...

    def db_value(self, value: datetime | None) -> Any:
        if value is None:
            return None
        if value.tzinfo is None:
            raise ValueError("a time without a zone")
        # Always six places: SQLite compares times as text.
        return value.astimezone(UTC).strftime("%Y-%m-%d %H:%M:%S.%f")

    def python_value(self, value: Any) -> datetime | None:
        if value is None:
            return None
        if isinstance(value, str):
            value = datetime.fromisoformat(value)
        read: datetime = value.replace(tzinfo=UTC)
        return read


class FigureField(_Text[V]):
    """A number with two places, kept as text: SQLite would keep a DECIMAL as a binary float."""

    length = 10

    if TYPE_CHECKING:

        @overload
        def __new__(cls, *, null: Literal[True], **kwargs: Any) -> "FigureField[Decimal | None]": ...
        @overload
        def __new__(cls, *, null: Literal[False] = ..., **kwargs: Any) -> "FigureField[Decimal]": ...
        def __new__(cls, **kwargs: Any) -> Any: ...

    def db_value(self, value: Decimal | None) -> str | None:
        return None if value is None else f"{value:.2f}"

    def python_value(self, value: str | None) -> Decimal | None:
        return None if value is None else Decimal(value)
