"""An institution's own children, according to the newest enrolments."""

from collections import Counter

from portal.domain.names import finds, folded
from portal.domain.placement import ENROLLED, class_labels, class_order
from portal.storage.tables.institutions import Enrolment, EnrolmentMonth


def enrolled_in(institution: str) -> list[Enrolment]:
    """All of them, by name.

    Whoever wants one class, or one child, looks here in memory: a query for them, in a log of the
    database, would tell who was entered in the register a moment later.
    """
    ours = Enrolment.institution == institution
    for month in EnrolmentMonth.select().order_by(EnrolmentMonth.month.desc()):
        if named := list(Enrolment.select().where(ours & Enrolment.of(month))):
            break
    else:
        return []
    children = [child for child in named if child.status == ENROLLED]
    return sorted(children, key=lambda child: (folded(names_of(child)), child.id))


def classes_of(children: list[Enrolment]) -> list[tuple[int, str, int]]:
    """Code, label and how many children, in the order of the classes."""
    counts = Counter(child.class_code for child in children)
    labels = class_labels(counts)
    return [(code, labels[code], counts[code]) for code in sorted(counts, key=class_order)]


def find_among(children: list[Enrolment], words: str) -> list[Enrolment]:
    """By parts of the names, or by the last digits of the identifier."""
    wanted = folded(words).split()
    return [child for child in children if finds(wanted, names_of(child), child.id_number)]


def names_of(child: Enrolment) -> str:
    return " ".join(f"{child.given} {child.middle} {child.family}".split())
