"""Letters to parents about what the institution answered of their child: one page each, in large type."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime

from portal.documents.pdf import Document
from portal.domain.lists.parents import DECIDES, answered, asked, follows, to_correct, to_object
from portal.domain.month import Month
from portal.domain.signing.declared import Entry
from portal.domain.times import short_date, today, unbroken

SIZE, HEADING = 13, 14.5  # points: large, and one page with the longest words
TO_PARENT = "Писмо до родителя"
SIGNATURE = "Подпис: " + "…" * 14


@dataclass(frozen=True)
class ParentLetters:
    """``entries`` are of the signed declaration; the institution's name is the one that was signed."""

    institution: str
    code: str
    month: Month
    signatory: str
    authority: str
    closes_on: date
    entries: Sequence[Entry]
    made_at: datetime


def letters_pdf(letters: ParentLetters) -> bytes:
    """A page for each entry, in their order; no running heads, as each page goes to another family."""
    paper = Document(
        f"Писма до родителите за {letters.month.label}",
        issuer=letters.institution,
        code=letters.code,
        made_at=letters.made_at,
        heading=TO_PARENT,
        running=False,
    )
    for number, entry in enumerate(letters.entries):
        if number:
            paper.sheet(TO_PARENT)
        _letter(paper, letters, entry)
    return paper.finished()


def _letter(paper: Document, letters: ParentLetters, entry: Entry) -> None:
    paper.paragraph(f"{entry.names}, {_class(entry)}", size=HEADING, bold=True)
    paper.paragraph(_whole(asked(entry, letters.month)), size=SIZE)
    for heading, *said in (
        ("Какво отговорихме", answered(entry)),
        ("Какво следва", follows(entry), DECIDES),
        ("Ако не сте съгласни", to_correct(letters.closes_on), *to_object(entry.reason)),
    ):
        paper.heading(heading, size=HEADING)
        for sentence in said:
            paper.paragraph(_whole(sentence), size=SIZE)
    paper.space(3)
    day = f"{short_date(today(letters.made_at))} г."
    paper.paragraph(_whole(f"{letters.signatory}, {letters.authority}\n{day}   {SIGNATURE}"), size=SIZE)


def _class(entry: Entry) -> str:
    """Without the code of a group, which says nothing to a parent."""
    return entry.class_name.partition(" (")[0]


def _whole(text: str) -> str:
    """What belongs to a number stays on its line, before it and behind it."""
    return unbroken(text).replace("чл. ", "чл.\N{NO-BREAK SPACE}").replace("№ ", "№\N{NO-BREAK SPACE}")
