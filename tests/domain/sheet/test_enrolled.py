"""sheet/enrolled: a certificate or a class with its day, in one cell."""

from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from portal.domain.enrolled import Enrolled, tidy
from portal.domain.errors import Refusal
from portal.domain.sheet.cells import Cell, Kind
from portal.domain.sheet.enrolled import enrolled_of, stated_in, written

WHY = "Впишете."
NAMES = st.text(st.sampled_from("аБ1№-./, от„“"), min_size=1, max_size=30).map(
    lambda text: " ".join(text.split())
)
DAYS = st.dates(date(1990, 1, 1), date(2099, 12, 31))


def said(text: str, kind: Kind = Kind.TEXT):
    return stated_in(Cell(kind, text), WHY)


@given(st.builds(Enrolled, NAMES, DAYS, NAMES, DAYS).map(tidy))
def test_what_goes_out_is_read_again(stated):
    certificate = written(True, stated.certificate_number, stated.certificate_date)
    place = written(True, stated.enrolled_class, stated.enrolled_since)

    if stated.certificate_number and stated.enrolled_class:
        assert enrolled_of(said(certificate), said(place)) == stated
    assert tidy(stated) == stated


@pytest.mark.parametrize(
    "text",
    [
        "15 от 05.01.2021", "15 от 5.1.2021", " 15  от 05.01.2021 г. ", "15 от 05.01.2021г.",
        "№ 15 от 05.01.2021",
        "№15 от 05.01.2021", "15, от 05.01.2021", "15\N{NO-BREAK SPACE}от\N{NO-BREAK SPACE}05.01.2021",
    ],
)  # fmt: skip
def test_people_write_it_in_many_ways(text):
    stated = enrolled_of(said(text), said("VII а, от 3.12.2020"))

    assert stated == Enrolled("15", date(2021, 1, 5), "VII а", date(2020, 12, 3))


@pytest.mark.parametrize("text", ["", " ", "не", "Не "])
def test_nothing_and_no_state_nothing(text):
    assert said(text) is None
    assert written(False, "15", date(2021, 1, 5)) == ""


def test_yes_states_the_fact_alone():
    assert said("Да ") == said("да", Kind.TRUTH) == ("", None)
    assert written(True, "", None) == "да"
    assert enrolled_of(said("да"), said("да")) is None
    assert enrolled_of(None, None) is None


@pytest.mark.parametrize(
    "text",
    ["№ 5", "5", "от 05.01.2021", "15 от 32.01.2021", "15 от 05.13.2021", "15 от 05.01.21", "15 05.01.2021",
     "05.01.2021", "15 от 05.01.2021 и още", "15 от ٠٥.٠١.٢٠٢١"],
)  # fmt: skip
def test_anything_else_is_asked_for_again(text):
    with pytest.raises(Refusal) as refusal:
        said(text)
    assert str(refusal.value) == WHY
