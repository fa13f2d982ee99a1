"""What the quarantine register keeps about a person, and for how long."""

from dataclasses import dataclass
from datetime import date, datetime
from enum import Enum

from portal.domain.identifiers import IdType
from portal.domain.month import LAST_MONTH_OF_SCHOOL_YEAR
from portal.domain.names import ends, folded
from portal.domain.placement import class_order


class PersonKind(Enum):
    """The values are those of the form."""

    CHILD = "child"
    TEACHER = "teacher"
    STAFF = "staff"

    @property
    def label(self) -> str:
        return {"child": "дете/ученик", "teacher": "учител", "staff": "друг служител"}[self.value]


class Basis(Enum):
    """Why a person is in quarantine; the values are those of the form."""

    CONTACT = "contact"
    POSITIVE = "positive"

    @property
    def label(self) -> str:
        return {"contact": "контактно лице", "positive": "положителен тест"}[self.value]


@dataclass(frozen=True, kw_only=True)
class Draft:
    """What somebody typed of a person, before ``rules.check_entry`` has seen it."""

    person: PersonKind | None
    first_name: str
    middle_name: str = ""
    last_name: str
    id_type: IdType | None = None
    id_number: str = ""
    class_name: str = ""
    class_code: int | None = None  # of the enrolment, where there is one
    basis: Basis | None
    prescription: str = ""
    phone: str = ""
    place: str = ""
    placed_on: date | None
    planned_until: date | None
    released_on: date | None = None  # the last day, included
    note: str = ""

    @property
    def names(self) -> str:
        return " ".join(f"{self.first_name} {self.middle_name} {self.last_name}".split())


@dataclass(frozen=True, kw_only=True)
class Entry(Draft):
    """One person in quarantine once, as the register keeps it. ``by`` and ``at`` tell who wrote this
    revision and when; ``history`` holds the facts of the earlier ones, oldest first. ``struck_out`` says
    why it was, where it was entered by mistake."""

    person: PersonKind
    basis: Basis
    placed_on: date
    planned_until: date
    by: str = ""
    at: datetime | None = None
    history: tuple[dict[str, str], ...] = ()
    struck_out: str = ""

    @property
    def is_struck_out(self) -> bool:
        return bool(self.struck_out)

    @property
    def by_name(self) -> tuple[str, str]:
        """Sort key, as on a class list: by first name."""
        return folded(self.names), self.id_number

    @property
    def by_class(self) -> tuple[bool, tuple[int, int], str, tuple[str, str]]:
        """Sort key: children before staff, by class, then by name."""
        return (
            self.person is not PersonKind.CHILD,
            class_order(self.class_code),
            folded_class(self.class_name),
            self.by_name,
        )

    def matches(self, words: str) -> bool:
        """Whether each of ``words`` is part of the names, begins the class, or ends the identifier."""
        names, in_class = folded(self.names), folded_class(self.class_name)
        return all(
            word in names or _begins(in_class, folded_class(word)) or ends(self.id_number, word)
            for word in folded(words).split()
        )


def folded_class(text: str) -> str:
    """One spelling of a class: „5 А“, „5а“ and the same in Latin letters are equal."""
    return "".join(filter(str.isalnum, folded(text)))


def school_year_of(day: date) -> int:
    """The school year whose register a quarantine that begins on ``day`` stands in."""
    return day.year if day.month > LAST_MONTH_OF_SCHOOL_YEAR else day.year - 1


def school_year_span(school_year: int) -> tuple[date, date]:
    """First and last day; a register ends on 31 August, as the school year of a campaign (month.py)."""
    return date(school_year, 9, 1), date(school_year + 1, 8, 31)


def school_year_label(school_year: int) -> str:
    """``2020/2021``"""
    return f"{school_year}/{school_year + 1}"


def erase_date(school_year: int) -> date:
    """The day on which the keys of a school year's register are destroyed: 31 December after its end.

    Our decision. The year ends on 31 August, and its last months are confirmed in the autumn; until the
    end of the calendar year a family can still ask why its days were counted so. Data about health is
    kept no longer than there is a use for it (Regulation (EU) 2016/679, art. 5, par. 1, letter e).
    """
    return date(school_year + 1, 12, 31)


def _begins(in_class: str, word: str) -> bool:
    return bool(word) and in_class.startswith(word)
