"""Where a child that АСП has as unenrolled is enrolled, by its certificate: what a refusal states."""

import re
from collections.abc import Iterator, Sequence
from dataclasses import asdict, dataclass, replace
from datetime import date

from portal.domain.errors import Refusal
from portal.domain.month import Month
from portal.domain.placement import ENROLLED, FIRST_CLASS, LAST_CLASS, Enrolment, class_label
from portal.domain.times import short_date

MOST = {"certificate_number": 40, "enrolled_class": 30}  # characters
YEARS = 20  # nobody attends longer: an earlier day is a slip of the hand (our decision)

_ASKED = {
    "certificate_number": "Впишете номера на удостоверението.",
    "certificate_date": "Впишете датата на удостоверението, например 05.01.2021.",
    "enrolled_class": "Впишете паралелката или групата, например III а.",
    "enrolled_since": "Впишете от коя дата е записано детето, например 05.01.2021.",
}
_ROMAN = ("I", "II", "III", "IV", "V", "VI", "VII", "VIII", "IX", "X", "XI", "XII")
_LATIN = str.maketrans("ІХ", "IX")  # the Cyrillic letters that look like them
_GRADE = re.compile(r"\s*(?:([0-9]{1,2})(?![0-9])|([IVX]+))", re.ASCII)
_GROUP = re.compile(r"груп|\bпг\b", re.IGNORECASE)


@dataclass(frozen=True)
class Enrolled:
    """The names are those of the form, the record and the declaration. ``enrolled_class`` is the name that
    the institution gives the class or group, ``enrolled_since`` the first day there. None is a day that was
    not written, or is none."""

    certificate_number: str
    certificate_date: date | None
    enrolled_class: str
    enrolled_since: date | None

    @classmethod
    def stated(cls, number: str, issued: date | None, name: str, since: date | None) -> "Enrolled | None":
        """None where nothing was."""
        return cls(number, issued, name, since) if number or issued or name or since else None

    @property
    def certificate(self) -> str:
        """``№ 15 от 05.01.2021 г.``"""
        return f"№ {self.certificate_number} от {_written(self.certificate_date)}"

    @property
    def place(self) -> str:
        """``III а, от 05.01.2021 г.``"""
        return f"{self.enrolled_class}, от {_written(self.enrolled_since)}"


NOTHING_STATED = Enrolled("", None, "", None)


def tidy(enrolled: Enrolled) -> Enrolled:
    """Without what stands around a number or a name only where it is written: the sign before the number,
    which papers put there themselves, and a comma before the day."""
    return replace(
        enrolled,
        certificate_number=enrolled.certificate_number.lstrip("№ ").rstrip(" ,"),
        enrolled_class=enrolled.enrolled_class.strip(" ,"),
    )


def _written(day: date | None) -> str:
    return "" if day is None else f"{short_date(day)} г."


def facts_of(*, certificate: bool, placed: bool, enrolled: Enrolled | None) -> list[str]:
    """What was stated of a child who is enrolled, in words for people; until 2026 without which certificate
    and class."""
    stated = (
        (certificate, "издадено е удостоверение за записване", enrolled and enrolled.certificate),
        (placed, "разпределено е в паралелка или група", enrolled and enrolled.place),
    )
    return [f"{fact}: {which}" if which else fact for holds, fact, which in stated if holds]


def check_complete(enrolled: Enrolled) -> None:
    """Raise Refusal, with everything that is missing or too long.

    Source: letters РУО1-38108/27.11.2023 and РУО1-10319/28.03.2024 (certificate and class).
    """
    Refusal.raise_all(list(_faults(enrolled)))


def _faults(enrolled: Enrolled) -> Iterator[Refusal]:
    for field, said in asdict(enrolled).items():
        if not said:
            yield Refusal(_ASKED[field], field=field)
        elif field in MOST and len(said) > MOST[field]:
            yield Refusal(f"Тук се побират до {MOST[field]} знака. Съкратете вписаното.", field=field)


def check_days(enrolled: Enrolled, today: date) -> None:
    """Raise Refusal for a day to come, or for one so long ago that the year must be wrong."""
    Refusal.raise_all(
        [
            Refusal(f"Проверете датата: {short_date(day)} {wrong}.", field=field)
            for field in ("certificate_date", "enrolled_since")
            if (day := getattr(enrolled, field)) is not None
            and (wrong := _strange(day, today))
        ]
    )  # fmt: skip


def _strange(day: date, today: date) -> str:
    if day > today:
        return "още не е настъпила"
    return "е твърде отдавна" if day.year < today.year - YEARS else ""


@dataclass(frozen=True)
class Known:
    """What the newest enrolments, those of ``month``, say of one child, at any institution."""

    month: Month
    enrolments: Sequence[Enrolment]


def check_known(enrolled: Enrolled, institution: str, known: Known | None) -> None:
    """Raise Refusal where the newest enrolments say otherwise; of a child that they have nowhere, or as
    unenrolled as АСП does, they say nothing of a class. Whoever knows better states it all the same: the
    file can be older than the certificate.

    Source: formats.md, F5: an institution and a class for a month, and no day.
    """
    differs = difference(enrolled, institution, known)
    if differs:
        raise Refusal(f"{differs} Поправете вписаното или отбележете, че е вярно.", field="differs")


def difference(enrolled: Enrolled, institution: str, known: Known | None) -> str:
    """What the newest enrolments say otherwise, as a sentence; empty where they do not."""
    differs = "" if known is None else _difference(enrolled, institution, known)
    return f"По записванията за {known.month.label} детето {differs}." if known and differs else ""


def _difference(enrolled: Enrolled, institution: str, known: Known) -> str:
    now = [each for each in known.enrolments if each.status == ENROLLED]
    here = [each for each in now if each.institution == institution]
    if not here:
        return "е записано в друга институция" if now else ""
    code = max(here, key=lambda each: (each.rank, each.order)).class_code
    if grade_in(enrolled.enrolled_class) != (code if _is_grade(code) else None):
        return f"е в друг клас или група: {class_label(code)}"
    if enrolled.enrolled_since is not None and enrolled.enrolled_since > known.month.last:
        return "вече е записано при вас, а вписаната дата е по-късна"
    return ""


def grade_in(class_name: str) -> int | None:
    """The class, 1–12, that a class's name begins with: 3 of ``III а``, ``3а`` and ``3. клас``; none of the
    name of a group."""
    found = None if _GROUP.search(class_name) else _GRADE.match(class_name.upper().translate(_LATIN))
    if found is None:
        return None
    arabic, roman = found.groups()
    grade = int(arabic) if arabic else _ROMAN.index(roman) + 1 if roman in _ROMAN else 0
    return grade if _is_grade(grade) else None


def _is_grade(code: int) -> bool:
    return FIRST_CLASS <= code <= LAST_CLASS
