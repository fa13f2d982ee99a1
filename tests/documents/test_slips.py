"""slips: by class, without identifiers, with room to write."""

import io
from datetime import date
from decimal import Decimal

from pypdf import PdfReader

from portal.documents.slips import SlipChild, Slips, slips_pdf
from portal.domain.decisions import Case, Reason, RefusalReason
from portal.domain.month import Month
from tests.cast import NOW
from tests.documents.test_parent_letters import text_of, tool

ABSENT = SlipChild("Мария Иванова Петрова", Case(Reason.ABSENCE, Decimal("18.67"), True, 0))
DISTANT = SlipChild("Иван Колев", Case(Reason.DISTANCE, Decimal(9), True, 0))
GONE = SlipChild("Елена Янева", Case(Reason.UNENROLLED, None, True, 0))
LABELS = ("IV клас", "VII клас", "VIII клас", "предучилищна група (код −2)")


def slips(classes: int, children=(ABSENT, DISTANT, GONE), closes_on: date | None = date(2021, 2, 1)) -> Slips:
    return Slips(
        institution="39. СУ „Отец Паисий“",
        code="2200000",
        month=Month(2020, 12),
        closes_on=closes_on,
        classes=[(label, children) for label in LABELS[:classes]],
        made_at=NOW,
    )


def pages(pdf: bytes) -> list[str]:
    reader = PdfReader(io.BytesIO(pdf))
    return [" ".join(page.extract_text().replace("\N{NO-BREAK SPACE}", " ").split()) for page in reader.pages]


def test_each_class_has_its_page_with_the_children_and_their_figures():
    first, second = pages(slips_pdf(slips(2)))

    for page, label in ((first, "IV клас"), (second, "VII клас")):
        assert f"Бланка за класния ръководител: {label}" in page
        assert "39. СУ „Отец Паисий“" in page
        assert "Крайният срок за подпис е 1 февруари 2021 г. (понеделник)." in page
    assert "1 Мария Иванова Петрова Отсъствие 18,67 уч. часа ☐ потвърждавам ☐ отказвам" in first
    assert "2 Иван Колев ОРЕС 9 уч. дни ☐ потвърждавам" in first
    assert "3 Елена Янева Отписан ☐ потвърждавам" in first


def test_has_places_for_all_that_a_refusal_needs_and_for_who_writes():
    said = text_of(slips_pdf(slips(1)))

    for place in ("Решение", "Верен брой", "Причина, №", "Бележка", "Класен ръководител", "Дата", "Подпис"):
        assert all(word in said for word in place.split())
    for number, reason in enumerate(RefusalReason, 1):
        assert f"{number} – {reason.label}" in said


def test_asks_for_a_certificate_only_where_a_child_is_unenrolled():
    assert "удостоверението" in text_of(slips_pdf(slips(1)))
    assert "удостоверението" not in text_of(slips_pdf(slips(1, children=(ABSENT, DISTANT))))


def test_before_a_window_is_set_no_deadline_is_told():
    assert "Крайният срок" not in text_of(slips_pdf(slips(1, closes_on=None)))


def test_a_row_is_high_enough_to_write_in():
    """Ten rows of 13 mm and what is around them fill most of a page, and a class of thirty takes three."""
    pdf = slips_pdf(slips(1, children=(GONE,) * 30))

    assert "Pages:           3" in tool("pdfinfo", pdf=pdf)
    assert "A4" in tool("pdfinfo", pdf=pdf)


def test_the_title_names_nobody():
    assert "Title:           Бланки за класните ръководители за декември 2020 г." in tool(
        "pdfinfo", pdf=slips_pdf(slips(1))
    )
