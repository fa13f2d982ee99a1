"""envelope_pdf: the sheet with the code."""

import io
import re
from dataclasses import replace
from datetime import UTC, datetime

import pytest
from pypdf import PdfReader

from portal.crypto.envelope import groups, new_code, read_code
from portal.documents.envelope import EnvelopeSheet, envelope_pdf

CODE = new_code()
SHEET = EnvelopeSheet(
    institution="39. СУ „Отец Паисий“",
    institution_code="2200000",
    name="7aYzTR5GOZdYdbLaRSXpyg",
    made_by="Ана Янева",
    made_at=datetime(2021, 1, 28, 8, 0, tzinfo=UTC),
    address="https://potvarzhdeniya.example.org",
    groups=groups(CODE),
)
LONG = (
    "Център за специална образователна подкрепа за деца и ученици със специални образователни "
    "потребности и с трайни увреждания „Свети свети Кирил и Методий“"
)


def pages(sheet):
    reader = PdfReader(io.BytesIO(envelope_pdf(sheet)))
    return [" ".join(page.extract_text().split()) for page in reader.pages]


def test_the_code_can_be_read_back_from_the_paper():
    (text,) = pages(SHEET)
    boxes = dict(re.findall(r"\b(\d{1,2}) ([0-9A-Z]{4})\b", text))
    printed = [boxes[str(number)] for number in range(1, 15)]
    assert read_code("".join(printed)) == CODE.replace("-", "")


@pytest.mark.parametrize(
    "words",
    [
        "39. СУ „Отец Паисий“",
        "2200000",
        "28.01.2021",
        "Ана Янева",
        "https://potvarzhdeniya.example.org",
        "Никога не го изпращайте",
        "в сейфа на институцията",
        "Имената в карантинния регистър",
        "На кого да се обадите",
        "7aYzTR5G",
    ],
)
def test_says_what_it_is_and_what_to_do_with_it(words):
    assert words in pages(SHEET)[0]


def test_stays_on_one_page_for_a_long_name_too():
    assert len(pages(replace(SHEET, institution=LONG, made_by="Александра-Виктория " * 4))) == 1


def test_shows_no_code_of_its_own_accord():
    assert CODE.split("-")[0] not in repr(SHEET)
