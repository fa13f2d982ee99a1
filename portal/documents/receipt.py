"""The receipt of a signed list: what the institution keeps in its file about one month."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime

from portal.documents.decided import (
    FINAL,
    RESPONSIBILITY,
    Child,
    add_children,
    add_meanings,
    add_remarks,
    add_totals,
    on_two_lines,
)
from portal.documents.pdf import Document
from portal.domain.month import Month
from portal.domain.signing.declaration import grouped
from portal.domain.times import short_date, stamp, unbroken


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
    """All that it says. ``method`` is how it was signed; ``notices`` tell of such things as a new account.

    ``certificate`` (names and values) and ``checks`` are of a qualified signature alone.
    """

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
    certificate: Sequence[tuple[str, str]] = ()
    checks: Sequence[str] = ()
    removed: Sequence[RemovedSignature] = ()


def receipt_pdf(receipt: Receipt) -> bytes:
    """The receipt as PDF; the same receipt is the same bytes, whenever it is asked for."""
    title = f"Протокол № {receipt.number}"
    paper = Document(
        title, issuer=receipt.institution, code=receipt.institution_code, made_at=receipt.signed_at
    )
    paper.paragraph(f"за потвърждаване на данните, подадени от АСП за {receipt.month.label}", size=11)
    _signature(paper, receipt)
    for notice in receipt.notices:
        paper.paragraph(unbroken(notice), bold=True)
    if receipt.children:
        add_totals(paper, receipt.children)
        add_children(paper, receipt.children)
        add_remarks(paper, receipt.children)
        add_meanings(paper, receipt.children)
    else:
        paper.paragraph(
            "За този месец АСП не е подала деца от институцията. Директорът е проверил и го потвърждава."
        )
    _checks(paper, receipt.checks)
    _removed(paper, receipt.removed)
    return paper.finished()


def _signature(paper: Document, receipt: Receipt) -> None:
    paper.facts(
        [
            ("Подписал", f"{receipt.signed_by}, {receipt.authority}"),
            ("Начин на подписване", receipt.method),
            ("Подписано на", unbroken(stamp(receipt.signed_at))),
            *((name, unbroken(value)) for name, value in receipt.certificate),
            ("Краен срок", unbroken(f"{short_date(receipt.closes_on)} г., до края на деня")),
            ("SHA-256 на подписаното", on_two_lines(grouped(receipt.digest))),
        ]
    )
    paper.paragraph(f"{FINAL} {RESPONSIBILITY}", size=8.5)


def _checks(paper: Document, checks: Sequence[str]) -> None:
    if checks:
        paper.heading("Какво провери порталът, преди да приеме подписа")
        paper.bullets(checks, size=8.5)


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
