"""find_institutions: by name, number, place or code, however it is typed."""

from datetime import date

import pytest

from portal.domain.placement import InstitutionType
from portal.storage.institutions.finding import LONGEST_SEARCH, find_institutions
from portal.storage.tables.db import db
from portal.storage.tables.institutions import Institution
from tests.cast import FAR_SCHOOL, KINDERGARTEN, OTHER_SCHOOL, SCHOOL, add_institution
from tests.statements import noted

NUMBERED = "2299001"


@pytest.fixture
def places(world):
    """Beside the cast, a school whose number is a part of the codes of others."""
    add_institution(NUMBERED, "901. СУ „Св. Паисий Хилендарски“", InstitutionType.SCHOOL)
    add_institution("2290100", "11. ОУ „Елин Пелин“", InstitutionType.SCHOOL)
    Institution.update(municipality="Банкя").where(Institution.code == NUMBERED).execute()


def found(words: str, **more) -> list[str]:
    return [each.code for each in find_institutions(words, **more).shown]


@pytest.mark.parametrize(
    ("words", "codes"),
    [
        ("901", [NUMBERED, "2290100"]),  # whose number it is stands first
        ("СУ 901", [NUMBERED]),
        ("901. су", [NUMBERED]),
        ("Cy 901", [NUMBERED]),  # with Latin letters
        ("CY 901", [NUMBERED]),
        ("„Свети“", []),
        ("св паисий хилендарски", [NUMBERED]),
        ('"Св. Паисий"', [NUMBERED]),
        ("ПАИCИЙ 901", [NUMBERED]),  # with a Latin C
        ("банкя", [NUMBERED]),
        (NUMBERED, [NUMBERED]),
        ("варна", [FAR_SCHOOL]),
        ("паисий", [SCHOOL, NUMBERED]),
        ("ботев", [OTHER_SCHOOL]),
        ("", []),
        ("  ", []),
        ("%", []),
        ("'--", []),
        ("|", []),
    ],
)
def test_finds(places, words, codes):
    assert found(words) == codes


def test_letters_of_one_shape_are_one_letter(places):
    assert found("Xилендарски") == found("Хилендарски") == [NUMBERED]  # the first with a Latin X


def test_says_how_many_there_are_and_shows_some(places):
    every = find_institutions("софия")
    some = find_institutions("софия", most=2)

    assert every.total == some.total == len(every.shown) > 2
    assert some.shown == every.shown[:2]


def test_the_closed_are_offered_to_nobody(places):
    Institution.update(closed_on=date(2021, 1, 28)).where(Institution.code == KINDERGARTEN).execute()

    assert KINDERGARTEN in found(KINDERGARTEN)
    assert found(KINDERGARTEN, open_on=date(2021, 1, 28)) == []
    assert found(KINDERGARTEN, open_on=date(2021, 1, 27)) == [KINDERGARTEN]


def test_a_country_is_searched_with_one_statement(database, places):
    with noted() as asked:
        db.close()
        db.connect()
        found("901")
        few = len(asked.statements)
        for number in range(300):
            add_institution(f"1{number:06d}", f"{number}. ОУ „Нещо“", InstitutionType.SCHOOL)
        asked.forget()
        found("901")
        assert len(asked.statements) == few == 1


def test_what_is_asked_is_not_longer_than_it_may_be(places):
    assert found("б" * 10_000) == []
    assert found("ботев".ljust(LONGEST_SEARCH) + " няма") == [OTHER_SCHOOL]
