"""check_entry(draft, today): what may be entered in the register."""

import unicodedata
from dataclasses import fields, replace
from datetime import date, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from portal.domain.decisions import NOTE_LENGTH
from portal.domain.errors import Refusal, holds
from portal.domain.identifiers import IdType
from portal.domain.register.entry import Draft, PersonKind
from portal.domain.register.revisions import from_bytes, to_bytes
from portal.domain.register.rules import LONGEST, check_entry, register_year
from tests.domain.invented import EGN, KALINA, LNCH, TEACHER, TODAY


def fields_refused(draft, today=TODAY, **kwargs):
    with pytest.raises(Refusal) as refused:
        check_entry(draft, today, **kwargs)
    return [fault.field for fault in (refused.value, *refused.value.also)]


def sentence_of(draft, **kwargs):
    with pytest.raises(Refusal) as refused:
        check_entry(draft, TODAY, **kwargs)
    return str(refused.value)


def test_takes_an_entry_as_it_is():
    assert check_entry(KALINA, TODAY) == KALINA


def test_keeps_the_letters_of_an_idn_in_capitals():
    typed = replace(KALINA, id_type=IdType.IDN, id_number=" ab12 ")

    assert check_entry(typed, TODAY).id_number == "AB12"


def test_makes_an_entry_of_a_draft():
    draft = Draft(**{field.name: getattr(KALINA, field.name) for field in fields(Draft)})

    assert check_entry(draft, TODAY) == KALINA


def test_names_everything_wrong_at_once_in_the_order_of_the_form():
    blank = Draft(
        person=None,
        first_name=" ",
        last_name="",
        basis=None,
        placed_on=None,
        planned_until=None,
        id_number="1",
    )

    assert fields_refused(blank) == [
        "person",
        "first_name",
        "last_name",
        "id_type",
        "basis",
        "placed_on",
        "planned_until",
    ]


def test_needs_no_middle_name_class_or_prescription():
    bare = replace(KALINA, middle_name="", class_name="", prescription="", phone="", place="", note="")

    assert check_entry(bare, TODAY) == bare


@pytest.mark.parametrize("field", ["first_name", "last_name"])
@pytest.mark.parametrize("name", ["", "   ", "\u200e", "-", "12"])
def test_asks_for_a_name_with_letters(field, name):
    assert fields_refused(replace(KALINA, **{field: name})) == [field]


@pytest.mark.parametrize(
    "typed", ["  Кали\u0438\u0306на ", "Кали\u202e\u0439на", "Калийна\x00", "\ufeffКалийна\n"]
)
def test_keeps_names_clean(typed):
    assert check_entry(replace(KALINA, first_name=typed), TODAY).first_name == "Калийна"


@given(st.text(max_size=80), st.text(max_size=80))
def test_whatever_is_typed_is_refused_or_clean(name, note):
    try:
        kept = check_entry(replace(KALINA, last_name=name, note=note), TODAY)
    except Refusal as refused:
        assert refused.field in ("last_name", "note")
        return
    for text in (kept.last_name, kept.note.replace("\n", "")):
        assert text == unicodedata.normalize("NFC", text).strip()
        assert not {unicodedata.category(c) for c in text} & {"Cc", "Cf", "Cs"}
    assert from_bytes(to_bytes(kept)) == kept


@pytest.mark.parametrize("field", LONGEST)
def test_takes_texts_up_to_their_length(field):
    longest = "б" * LONGEST[field]

    assert getattr(check_entry(replace(KALINA, **{field: longest}), TODAY), field) == longest
    assert fields_refused(replace(KALINA, **{field: longest + "б"})) == [field]


def test_prescriptions_and_notes_have_their_lengths():
    assert (LONGEST["prescription"], LONGEST["note"]) == (60, NOTE_LENGTH)


def test_keeps_the_lines_of_a_note_and_nothing_else():
    kept = check_entry(replace(KALINA, note=" едно\r\nдве ", place="София,\nцентър"), TODAY)

    assert (kept.note, kept.place) == ("едно\nдве", "София, център")


@pytest.mark.parametrize(
    ("id_type", "number"),
    [(IdType.EGN, EGN), (IdType.EGN, f" {EGN} "), (IdType.LNCH, LNCH), (IdType.IDN, "A12")],
)
def test_takes_valid_identifiers(id_type, number):
    assert check_entry(replace(KALINA, id_type=id_type, id_number=number), TODAY).id_number == number.strip()


@pytest.mark.parametrize(
    ("id_type", "number", "says"),
    [
        (IdType.EGN, EGN[:9] + "5", "ЕГН: датата на раждане или контролната цифра"),
        (IdType.EGN, LNCH, "Прилича на ЛНЧ: ако така пише в документа, изберете ЛНЧ."),
        (IdType.LNCH, EGN, "Прилича на ЕГН: ако така пише в документа, изберете ЕГН."),
        (IdType.LNCH, "7000001234", "ЛНЧ: контролната цифра не е вярна"),
        (IdType.EGN, EGN[:9], "точно 10 цифри"),
        (IdType.EGN, "12410 12004", "точно 10 цифри"),
        (IdType.EGN, "12410A2004", "точно 10 цифри"),
        (IdType.EGN, "١٢٣٤٥٦٧٨٩٠", "точно 10 цифри"),
        (IdType.IDN, "А12", "латински букви"),
        (IdType.IDN, "12345678901", "до 10 знака"),
    ],
)
@pytest.mark.parametrize("person", [KALINA, TEACHER], ids=["child", "teacher"])
def test_refuses_wrong_identifiers_and_does_not_repeat_them(person, id_type, number, says):
    wrong = replace(person, id_type=id_type, id_number=number)

    assert fields_refused(wrong) == ["id_number"]
    assert says in sentence_of(wrong)
    assert number not in sentence_of(wrong)


def test_a_child_has_an_identifier_and_staff_may_do_without():
    assert fields_refused(replace(KALINA, id_number=" ")) == ["id_number"]
    for person in (PersonKind.TEACHER, PersonKind.STAFF):
        kept = check_entry(replace(TEACHER, person=person, id_type=IdType.EGN), TODAY)
        assert (kept.id_type, kept.id_number) == (None, "")


def test_asks_of_which_kind_a_number_is():
    assert fields_refused(replace(TEACHER, id_number=EGN)) == ["id_type"]


@pytest.mark.parametrize(
    ("change", "field"),
    [
        ({"planned_until": date(2020, 11, 30)}, "planned_until"),
        ({"planned_until": date(2020, 12, 1) + timedelta(61)}, "planned_until"),
        ({"released_on": date(2020, 11, 30)}, "released_on"),
        ({"released_on": TODAY + timedelta(8)}, "released_on"),
        ({"placed_on": date(2020, 8, 31), "planned_until": date(2020, 9, 14)}, "placed_on"),
        ({"placed_on": TODAY + timedelta(8), "planned_until": TODAY + timedelta(20)}, "placed_on"),
        ({"placed_on": date(2021, 9, 1), "planned_until": date(2021, 9, 14)}, "placed_on"),
    ],
)
def test_refuses_days_that_cannot_be(change, field):
    assert fields_refused(replace(KALINA, **change)) == [field]


@pytest.mark.parametrize("released_on", [None, date(2020, 12, 5)])
def test_an_end_is_not_compared_with_a_beginning_that_is_missing(released_on):
    assert fields_refused(replace(KALINA, placed_on=None, released_on=released_on)) == ["placed_on"]


@pytest.mark.parametrize(
    "change",
    [
        {"planned_until": date(2020, 12, 1)},
        {"planned_until": date(2020, 12, 1) + timedelta(60)},
        {"released_on": date(2020, 12, 1)},
        {"released_on": TODAY + timedelta(7)},
        {"placed_on": date(2020, 9, 1), "planned_until": date(2020, 9, 14)},
        {"placed_on": date(2020, 9, 1), "planned_until": date(2020, 9, 14), "released_on": date(2020, 9, 20)},
        {"placed_on": TODAY + timedelta(7), "planned_until": TODAY + timedelta(20)},
    ],
)
def test_takes_days_up_to_the_edge(change):
    assert holds(check_entry, replace(KALINA, **change), TODAY)


def test_the_days_belong_to_the_year_of_the_register():
    in_autumn = date(2021, 9, 3)
    august = replace(KALINA, placed_on=date(2021, 8, 28), planned_until=date(2021, 9, 6))

    assert fields_refused(august, in_autumn) == ["placed_on"]
    assert check_entry(august, in_autumn, school_year=2020) == august
    last = replace(august, placed_on=date(2021, 8, 31))
    assert check_entry(last, in_autumn, school_year=2020) == last
    assert "2021/2022" in sentence_of(KALINA, school_year=2021)


@pytest.mark.parametrize(
    ("placed_on", "today", "year"),
    [
        (None, date(2020, 12, 10), 2020),
        (date(2020, 9, 1), date(2020, 12, 10), 2020),
        (date(2020, 8, 31), date(2020, 12, 10), 2019),  # kept until 31 December 2020
        (date(2020, 8, 31), date(2020, 12, 31), 2020),  # and then refused
        (date(2021, 9, 2), date(2021, 8, 26), 2021),
        (date(2021, 9, 2), date(2021, 8, 24), 2020),
        (date(2021, 9, 2), date(2021, 8, 25), 2021),
        (date(1, 1, 1), date(2020, 12, 10), 2020),
        (date(9999, 12, 31), date(2020, 12, 10), 2020),
    ],
)
def test_an_entry_goes_to_the_register_of_the_school_year_in_which_it_begins(placed_on, today, year):
    assert register_year(placed_on, today) == year
