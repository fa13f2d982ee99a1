"""The declaration as a PDF: what is signed with a КЕП, and what the institution keeps.

It is drawn only from the canonical bytes, which are attached to it: the same bytes give the same document.
"""

from dataclasses import replace

from portal.documents.decided import (
    FINAL,
    RESPONSIBILITY,
    Child,
    add_children,
    add_meanings,
    add_remarks,
    add_totals,
    children_of,
    on_two_lines,
)
from portal.documents.pdf import Document
from portal.domain.month import Month
from portal.domain.signing.declaration import Header, digest, grouped
from portal.domain.signing.declared import read
from portal.domain.times import stamp, unbroken

PLACE = "Място за подписа"
PLACE_HINT = (
    "Ако програмата ви показва електронния подпис в документа, поставете го вътре в полето: на друго място "
    "той закрива декларираното и не се приема. Подпис, който не се вижда, се приема също."
)
NOTE_LINES = 20  # a note of more is run on: in 2000 letters there can be a thousand lines


def declaration_pdf(content: bytes) -> bytes:
    """``content`` is a declaration (portal.domain.signing.declaration); Unreadable if it is anything else."""
    declared = read(content)
    header, sha256 = declared.header, digest(content)
    children = [_run_on(child) for child in children_of(declared)]
    about = f"за потвърждаване на данните, подадени от АСП за {Month.parse(header.month).label}"
    paper = Document(
        f"Декларация {about}",
        issuer=header.institution_name,
        code=header.institution,
        made_at=header.issued_at,
        heading="Декларация",
    )
    paper.paragraph(unbroken(about), size=11)
    _issue(paper, header, sha256)
    paper.paragraph(unbroken(_statement(header, len(children))), size=10.5)
    if children:
        add_totals(paper, children)
        add_children(paper, children)
        add_remarks(paper, children)
        add_meanings(paper, children)
    _consequences(paper)
    _data(paper, attachment_name(header))
    paper.place_for_signature(PLACE, PLACE_HINT)
    paper.attach(
        attachment_name(header),
        content,
        f"Данните, които се подписват. SHA-256: {sha256}",
        mime_type="application/json",
    )
    return paper.finished(to_sign=True)


def attachment_name(header: Header) -> str:
    """``declaration-2020-12-2200000.json``"""
    return f"declaration-{header.month}-{header.institution}.json"


def _run_on(child: Child) -> Child:
    """In long notes the lines follow one another; what is attached has them as they were written."""
    return replace(
        child,
        remarks=[
            " / ".join(filter(None, remark.split("\n"))) if remark.count("\n") >= NOTE_LINES else remark
            for remark in child.remarks
        ],
    )


def _issue(paper: Document, header: Header, sha256: str) -> None:
    facts = [
        ("Подписва", f"{header.signatory}, {header.authority}"),
        ("Издадена на", unbroken(f"{stamp(header.issued_at)} Времето на подписване е в подписа.")),
        ("Версия на списъка", str(header.list_version)),
        ("SHA-256 на данните", on_two_lines(grouped(sha256))),
    ]
    if header.previous:
        facts.append(("Предходна декларация", f"SHA-256 {grouped(header.previous)[:17]}…"))
    paper.facts(facts)


def _statement(header: Header, count: int) -> str:
    if not count:
        return "За този месец в списъка на институцията няма деца, за които да се решава."
    decisions = "следното 1 решение" if count == 1 else f"следните {count} решения"
    return (
        f"{header.signatory}, {header.authority}, декларира от името на "
        f"{header.institution_name} {decisions} по данните на АСП."
    )


def _consequences(paper: Document) -> None:
    paper.heading("Какво следва от подписа")
    paper.bullets(
        [
            FINAL,
            RESPONSIBILITY,
            "До крайния срок подписът може да се премахне в портала, като се посочи причина. "
            "Премахнат подпис не важи: без нов подпис към АСП се подава „няма информация“ за всяко дете.",
            "Декларацията важи, когато е подписана и порталът е приел подписа. "
            "Отпечатана, тя е само за четене.",
        ]
    )


def _data(paper: Document, name: str) -> None:
    paper.heading("Прикачени данни")
    paper.paragraph(
        f"Към този PDF е прикачен файлът {name}. В него са точно данните, които се подписват: по тях е "
        "направен документът, а отпечатъкът им SHA-256 е в началото му. В програмата, с която отваряте PDF, "
        "файлът е в „Прикачени файлове“ (Attachments, знакът е кламер)."
    )
    paper.paragraph(
        "В документа идентификаторите на децата са отчасти скрити, а в прикачения файл са цели. "
        "Пазете и предавайте този PDF така, както всеки документ с ЕГН."
    )
