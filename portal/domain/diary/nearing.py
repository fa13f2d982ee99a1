"""Before the month is over: whose benefit the next absences would terminate."""

from collections.abc import Iterable
from dataclasses import dataclass
from decimal import Decimal

from portal.domain.decisions import PRESCHOOL_DAYS, PUPIL_HOURS, Case
from portal.domain.figures import measured
from portal.domain.names import folded
from portal.domain.placement import FIRST_CLASS, LAST_CLASS, class_label

NEAR_HOURS = Decimal(3)  # of the five that terminate a benefit (our decision)
NEAR_DAYS = Decimal(2)  # of the three that may be missed (our decision)


@dataclass(frozen=True)
class Attendance:
    """One child of the diary: ``case.figure`` are the unexcused absences so far, in the unit of the case.
    ``name`` stands on the page as it is here; ``class_name`` is the school's own, ``5а``."""

    name: str
    class_code: int | None
    class_name: str
    case: Case

    @property
    def is_near(self) -> bool:
        """From 3 school hours, and still below 5; from 2 days, and at most 3.

        Source of the limits: ЗСПД art. 7.
        """
        absences = self.absences
        return absences >= (NEAR_HOURS if self.case.is_in_hours else NEAR_DAYS) and not self.is_over

    @property
    def is_over(self) -> bool:
        """Whether the benefit is terminated already by what the diary says."""
        return not self.case.is_under(self.absences)

    @property
    def absences(self) -> Decimal:
        return self.case.figure or Decimal(0)

    @property
    def so_far(self) -> str:
        return measured(self.absences, self.case.unit)

    @property
    def left(self) -> str:
        """What would terminate the benefit: the limit itself in hours, anything beyond it in days."""
        if self.case.is_in_hours:
            return f"още {measured(PUPIL_HOURS - self.absences, self.case.unit)}"
        if self.absences == PRESCHOOL_DAYS:
            return "всяко следващо отсъствие"
        return f"повече от още {measured(PRESCHOOL_DAYS - self.absences, self.case.unit)}"

    @property
    def class_title(self) -> str:
        """``V клас, 5а``; of what is no class 1–12 the school's own name says more than a code."""
        is_class = self.class_code is not None and FIRST_CLASS <= self.class_code <= LAST_CLASS
        if is_class and self.class_name:
            return f"{class_label(self.class_code)}, {self.class_name}"
        if is_class or self.class_code is None:
            return self.class_name or class_label(self.class_code)
        return self.class_name or f"група (код {self.class_code:02d})"


@dataclass(frozen=True)
class NearClass:
    """One class with those of its children who are near the limit, by name."""

    title: str
    children: list[Attendance]


def near_classes(children: Iterable[Attendance]) -> list[NearClass]:
    """Only classes in which somebody is near; groups first, then classes 1–12, in each by the school's own
    names."""
    groups: dict[tuple[int, int, str, str], list[Attendance]] = {}
    for child in children:
        if child.is_near:
            groups.setdefault(_order(child), []).append(child)
    return [
        NearClass(groups[key][0].class_title, sorted(groups[key], key=lambda child: folded(child.name)))
        for key in sorted(groups)
    ]


def _order(child: Attendance) -> tuple[int, int, str, str]:
    code = child.class_code
    if code is None:
        return 2, 0, folded(child.class_name), child.class_name
    is_class = FIRST_CLASS <= code <= LAST_CLASS
    return int(is_class), code, folded(child.class_name), child.class_name
