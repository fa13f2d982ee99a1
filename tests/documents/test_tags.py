"""Every paper, for who does not see it: its structure is in the file (PDF/UA-1)."""

import io

import pytest
from pypdf import PdfReader

from portal.documents.day_numbers import numbers_pdf
from portal.documents.declaration import declaration_pdf
from portal.documents.distance_order import order_pdf
from portal.documents.envelope import envelope_pdf
from portal.documents.parent_letters import letters_pdf
from portal.documents.pdf import Document
from portal.documents.printable import code_points
from portal.documents.receipt import receipt_pdf
from portal.documents.register_list import list_pdf
from portal.documents.slips import slips_pdf
from portal.domain.register.papers import day_numbers
from tests.cast import NOW
from tests.documents.tags import HEADINGS, faults, tags_of
from tests.documents.test_declaration import CONTENT, ENROLLED, LINES
from tests.documents.test_envelope_sheet import SHEET
from tests.documents.test_parent_letters import letters
from tests.documents.test_receipt import receipt  # noqa: F401 (a fixture)
from tests.documents.test_register_papers import HEADING, NOTES, SPAN
from tests.documents.test_slips import slips
from tests.domain.invented import KALINA, TEACHER, day

PAPERS = {
    "declaration": lambda _: declaration_pdf(CONTENT),
    "receipt": receipt_pdf,
    "envelope": lambda _: envelope_pdf(SHEET),
    "letter": lambda _: letters_pdf(letters([ENROLLED])),
    "slip": lambda _: slips_pdf(slips(1)),
    "list": lambda _: list_pdf(HEADING, [KALINA, TEACHER] * 20, day(5), notes=NOTES),
    "order": lambda _: order_pdf(HEADING, [KALINA], "5А", SPAN, notes=NOTES),
    "numbers": lambda _: numbers_pdf(HEADING, day_numbers([KALINA, TEACHER], day(5)), notes=NOTES),
}


@pytest.fixture(params=PAPERS)
def paper(request, receipt):  # noqa: F811
    return PAPERS[request.param](receipt)


def test_can_be_read_aloud(paper):
    assert faults(paper) == []


@pytest.mark.parametrize("paper", [letters_pdf(letters(LINES)), slips_pdf(slips(4))])
def test_of_papers_in_one_file_each_has_its_heading(paper):
    assert faults(paper, sheets=4) == []


def test_headings_are_headings():
    root = tags_of(declaration_pdf(CONTENT))

    assert [(tag.name, tag.title) for tag in root.all(*HEADINGS)] == [
        ("H1", "Декларация"),
        ("H2", "Общо по причина и решение"),
        ("H2", "Деца"),
        ("H2", "Бележки и отбелязани обстоятелства"),
        ("H2", "Какво значи решението"),
        ("H2", "Какво следва от подписа"),
        ("H2", "Прикачени данни"),
        ("H2", "Място за подписа"),
    ]


def test_every_child_is_a_row_under_its_heads():
    _, children = tags_of(declaration_pdf(CONTENT)).all("Table")

    assert len(list(children.all("TH"))) == 7
    assert len(list(children.all("TD"))) == 7 * 4


def test_heads_that_are_repeated_on_a_page_are_told_once():
    paper = list_pdf(HEADING, [KALINA] * 60, day(5))

    assert len(PdfReader(io.BytesIO(paper)).pages) > 2
    assert len(list(tags_of(paper).all("TH"))) == 6


def test_facts_and_points_are_lists():
    root = tags_of(envelope_pdf(SHEET))

    assert [len(tag.kids) for tag in root.all("L")] == [4, 6]


def test_says_which_standard_it_follows(paper):
    """But for the declaration: programs that sign it would write that anew (portal/documents/signable.py)."""
    root = PdfReader(io.BytesIO(paper)).root_object

    if "/AcroForm" in root:
        assert "/Metadata" not in root
    else:
        assert b"<pdfuaid:part>1</pdfuaid:part>" in root["/Metadata"].get_data()


@pytest.mark.parametrize(
    "key", [b"/StructTreeRoot", b"/Lang", b"/MarkInfo", b"/DisplayDocTitle", b"/THead", b"/H1"]
)
def test_what_is_missing_is_found(key):
    pdf = declaration_pdf(CONTENT)

    assert faults(pdf.replace(key, key[:-1] + b"~")) != []


def test_every_sign_of_the_font_can_be_set():
    """Typst refuses a file that would not be PDF/UA: what somebody typed must not bring it about."""
    signs = "".join(f"а{chr(code)}б " for code in sorted(code_points()))
    paper = Document("Лист", issuer="Училище", code="1", made_at=NOW)
    paper.heading(signs)
    paper.paragraph(signs, bold=True)
    paper.bullets([signs])
    paper.facts([(signs, signs)])
    paper.table(("Знаци",), [(signs,)], widths=(1,))
    paper.place_for_signature("Място", "Тук.")
    paper.attach("data.json", signs.encode(), "Знаци", mime_type="application/json")

    assert tags_of(paper.finished(to_sign=True)).kids
