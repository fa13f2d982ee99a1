"""The list for the health inspectorate (РЗИ): who is in quarantine on a day, and where to find them."""

from collections.abc import Sequence
from datetime import date

from portal.documents.heading import Heading
from portal.documents.pdf import Document
from portal.documents.sheets import Cell, Table, sheet_xlsx
from portal.domain.register.days import period
from portal.domain.register.entry import Entry, PersonKind
from portal.domain.times import short_date

HEAD = (
    "№", "Име", "Вид", "Идентификатор", "Клас, група или длъжност", "Телефон", "Място на карантината",
    "Предписание", "Основание", "От", "До",
)  # fmt: skip
WIDTHS = (6, 34, 8, 14, 16, 18, 40, 22, 20, 12, 12)


def title_of(day: date) -> str:
    return f"Лица под карантина на {short_date(day)} г."


def list_pdf(heading: Heading, entries: Sequence[Entry], day: date, *, notes: Sequence[str] = ()) -> bytes:
    paper = Document(title_of(day), issuer=heading.institution, code=heading.code, made_at=heading.made_at)
    paper.paragraph(f"До РЗИ. Общо {len(entries)}. {heading.made}")
    for note in notes:
        paper.paragraph(note, bold=True)
    paper.table(
        (
            "№",
            "Име, идентификатор",
            "Клас, длъжност",
            "Телефон и място на карантината",
            "Предписание, основание",
            "От – до",
        ),
        [_line(number, entry) for number, entry in enumerate(entries, 1)],
        widths=(6, 32, 13, 32, 22, 15),
        align=("RIGHT", "LEFT", "LEFT", "LEFT", "LEFT", "LEFT"),
        size=7.5,
    )
    return paper.finished()


def list_xlsx(heading: Heading, entries: Sequence[Entry], day: date, *, notes: Sequence[str] = ()) -> bytes:
    rows = [_cells(number, entry) for number, entry in enumerate(entries, 1)]
    above = [f"{heading.institution}, код по НЕИСПУО {heading.code}", heading.made, *notes]
    return sheet_xlsx(title_of(day), above, [Table(HEAD, rows, WIDTHS)], made_at=heading.made_at)


def class_or_kind(entry: Entry) -> str:
    """A child's class; of staff what they are."""
    return entry.class_name if entry.person is PersonKind.CHILD else entry.person.label


def kind_of_id(entry: Entry) -> str:
    return "" if entry.id_type is None else entry.id_type.label


def _line(number: int, entry: Entry) -> tuple[str, ...]:
    span = period(entry)
    return (
        str(number),
        _lines(entry.names, f"{kind_of_id(entry)} {entry.id_number}"),
        class_or_kind(entry),
        _lines(entry.phone, entry.place),
        _lines(entry.prescription, entry.basis.label),
        _lines(short_date(span.first), short_date(span.last)),
    )


def _lines(*parts: str) -> str:
    return "\n".join(part.strip() for part in parts if part.strip())


def _cells(number: int, entry: Entry) -> tuple[Cell, ...]:
    span = period(entry)
    return (
        number,
        entry.names,
        kind_of_id(entry),
        entry.id_number,
        class_or_kind(entry),
        entry.phone,
        entry.place,
        entry.prescription,
        entry.basis.label,
        span.first,
        span.last,
    )
