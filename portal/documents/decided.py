"""What was decided about each child, as printed in both the declaration and the receipt."""

from collections.abc import Sequence
from dataclasses import dataclass
from decimal import Decimal

from portal.documents.pdf import Document
from portal.domain.consequences import totals
from portal.domain.decisions import Case, Decision, Reason, RefusalReason
from portal.domain.figures import measured
from portal.domain.signing.declared import Declared


@dataclass(frozen=True)
class Child:
    """One record as it was signed. ``identifier`` is masked, ``ЕГН 135*****28``: two children may have one
    name. ``remarks`` are the note and the facts that were stated: signed with the rest, so the director is
    responsible for them too."""

    names: str
    identifier: str
    class_name: str
    case: Case
    decision: Decision
    corrected: Decimal | None = None
    refusal_reason: RefusalReason | None = None
    remarks: Sequence[str] = ()


# So also circular РУО1-3314/27.01.2021, which is one directorate's and is cited on no paper of another.
FINAL = "Потвърденото е окончателно и не подлежи на последваща корекция след крайния срок."
RESPONSIBILITY = "Директорът отговаря за верността и навременността му (писмо на МОН 9105-336/01.10.2019)."


def children_of(declared: Declared) -> list[Child]:
    """Class by class, and in a class by name."""
    return [
        Child(
            names=entry.names,
            identifier=entry.identifier,
            class_name=class_name,
            case=entry.case,
            decision=entry.decision,
            corrected=entry.corrected,
            refusal_reason=entry.refusal,
            remarks=entry.remarks,
        )
        for class_name, entries in declared.by_class
        for entry in entries
    ]


def add_totals(paper: Document, children: Sequence[Child]) -> None:
    def count(reason: Reason | None, decision: Decision | None) -> str:
        return str(
            sum(
                reason in (None, child.case.reason) and decision in (None, child.decision)
                for child in children
            )
        )

    present = [reason for reason in Reason if any(child.case.reason is reason for child in children)]
    rows: list[tuple[str, Reason | None]] = [*((reason.label, reason) for reason in present), ("Общо", None)]
    paper.heading("Общо по причина и решение")
    paper.table(
        ("Причина", "Потвърдени", "Отказани", "Общо"),
        [
            (label, count(reason, Decision.CONFIRMED), count(reason, Decision.REFUSED), count(reason, None))
            for label, reason in rows
        ],
        widths=(40, 20, 20, 20),
        align=("LEFT", "RIGHT", "RIGHT", "RIGHT"),
        size=9,
    )


def add_children(paper: Document, children: Sequence[Child]) -> None:
    paper.heading("Деца")
    paper.table(
        ("№", "Дете", "Причина", "Подадено от АСП", "Решение", "Коригиран брой", "Основание"),
        [_line(number, child) for number, child in enumerate(children, 1)],
        widths=(5, 30, 11.5, 14, 15.2, 13.5, 17.8),
        align=("RIGHT", "LEFT", "LEFT", "RIGHT", "LEFT", "RIGHT", "LEFT"),
        size=7.5,
    )


def add_remarks(paper: Document, children: Sequence[Child]) -> None:
    """Below the table and not in it: a note is as long as its writer liked, a row only as long as a page."""
    remarked = [(number, child) for number, child in enumerate(children, 1) if child.remarks]
    if remarked:
        paper.heading("Бележки и отбелязани обстоятелства")
        for number, child in remarked:
            paper.paragraph(f"{number}. {child.names}: {'; '.join(child.remarks)}", size=8.5)


def add_meanings(paper: Document, children: Sequence[Child]) -> None:
    """Of the decisions that were made, for whoever opens the file years later."""
    paper.heading("Какво значи решението")
    paper.bullets(
        f"{total.reason.label}, „{total.decision.label}“. {total.consequence}"
        for total in totals((child.case, child.decision) for child in children)
    )


def on_two_lines(groups: str) -> str:
    half = len(groups) // 2
    return f"{groups[:half].strip()}\n{groups[half:].strip()}"


def _line(number: int, child: Child) -> tuple[str, ...]:
    return (
        str(number),
        f"{child.names}\n{child.identifier} · {child.class_name}",
        child.case.reason.label,
        _measured(child.case.figure, child.case.unit),
        child.decision.label,
        _measured(child.corrected, child.case.unit),
        child.refusal_reason.label if child.refusal_reason else "",
    )


def _measured(figure: Decimal | None, unit: str) -> str:
    """A short unit stays on one line: ``18,67`` over ``уч. часа`` in a narrow column."""
    return measured(figure, unit).replace("уч. ", "уч.\N{NO-BREAK SPACE}")
