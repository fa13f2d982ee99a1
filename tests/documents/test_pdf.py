"""Document: sheets of A4 with a letterhead, facts, tables and page numbers."""

import io
import subprocess
import sys
from datetime import UTC, datetime

import pytest
from pypdf import PdfReader

from portal.documents.pdf import Document
from portal.documents.typesetting import NotSet

MADE = datetime(2021, 1, 28, 12, 5, tzinfo=UTC)
LOADED = """
import sys
from datetime import UTC, datetime
from portal.documents.pdf import Document
assert Document("Лист", issuer="У", code="1", made_at=datetime(2021, 1, 28, tzinfo=UTC)).finished()
print("typst" in sys.modules)
"""
SCHOOL = "107. основно училище „Хан Крум“"


@pytest.fixture
def paper():
    return Document("Протокол № 7", issuer=SCHOOL, code="2200000", made_at=MADE)


def pages(content):
    return [" ".join(page.extract_text().split()) for page in PdfReader(io.BytesIO(content)).pages]


def write_all(paper, rows=3):
    paper.heading("Деца")
    paper.paragraph("Изречение.")
    paper.facts([("Подписал", "Ана Петрова")])
    paper.bullets(["първо", "второ"])
    paper.table(("Име", "Брой"), [(f"Дете {n}", str(n)) for n in range(rows)], widths=(3, 1))
    return paper.finished()


def test_keeps_bulgarian_as_text(paper):
    (text,) = pages(write_all(paper))

    for part in (SCHOOL, "код по НЕИСПУО 2200000", "Деца", "Подписал Ана Петрова", "– второ", "Дете 2 2"):
        assert part in text


@pytest.mark.parametrize(
    ("typed", "printed"),
    [
        ("добре \N{UNICORN FACE} пише", "добре ☐U+1F984 пише"),
        ("中文", "☐U+4E2D☐U+6587"),
        ("\N{ARABIC LETTER ALEF}\N{HEBREW LETTER ALEF}", "☐U+0627☐U+05D0"),
        ("едно\tдве", "едно две"),
        ("ѝ, „О’Конър“ – 4½ №", "ѝ, „О’Конър“ – 4½ №"),
    ],
)
def test_what_the_font_cannot_draw_stands_with_its_code(paper, typed, printed):
    paper.heading(f"заглавие {typed}")
    paper.paragraph(f"текст {typed}")
    paper.bullets([f"точка {typed}"])
    paper.facts([(f"име {typed}", f"стойност {typed}")])
    paper.table((f"колона {typed}",), [(f"клетка {typed}",)], widths=(1,))
    (text,) = pages(paper.finished())

    for place in ("заглавие", "текст", "точка", "име", "стойност", "колона", "клетка"):
        assert f"{place} {printed}" in text


@pytest.mark.parametrize(
    "typed",
    [
        "1 0 obj <</Type/Catalog>> endobj",
        "0000000001 00000 n",
        "startxref 5",
        "#panic() $x$ @a <b> *c*",
        '\\(")',
    ],
)
def test_what_people_typed_is_no_language_of_the_file_or_of_its_maker(typed):
    paper = Document("Лист", issuer=typed, code="1", made_at=MADE, heading=typed)
    paper.facts([(typed, typed)])
    paper.table((typed,), [(typed,)], widths=(1,))
    paper.place_for_signature(typed, typed)
    reader = PdfReader(io.BytesIO(paper.finished(to_sign=True)))

    assert reader.metadata.author == typed
    assert reader.root_object["/AcroForm"] == {"/Fields": [], "/SigFlags": 3}
    assert " ".join(reader.pages[0].extract_text().split()).count(typed) == 8


def test_what_cannot_be_set_says_nothing_of_what_was_in_it(paper):
    paper.attach("a.json", b"{}", "Данните", mime_type="this is none")
    paper.paragraph("Калина")

    with pytest.raises(NotSet) as failed:
        paper.finished()
    assert "Калина" not in str(failed.value)


def test_counts_its_pages(paper):
    assert "стр. 1 от 1" in pages(write_all(paper))[0]


def test_repeats_headings_and_numbers_on_every_page(paper):
    texts = pages(write_all(paper, rows=120))

    assert len(texts) > 2
    for number, text in enumerate(texts, 1):
        assert f"стр. {number} от {len(texts)}" in text
        assert "Име Брой" in text
    assert "Протокол № 7 · код по НЕИСПУО 2200000" in texts[1]
    assert sum(text.count("Дете ") for text in texts) == 120


def test_tears_no_row(paper):
    long = "много дълго основание " * 12
    paper.table(("Име", "Основание"), [(f"Дете {n} край", long) for n in range(40)], widths=(1, 1))

    texts = pages(paper.finished())
    assert len(texts) > 1
    for text in texts:
        assert text.count("край") == text.count("много дълго основание") // 12


def test_the_same_input_is_the_same_bytes(paper):
    again = Document("Протокол № 7", issuer=SCHOOL, code="2200000", made_at=MADE)

    assert write_all(paper) == write_all(again)


def test_says_when_it_was_made_and_for_whom(paper):
    meta = PdfReader(io.BytesIO(write_all(paper))).metadata

    assert meta.title == "Протокол № 7"
    assert meta.author == SCHOOL
    assert meta.creation_date == MADE


def test_a_long_value_stays_with_its_name(paper):
    paper.facts([(f"Име {n}", "дълга стойност " * 20) for n in range(30)])

    for text in pages(paper.finished()):
        assert text.count("Име ") == text.count("дълга стойност") // 20


def test_the_library_is_not_loaded_into_the_portal():
    """It keeps what it drew, names and all: a process of its own ends with the paper (typesetting)."""
    told = subprocess.run(
        [sys.executable, "-c", LOADED],
        capture_output=True,
        text=True,
        check=True,
    )
    assert told.stdout.strip() == "False"
