"""folded(text), finds(words, text, number) and by_number(name)"""

import unicodedata
from itertools import permutations

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from portal.domain.names import by_number, finds, folded

TYPED = st.text(alphabet="АаBbЙй\u0306\u0300Ѝѝoо'’`ʼ-–\u2011 \u00a0\t„“", max_size=20) | st.text(max_size=20)
NAMES = "Мария-Елена О’Конър Петрова"


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("АВЕКМНОРСТХУ", "ABEKMHOPCTXY"),
        ("авекморстху", "abekmopctxy"),
        ("Aнна", "Анна"),
        ("О’Конър", "OКОНЪР"),
        ("О'Конър", "О`Конър"),
        ("Оʼконър", "Оконър"),
        ("Мария-Елена", "мария  елена"),
        ("Мария\u2011Елена", "Мария – Елена"),
        ("Мария\u00a0Елена", "Мария\tЕлена "),
        ("Недялков", "Недялков"),
        ("Ангелскии\u0306", "Ангелский"),
        ("И\u0306ордан", "йордан"),
        ("Иво\u0300", "Иво"),
        ("ѝ", "и"),
        ("СУ „Паисий“", 'СУ "Паисий"'),
        ("ana.petrova@example.org", "ANA.PETROVA@EXAMPLE.ORG"),
    ],
)
def test_what_reads_alike_is_one(one, other):
    assert folded(one) == folded(other)


@pytest.mark.parametrize(("one", "other"), [("Йоана", "Иоана"), ("3", "З"), ("І", "I"), ("Ана", "Анна")])
def test_what_reads_differently_stays_two(one, other):
    assert folded(one) != folded(other)


@given(TYPED)
@example("и\u0323\u0306")
def test_folding_twice_is_folding_once(text):
    assert folded(folded(text)) == folded(text)


@given(TYPED)
def test_code_points_of_a_letter_do_not_matter(text):
    assert {folded(unicodedata.normalize(form, text)) for form in ("NFC", "NFD")} == {folded(text)}


@given(st.lists(st.sampled_from(NAMES.split()), min_size=1, max_size=3, unique=True))
def test_finds_by_any_part_in_any_order(words):
    for order in permutations(word[1:4] for word in words):
        assert finds(folded(" ".join(order)).split(), NAMES)


@pytest.mark.parametrize(
    ("typed", "found"),
    [
        ("", True),
        ("пет мар", True),
        ("пет ива", False),
        ("1266", True),
        ("конър 1266", True),
        ("1247051266", True),
        ("266", False),
        ("1247", False),
    ],
)
def test_finds_by_names_and_the_end_of_the_identifier(typed, found):
    assert finds(folded(typed).split(), NAMES, "1247051266") is found


def test_a_latin_letter_changes_no_order():
    names = ["Яна", "Анна Б", "Йоана", "Aнна А", "Иван", "Бойка"]

    assert sorted(names, key=folded) == ["Aнна А", "Анна Б", "Бойка", "Иван", "Йоана", "Яна"]
    assert sorted(["CУ 10", "ДГ 1", "СУ 9"], key=by_number) == ["ДГ 1", "СУ 9", "CУ 10"]
