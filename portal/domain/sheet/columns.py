"""The columns of the sheet, by the headings that people read and a reader finds them by."""

from enum import Enum


class Column(Enum):
    """In the order of the sheet; the values are the headings."""

    CLASS = "Клас, група"
    CHILD = "Дете"
    NUMBER = "Номер"
    REASON = "Причина"
    FIGURE = "Подадено от АСП"
    MEANING = "Какво значи"
    DECISION = "Решение"
    CORRECTED = "Коригиран брой"
    REFUSAL = "Основание за отказа"
    NOTE = "Бележки по корекцията"
    CERTIFICATE = "Удостоверение за записване"
    PLACED = "В паралелка или група"
    KEY = "Ключ на реда"

    @property
    def is_filled(self) -> bool:
        """Whether people write in it."""
        return self in FILLED


FILLED = (
    Column.DECISION,
    Column.CORRECTED,
    Column.REFUSAL,
    Column.NOTE,
    Column.CERTIFICATE,
    Column.PLACED,
)
FAULTS = "Какво да поправите"  # the column in which rows come back that could not be taken
YES, NO = "да", "не"
