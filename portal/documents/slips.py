"""A slip for each class, for its teacher to write on by hand: the children, АСП's figure, and room."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime

from portal.documents.pdf import Align, Document
from portal.domain.calendar import long_date
from portal.domain.decisions import Case, Decision, Reason, RefusalReason
from portal.domain.figures import measured
from portal.domain.month import Month
from portal.domain.times import unbroken

CHOICE = "\n".join(
    f"☐\N{NO-BREAK SPACE}{decision.label}" for decision in (Decision.CONFIRMED, Decision.REFUSED)
)
ROOM = 13  # mm: two lines of handwriting
LINE = "…" * 24
HEAD = ("№", "Дете", "Подадено от АСП", "Решение", "Верен брой", "Причина, №", "Бележка")
ALIGN: tuple[Align, ...] = ("RIGHT", "LEFT", "LEFT", "LEFT", "RIGHT", "LEFT", "LEFT")


@dataclass(frozen=True)
class SlipChild:
    """Without an identifier: a slip lies about in a staff room."""

    names: str
    case: Case


@dataclass(frozen=True)
class Slips:
    """``classes`` are labels with their children, in the order of the list. ``closes_on`` is none
    before the window is set."""

    institution: str
    code: str
    month: Month
    closes_on: date | None
    classes: Sequence[tuple[str, Sequence[SlipChild]]]
    made_at: datetime


def slips_pdf(slips: Slips) -> bytes:
    """Each class begins on a page of its own."""
    first, *_ = slips.classes
    paper = Document(
        f"Бланки за класните ръководители за {slips.month.label}",
        issuer=slips.institution,
        code=slips.code,
        made_at=slips.made_at,
        heading=_heading(first[0]),
    )
    for number, (label, children) in enumerate(slips.classes):
        if number:
            paper.sheet(_heading(label))
        _slip(paper, slips, children)
    return paper.finished()


def _heading(label: str) -> str:
    return f"Бланка за класния ръководител: {label}"


def _slip(paper: Document, slips: Slips, children: Sequence[SlipChild]) -> None:
    until = "" if slips.closes_on is None else f" Крайният срок за подпис е {long_date(slips.closes_on)}."
    paper.paragraph(unbroken(f"Деца, за които АСП пита за {slips.month.label}{until}"), size=11)
    paper.table(
        HEAD,
        [_line(number, child) for number, child in enumerate(children, 1)],
        widths=(5, 34, 22, 31, 13, 19, 40),
        align=ALIGN,
        size=9,
        height=ROOM,
    )
    paper.heading("Как се попълва")
    paper.bullets(_how(children), size=9)
    paper.facts([("Класен ръководител", LINE), ("Дата", LINE), ("Подпис", LINE)], size=11)


def _line(number: int, child: SlipChild) -> tuple[str, ...]:
    sent = "\n".join(filter(None, (child.case.reason.label, measured(child.case.figure, child.case.unit))))
    return str(number), child.names, sent, CHOICE, "", "", ""


def _how(children: Sequence[SlipChild]) -> list[str]:
    """What is asked of a refusal, and only of those that can be on this slip."""
    reasons = ", ".join(
        f"{number}\N{NO-BREAK SPACE}– {reason.label}" for number, reason in enumerate(RefusalReason, 1)
    )
    said = [
        "Отбележете „потвърждавам“, ако подаденото от АСП е вярно, и „отказвам“, ако не е.",
        f"При „отказвам“ впишете верния брой, бележка и номера на причината: {reasons}.",
    ]
    if any(child.case.reason is Reason.UNENROLLED for child in children):
        said.append(
            "При отказ за „Отписан“ не се вписва брой. В бележката напишете номера и датата на "
            "удостоверението за записване, паралелката и от кога е детето в нея."
        )
    return said
