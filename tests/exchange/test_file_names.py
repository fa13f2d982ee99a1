"""portal.exchange.file_names.named"""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from portal.domain.month import Month
from portal.exchange.file_names import Named, named

MAIN = Named("enrolments", Month(2020, 12), is_correction=False)
CORRECTION = Named("enrolments", Month(2020, 12), is_correction=True)
OF_NO_MONTH = Named("enrolments", None, is_correction=False)


@pytest.mark.parametrize(
    "name",
    [
        "MONZP1220.txt", "monzp1220.TXT", "MONZP1220", "MONZP1220 (1).txt", "MONZP1220 - Copy.txt",
        "MONZP1220.txt.txt", "MONZP1220.txt.zip", "/home/ciioo/MONZP1220.txt", "C:\\НЕИСПУО\\MONZP1220.txt",
        " MONZP1220.txt",
    ],
)  # fmt: skip
def test_a_main_file_is_known_by_how_its_name_begins(name):
    assert named(name) == MAIN


@pytest.mark.parametrize(
    "name",
    [
        "MONZPC1220.txt",
        "MONZPC1220 (1).txt",
        "MONZPC1220 - Copy.txt",
        "monzpc1220.txt.txt",
        "MONZPC1220_2.txt",
    ],
)
def test_a_second_copy_of_a_correction_is_a_correction(name):
    assert named(name) == CORRECTION


@pytest.mark.parametrize(
    "name", ["MONZP1320.txt", "MONZP0020.txt", "MONZP122020.txt", "MONZP012021.txt", "MONZP١٢20.txt", "MONZP"]
)
def test_no_month_is_read_out_of_other_digits(name):
    assert named(name) == OF_NO_MONTH


@pytest.mark.parametrize(
    ("name", "kind"),
    [("ASPCONF1220.txt", "asp"), ("aspconf1220 (2).txt", "asp"), ("MONCONF1220.txt", "answer")],
)
def test_the_list_and_the_answer_are_known_as_well(name, kind):
    assert named(name) == Named(kind, Month(2020, 12), is_correction=False)


@pytest.mark.parametrize(
    "name", ["", "записани.txt", "institutions.csv", "calendar.csv", "MONZP1220.txt/друго.txt"]
)
def test_a_name_that_begins_like_none_says_nothing(name):
    assert named(name) is None


@given(st.text())
def test_no_name_raises(name):
    assert named(name) is None or named(name).kind == "enrolments" or "CONF" in name.upper()
