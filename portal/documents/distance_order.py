"""A draft of a director's order for distance learning in a class while children are in quarantine.

The legal ground and the reasons are left to the director: they change with each year's orders, and the
portal does not invent law.
"""

from collections.abc import Sequence

from portal.documents.heading import Heading
from portal.documents.pdf import Document
from portal.documents.sheets import Table, sheet_xlsx
from portal.domain.calendar import Span
from portal.domain.register.days import period
from portal.domain.register.entry import Entry
from portal.domain.times import short_date

TITLE = "Заповед за обучение от разстояние (проект)"
LINE = "." * 90
HEAD = ("№", "Име", "Клас, група", "Под карантина от", "До")


def order_pdf(
    heading: Heading, entries: Sequence[Entry], class_name: str, span: Span, *, notes: Sequence[str] = ()
) -> bytes:
    paper = Document(
        TITLE,
        issuer=heading.institution,
        code=heading.code,
        made_at=heading.made_at,
        heading="ЗАПОВЕД",
    )
    paper.paragraph("№ ........................ / ........................ г.", size=11)
    paper.paragraph("Проект: попълнете празните места и проверете имената и датите, преди да подпишете.")
    for note in notes:
        paper.paragraph(note, bold=True)
    paper.paragraph(f"На основание {LINE[:66]}\n{LINE}\n{LINE}", size=11)
    paper.paragraph("(правното основание и мотивите се вписват от директора)", size=8.5)
    paper.heading("НАРЕЖДАМ:")
    paper.paragraph(f"1. {_what(class_name, span)}", size=11)
    paper.table(
        HEAD,
        [_line(number, entry) for number, entry in enumerate(entries, 1)],
        widths=(8, 60, 22, 30, 22),
        align=("RIGHT", "LEFT", "LEFT", "LEFT", "LEFT"),
        size=9,
    )
    paper.paragraph(
        "2. Изпълнението възлагам на .....................................................", size=11
    )
    paper.paragraph("3. Заповедта да се сведе до знанието на родителите и на учителите на класа.", size=11)
    paper.space(10)
    paper.paragraph("Директор: ........................................", size=11, bold=True)
    paper.paragraph("(име, подпис и печат)", size=8.5)
    paper.paragraph(heading.made, size=8.5)
    return paper.finished()


def order_xlsx(
    heading: Heading, entries: Sequence[Entry], class_name: str, span: Span, *, notes: Sequence[str] = ()
) -> bytes:
    """The names and dates of the order, to be put into the institution's own form."""
    rows = [
        (number, entry.names, entry.class_name, period(entry).first, period(entry).last)
        for number, entry in enumerate(entries, 1)
    ]
    above = [
        f"{heading.institution}, код по НЕИСПУО {heading.code}",
        _what(class_name, span),
        heading.made,
        *notes,
    ]
    return sheet_xlsx(TITLE, above, [Table(HEAD, rows, (6, 40, 16, 18, 14))], made_at=heading.made_at)


def _what(class_name: str, span: Span) -> str:
    return (
        f"Обучението на изброените деца от „{class_name}“ да се провежда от разстояние в електронна среда "
        f"от {short_date(span.first)} г. до {short_date(span.last)} г. включително."
    )


def _line(number: int, entry: Entry) -> tuple[str, ...]:
    span = period(entry)
    return str(number), entry.names, entry.class_name, short_date(span.first), short_date(span.last)
