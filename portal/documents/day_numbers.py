"""Numbers for one day: how many people are in quarantine, by kind, basis and class. It contains no names."""

from collections.abc import Iterator, Sequence
from datetime import date

from portal.documents.heading import Heading
from portal.documents.pdf import Document
from portal.documents.sheets import Cell, Table, sheet_xlsx
from portal.domain.register.entry import Basis, PersonKind
from portal.domain.register.papers import DayNumbers
from portal.domain.times import short_date

BY_KIND = ("Кой", "Контактни лица", "С положителен тест", "Общо")
MOVES = ("Този ден", "Лица")
BY_CLASS = ("Клас, група", "Деца")
ALL = {PersonKind.CHILD: "Деца и ученици", PersonKind.TEACHER: "Учители", PersonKind.STAFF: "Други служители"}


def title_of(day: date) -> str:
    return f"Под карантина на {short_date(day)} г.: числата за деня"


def numbers_pdf(heading: Heading, numbers: DayNumbers, *, notes: Sequence[str] = ()) -> bytes:
    title = title_of(numbers.day)
    paper = Document(title, issuer=heading.institution, code=heading.code, made_at=heading.made_at)
    paper.paragraph(heading.made)
    for note in notes:
        paper.paragraph(note, bold=True)
    paper.table(
        BY_KIND,
        [tuple(map(str, row)) for row in _by_kind(numbers)],
        widths=(35, 25, 30, 20),
        align=("LEFT", "RIGHT", "RIGHT", "RIGHT"),
        size=9.5,
    )
    for head, counted in ((MOVES, _moves(numbers)), (BY_CLASS, numbers.classes)):
        if counted:
            rows = [(label, str(count)) for label, count in counted]
            paper.table(head, rows, widths=(90, 20), align=("LEFT", "RIGHT"), size=9.5)
    return paper.finished()


def numbers_xlsx(heading: Heading, numbers: DayNumbers, *, notes: Sequence[str] = ()) -> bytes:
    tables = [
        Table(BY_KIND, list(_by_kind(numbers)), (40, 16, 20, 10)),
        Table(MOVES, _moves(numbers), (40, 16)),
        Table(BY_CLASS, numbers.classes, (40, 16)),
    ]
    above = [f"{heading.institution}, код по НЕИСПУО {heading.code}", heading.made, *notes]
    return sheet_xlsx(title_of(numbers.day), above, tables, made_at=heading.made_at)


def _by_kind(numbers: DayNumbers) -> Iterator[tuple[Cell, ...]]:
    for kind, label in ALL.items():
        yield label, *_counts(numbers, kind)
    yield "Общо", *_counts(numbers, None)


def _counts(numbers: DayNumbers, kind: PersonKind | None) -> tuple[int, int, int]:
    contact, positive = numbers.count(kind, Basis.CONTACT), numbers.count(kind, Basis.POSITIVE)
    return contact, positive, contact + positive


def _moves(numbers: DayNumbers) -> list[tuple[str, int]]:
    return [
        ("Поставени под карантина", numbers.placed),
        ("Последен ден на карантината", numbers.ending),
    ]
