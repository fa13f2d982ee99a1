"""The list for РЗИ, the order for a class and the numbers of a day, as PDF and as xlsx."""

import io
from dataclasses import replace
from datetime import UTC, date, datetime

import openpyxl
import pytest
from pypdf import PdfReader

from portal.documents.day_numbers import numbers_pdf, numbers_xlsx
from portal.documents.distance_order import order_pdf, order_xlsx
from portal.documents.heading import Heading
from portal.documents.register_list import HEAD, list_pdf, list_xlsx
from portal.domain.calendar import Span
from portal.domain.register.papers import day_numbers
from tests.domain.invented import EGN, KALINA, TEACHER, day

AT = datetime(2021, 1, 28, 8, 0, tzinfo=UTC)
HEADING = Heading("39. СУ „Отец Паисий“", "2200000", "Ана Янева", AT)
SPAN = Span(day(1), day(14))
NOTES = ["Непълно: 2 записа."]


def text_of(pdf):
    return " ".join(" ".join(page.extract_text() for page in PdfReader(io.BytesIO(pdf)).pages).split())


def rows_of(xlsx):
    return [
        tuple(value for value in row if value is not None)
        for row in openpyxl.load_workbook(io.BytesIO(xlsx)).active.values
    ]


def says(made) -> str:
    if made.startswith(b"%PDF"):
        return text_of(made)
    return " ".join(str(value) for row in rows_of(made) for value in row)


@pytest.mark.parametrize("draw", [list_pdf, list_xlsx])
def test_the_list_says_where_each_is_found(draw):
    text = says(draw(HEADING, [KALINA, TEACHER], day(5), notes=NOTES))

    for word in (
        "05.12.2020", KALINA.names, EGN, "ЕГН", "5А", "0888 123 456", "София, ул. „Роза“ 1",
        "РЗИ-1234/01.12.2020", "контактно лице", TEACHER.names, "учител",
        "39. СУ „Отец Паисий“", "2200000", "Ана Янева", NOTES[0],
    ):  # fmt: skip
        assert word in text


def test_the_sheet_of_the_list_has_a_cell_for_each_thing():
    rows = rows_of(list_xlsx(HEADING, [KALINA], day(5)))

    assert rows[-2] == HEAD
    assert rows[-1][:4] == (1, KALINA.names, "ЕГН", EGN)
    assert [value.date() for value in rows[-1][-2:]] == [date(2020, 12, 1), date(2020, 12, 14)]


@pytest.mark.parametrize("draw", [order_pdf, order_xlsx])
def test_the_order_names_children_and_days(draw):
    text = says(draw(HEADING, [KALINA], "5А", SPAN, notes=NOTES))

    for word in (
        "изброените деца от „5А“",
        "от 01.12.2020 г. до 14.12.2020 г. включително",
        KALINA.names,
        NOTES[0],
    ):
        assert word in text
    assert EGN not in text
    assert KALINA.basis.label not in text


def test_the_order_leaves_law_and_signature_to_the_director():
    text = text_of(order_pdf(HEADING, [KALINA], "5А", SPAN))

    assert "Проект" in text
    assert "На основание ....." in text
    assert "НАРЕЖДАМ" in text
    assert not [law for law in ("чл.", "ЗПУО", "ал. ") if law in text]


@pytest.mark.parametrize("draw", [numbers_pdf, numbers_xlsx])
def test_the_numbers_name_nobody(draw):
    text = says(draw(HEADING, day_numbers([KALINA, TEACHER], day(5)), notes=NOTES))

    assert "Деца и ученици 1 0 1" in text
    assert "Учители 1 0 1" in text
    assert "Общо 2 0 2" in text
    assert "5А 1" in text
    assert not [word for word in ("Калина", "Мария", EGN, "РЗИ-1234") if word in text]


def test_the_numbers_of_a_quiet_day_are_zeros():
    assert "Общо 0 0 0" in text_of(numbers_pdf(HEADING, day_numbers([], day(5))))
    assert numbers_xlsx(HEADING, day_numbers([], day(5)))


def test_a_long_list_goes_over_several_pages():
    many = [replace(KALINA, first_name=f"Калина{number}") for number in range(60)]

    assert len(PdfReader(io.BytesIO(list_pdf(HEADING, many, day(5)))).pages) > 2


def test_the_same_is_the_same_bytes():
    assert list_pdf(HEADING, [KALINA], day(5)) == list_pdf(HEADING, [KALINA], day(5))
