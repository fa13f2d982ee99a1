"""The receipt of a signed list: what the institution keeps in its file about one month."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal

from portal.documents.pdf import Document
from portal.domain.decisions import Decision, Reason, RefusalReason
from portal.domain.declaration import grouped
from portal.domain.figures import measured
from portal.domain.month import Month
from portal.domain.times import short_date, stamp, unbroken


@dataclass(frozen=True)
class Child:
    """One record as it was signed. ``identifier`` is masked, ``ЕГН 135*****28``: two children may have one
    name. ``figure`` is АСП's, in ``unit``; none for a child unenrolled. ``remarks`` are the note and the
    facts that were stated: signed with the rest, so the director answers for them too."""

    names: str
    identifier: str
    class_name: str
    reason: Reason
    figure: Decimal | None
    unit: str
    decision: Decision
    corrected: Decimal | None = None
    refusal_reason: RefusalReason | None = None
    remarks: Sequence[str] = ()


@dataclass(frozen=True)
class RemovedSignature:
    """A signature that counts for nothing any more, and why."""

    signed_by: str
    signed_at: datetime
    removed_by: str
    removed_at: datetime
    reason: str
    digest: str


@dataclass(frozen=True)
class Receipt:
    """All that it says. ``method`` is how it was signed; ``notices`` tell of such things as a new account."""

    number: str
    institution: str
    institution_code: str
    month: Month
    signed_by: str
    authority: str
    method: str
    signed_at: datetime
    closes_on: date
    digest: str
    children: Sequence[Child]
    notices: Sequence[str] = ()
    removed: Sequence[RemovedSignature] = ()


# What the two answers mean, for whoever opens the file years later (domain.md, "The decision").
MEANINGS = {
    Reason.ABSENCE: (
        "Отсъствие, „потвърждавам“: семейните помощи за детето се прекратяват за срок до една година.",
        "Отсъствие, „отказвам“: помощите не се прекратяват; неизвинените отсъствия са под границата.",
    ),
    Reason.UNENROLLED: (
        "Отписан, „потвърждавам“: детето не се обучава тук и помощите се спират.",
        "Отписан, „отказвам“: детето е записано и посещава; помощите не се спират.",
    ),
    Reason.DISTANCE: (
        "ОРЕС, „потвърждавам“: по подадените учебни дни от разстояние АСП определя помощта.",
        "ОРЕС, „отказвам“: АСП определя помощта по коригирания брой дни.",
    ),
}


def receipt_pdf(receipt: Receipt) -> bytes:
    """The receipt as PDF; the same receipt is the same bytes, whenever it is asked for."""
    title = f"Протокол № {receipt.number}"
    paper = Document(
        title, issuer=receipt.institution, code=receipt.institution_code, made_at=receipt.signed_at
    )
    paper.heading(title, size=16)
    paper.paragraph(f"за потвърждаване на данните, подадени от АСП за {receipt.month.label}", size=11)
    _signature(paper, receipt)
    for notice in receipt.notices:
        paper.paragraph(unbroken(notice), bold=True)
    if receipt.children:
        _totals(paper, receipt.children)
        _children(paper, receipt.children)
        _remarks(paper, receipt.children)
        _meanings(paper, receipt.children)
    else:
        paper.paragraph(
            "За този месец АСП не е подала деца от институцията. Директорът е проверил и го потвърждава."
        )
    _removed(paper, receipt.removed)
    return paper.finished()


def _signature(paper: Document, receipt: Receipt) -> None:
    """What is signed is final and the director answers for it: so also circular РУО1-3314/27.01.2021, which
    is one directorate's and is not cited on a paper of any other."""
    paper.facts(
        [
            ("Подписал", f"{receipt.signed_by}, {receipt.authority}"),
            ("Начин на подписване", receipt.method),
            ("Подписано на", unbroken(stamp(receipt.signed_at))),
            ("Краен срок", unbroken(f"{short_date(receipt.closes_on)} г., до края на деня")),
            ("SHA-256 на подписаното", _on_two_lines(grouped(receipt.digest))),
        ]
    )
    paper.paragraph(
        "Потвърденото е окончателно и не подлежи на последваща корекция след крайния срок. "
        "Директорът отговаря за верността и навременността му "
        "(писмо на МОН 9105-336/01.10.2019).",
        size=8.5,
    )


def _on_two_lines(groups: str) -> str:
    half = len(groups) // 2
    return f"{groups[:half].strip()}\n{groups[half:].strip()}"


def _totals(paper: Document, children: Sequence[Child]) -> None:
    def count(reason: Reason | None, decision: Decision | None) -> str:
        return str(
            sum(reason in (None, child.reason) and decision in (None, child.decision) for child in children)
        )

    present = [reason for reason in Reason if any(child.reason is reason for child in children)]
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


def _children(paper: Document, children: Sequence[Child]) -> None:
    paper.heading("Деца")
    paper.table(
        ("№", "Дете", "Причина", "Подадено от АСП", "Решение", "Коригиран брой", "Основание"),
        [_line(number, child) for number, child in enumerate(children, 1)],
        widths=(5, 30, 11.5, 14, 15.2, 13.5, 17.8),
        align=("RIGHT", "LEFT", "LEFT", "RIGHT", "LEFT", "RIGHT", "LEFT"),
        size=7.5,
    )


def _line(number: int, child: Child) -> tuple[str, ...]:
    return (
        str(number),
        f"{child.names}\n{child.identifier} · {child.class_name}",
        child.reason.label,
        _measured(child.figure, child.unit),
        child.decision.label,
        _measured(child.corrected, child.unit),
        child.refusal_reason.label if child.refusal_reason else "",
    )


def _remarks(paper: Document, children: Sequence[Child]) -> None:
    """Below the table and not in it: a note is as long as its writer liked, a row only as long as a page."""
    remarked = [(number, child) for number, child in enumerate(children, 1) if child.remarks]
    if remarked:
        paper.heading("Бележки и отбелязани обстоятелства")
        for number, child in remarked:
            paper.paragraph(f"{number}. {child.names}: {'; '.join(child.remarks)}", size=8.5)


def _measured(figure: Decimal | None, unit: str) -> str:
    """The unit stays on one line: ``18,67`` over ``уч. часа`` in a narrow column."""
    number, _, rest = measured(figure, unit).partition(" ")
    return f"{number} {rest.replace(' ', chr(0xA0))}".strip()


def _meanings(paper: Document, children: Sequence[Child]) -> None:
    answered = {(child.reason, child.decision) for child in children}
    paper.heading("Какво значи решението")
    paper.bullets(
        meaning
        for reason, both in MEANINGS.items()
        for decision, meaning in zip((Decision.CONFIRMED, Decision.REFUSED), both, strict=True)
        if (reason, decision) in answered
    )


def _removed(paper: Document, removed: Sequence[RemovedSignature]) -> None:
    if not removed:
        return
    paper.heading("Премахнати подписи")
    paper.paragraph("Премахнат подпис не важи. Важи само подписът в началото на този протокол.")
    paper.table(
        ("Подписал", "Подписано на", "Премахнал", "Премахнато на", "Причина", "SHA-256"),
        [
            (
                old.signed_by,
                unbroken(stamp(old.signed_at)),
                old.removed_by,
                unbroken(stamp(old.removed_at)),
                old.reason,
                grouped(old.digest)[:17] + "…",
            )
            for old in removed
        ],
        widths=(18, 15, 18, 15, 22, 14),
        size=7.5,
    )
