"""Invented children with valid identifiers, the same ones each time a month is filled."""

from dataclasses import dataclass
from datetime import date, timedelta
from random import Random

from portal.demo.schools import School
from portal.domain.decisions import Reason
from portal.domain.month import Month
from portal.domain.placement import InstitutionType

BOYS = (
    "Александър", "Божидар", "Виктор", "Георги", "Димитър", "Емил", "Живко", "Ивайло", "Калоян", "Мартин",
    "Никола", "Огнян", "Петър", "Радослав", "Стефан", "Теодор", "Христо", "Явор",
)  # fmt: skip
GIRLS = (
    "Анелия", "Боряна", "Виктория", "Гергана", "Деница", "Елена", "Жасмина", "Ивелина", "Калина", "Мария",
    "Надежда", "Оля", "Преслава", "Радина", "Симона", "Теодора", "Цветелина", "Яна",
)  # fmt: skip
FATHERS = (
    "Ангелов", "Борисов", "Василев", "Ганчев", "Димитров", "Емилов", "Златков", "Иванов", "Кирилов",
    "Любенов", "Маринов", "Николов", "Петров", "Руменов", "Симеонов", "Тодоров", "Христов", "Цветанов",
)  # fmt: skip
_WEIGHTS = (2, 4, 8, 5, 10, 9, 7, 3, 6)
PUPILS = 0.9  # of a school's children; the rest are in its preparatory group
_REASONS = (Reason.ABSENCE,) * 6 + (Reason.DISTANCE,) * 3 + (Reason.UNENROLLED,)


@dataclass(frozen=True)
class Child:
    institution: str
    egn: str
    given: str
    middle: str
    family: str
    class_code: int
    reason: Reason
    absences: str
    days: str


def egn(born: date, order: int) -> str:
    """``order`` has three digits; its last is even for a boy and odd for a girl."""
    shift = 40 if born.year >= 2000 else 0
    digits = f"{born.year % 100:02d}{born.month + shift:02d}{born.day:02d}{order:03d}"
    total = sum(weight * int(digit) for weight, digit in zip(_WEIGHTS, digits, strict=True))
    return digits + str(total % 11 % 10)


def children_of(school: School, month: Month) -> list[Child]:
    """Those of whom АСП asks this month."""
    random = Random(f"{school.code} {month}")  # noqa: S311 (the same every time is the point)
    found: dict[str, Child] = {}
    while len(found) < school.children:
        child = _child(random, school, month, _REASONS[len(found) % len(_REASONS)])
        found[child.egn] = child
    return list(found.values())


def _child(random: Random, school: School, month: Month, reason: Reason) -> Child:
    is_girl = random.random() < 0.5
    class_code = _class(random, school)
    age = class_code + 6 if class_code > 0 else 7 + class_code
    born = date(month.school_year - age, 1, 1) + timedelta(days=random.randrange(365))
    middle, family = (random.choice(FATHERS) + ("а" if is_girl else "") for _ in range(2))
    return Child(
        institution=school.code,
        egn=egn(born, random.randrange(0, 999, 2) + is_girl),
        given=random.choice(GIRLS if is_girl else BOYS),
        middle=middle,
        family=family,
        class_code=class_code,
        reason=reason,
        absences=_absences(random, class_code) if reason is Reason.ABSENCE else "000.00",
        days=f"{random.randrange(1, 20):02d}" if reason is Reason.DISTANCE else "00",
    )


def _class(random: Random, school: School) -> int:
    """A school has its preparatory group too."""
    if school.type is InstitutionType.KINDERGARTEN:
        return random.randrange(-4, 0)
    return random.randrange(1, 13) if random.random() < PUPILS else -1


def _absences(random: Random, class_code: int) -> str:
    """From five school hours on, or more than three days: what makes АСП ask."""
    if class_code <= 0:
        return f"{random.randrange(4, 15):03d}.00"
    return f"{random.randrange(5, 60):03d}.{random.choice(('00', '00', '33', '50', '67'))}"
