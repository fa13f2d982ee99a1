"""What may be decided about a record (domain.md, "The decision")."""

import unicodedata
from dataclasses import replace
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from portal.domain.consequences import consequence, if_confirmed, totals
from portal.domain.decisions import Case, Decided, Decision, Reason, RefusalReason, clean_note
from portal.domain.enrolled import Enrolled
from portal.domain.errors import Refusal, holds
from portal.domain.figures import measured, parse_figure, plain
from portal.domain.lists.deciding import check_confirmation, check_correction, check_decision, kept

PUPIL = Case(Reason.ABSENCE, Decimal(7), is_pupil=True, school_days=17)
CHILD = Case(Reason.ABSENCE, Decimal(6), is_pupil=False, school_days=20)
COUNTED_THERE = Case(Reason.ABSENCE, Decimal(6), is_pupil=True, school_days=17, in_kindergarten=True)
DISTANCE = Case(Reason.DISTANCE, Decimal(9), is_pupil=True, school_days=17)
UNENROLLED = Case(Reason.UNENROLLED, None, is_pupil=True, school_days=17)

figures = st.decimals(0, 999, places=2) | st.decimals(0, 6, places=2)
cases = st.one_of(
    st.builds(Case, st.just(Reason.ABSENCE), figures, st.booleans(), st.integers(0, 23), st.booleans()),
    st.builds(
        Case, st.just(Reason.DISTANCE), st.integers(0, 31).map(Decimal), st.booleans(), st.integers(0, 23)
    ),
    st.builds(Case, st.just(Reason.UNENROLLED), st.none(), st.booleans(), st.integers(0, 23)),
)
numbers = st.decimals(-5, 40, places=3) | st.sampled_from(
    [Decimal(text) for text in ("0", "3", "3.01", "4.99", "5", "17", "18")]
)
answers = st.builds(
    Decided,
    st.sampled_from(Decision),
    st.none() | numbers,
    st.none() | st.sampled_from(RefusalReason),
    st.text(max_size=5),
    st.booleans(),
    st.booleans(),
    st.none()
    | st.builds(
        Enrolled, st.text(max_size=45), st.none() | st.dates(), st.text(max_size=35), st.none() | st.dates()
    ),
)


def why(check, *args) -> Refusal:
    with pytest.raises(Refusal) as refusal:
        check(*args)
    return refusal.value


@pytest.mark.parametrize(
    ("text", "number"),
    [
        ("4,5", "4.5"),
        ("4.5", "4.5"),
        (" 4,50 ", "4.50"),
        ("0", "0"),
        ("0,00", "0.00"),
        ("007", "7"),
        ("\u00a03\u00a0", "3"),
        ("17", "17"),
    ],
)
def test_reads_a_comma_and_a_point_alike(text, number):
    assert parse_figure(text) == Decimal(number)


@pytest.mark.parametrize("text", ["", " ", "\t\n"])
def test_an_empty_field_is_no_number(text):
    assert parse_figure(text) is None


@pytest.mark.parametrize(
    "text",
    [
        "4,5,0",
        "4 5",
        "1 000",
        "-1",
        "+1",
        "4,",
        ",5",
        "1e3",
        "NaN",
        "Infinity",
        "٤",
        "４",
        "4,5 ч.",
        "0x1",
        "4;5",
        "1" * 7,
        "0." + "1" * 7,
        "4·5",
        "½",
        "_1",
        "1_0",
    ],
)
def test_anything_else_is_refused_and_not_guessed_at(text):
    refusal = why(parse_figure, text)

    assert refusal.field == "corrected"
    assert "число" in str(refusal)


@given(st.decimals(0, 999999, places=2))
def test_what_is_typed_is_what_is_read(number):
    assert parse_figure(f"{number}") == number
    assert parse_figure(f" {number} ".replace(".", ",")) == number


@given(st.text(max_size=10))
def test_a_text_is_a_number_or_nothing_or_refused(text):
    try:
        number = parse_figure(text)
    except Refusal:
        return
    assert number is None or (number.is_finite() and 0 <= number < 1_000_000)


@pytest.mark.parametrize(
    ("case", "number", "sentence"),
    [
        (PUPIL, "4.99", None),
        (PUPIL, "0", None),
        (PUPIL, "4.9", None),
        (PUPIL, "5", "по-малко от 5"),
        (PUPIL, "45", "по-малко от 5"),
        (PUPIL, "7", "по-малко от 5"),
        (PUPIL, "4.999", "два знака"),
        (PUPIL, "-0.01", "под нула"),
        (PUPIL, None, "Впишете коригирания брой"),
        (CHILD, "3", None),
        (CHILD, "0", None),
        (CHILD, "2.5", None),
        (CHILD, "3.01", "най-много 3"),
        (CHILD, "4", "в детска градина или подготвителна група"),
        (COUNTED_THERE, "3", None),
        (COUNTED_THERE, "3.01", "с отсъствия от детската градина"),
        (COUNTED_THERE, "4.5", "най-много 3"),
        (DISTANCE, "17", None),
        (DISTANCE, "0", None),
        (DISTANCE, "18", "Учебните дни в месеца са 17"),
        (DISTANCE, "9", "различен"),
        (DISTANCE, "4.5", "цяло число"),
        (DISTANCE, "-1", "под нула"),
        (DISTANCE, None, "Впишете"),
        (UNENROLLED, None, None),
        (UNENROLLED, "0", "не се вписва брой"),
        (PUPIL, "NaN", "число"),
        (PUPIL, "Infinity", "число"),
    ],
)
def test_a_corrected_number_has_its_limits(case, number, sentence):
    corrected = None if number is None else Decimal(number)
    if sentence is None:
        check_correction(case, corrected)
        return
    refusal = why(check_correction, case, corrected)
    assert sentence in str(refusal)
    assert refusal.field == "corrected"


def absent(figure: str, *, is_pupil: bool = True, in_kindergarten: bool = False) -> Case:
    return Case(Reason.ABSENCE, Decimal(figure), is_pupil, 17, in_kindergarten)


@pytest.mark.parametrize(
    ("case", "is_under"),
    [
        (absent("0.00"), True),
        (absent("3.00"), True),
        (absent("4.99"), True),
        (absent("5.00"), False),
        (absent("0.00", is_pupil=False), True),
        (absent("3.00", is_pupil=False), True),
        (absent("3.01", is_pupil=False), False),
        (absent("3.00", in_kindergarten=True), True),
        (absent("3.01", in_kindergarten=True), False),
        (absent("4.00", in_kindergarten=True), False),
        (Case(Reason.DISTANCE, Decimal(0), is_pupil=True, school_days=17), False),
        (UNENROLLED, False),
    ],
)
def test_a_figure_under_the_limit_can_be_refused_with_itself(case, is_under):
    assert case.is_under_limit is is_under
    if case.reason is Reason.ABSENCE:
        assert holds(check_correction, case, case.figure) is is_under


@pytest.mark.parametrize("decision", [Decision.CONFIRMED, Decision.REFUSED])
@given(cases, st.none() | figures)
def test_no_benefit_is_said_to_end_by_a_figure_under_the_limit(decision, case, corrected):
    for sentence in (consequence(case, decision, corrected), totals([(case, decision)])[0].consequence):
        assert ("подаденият брой е под границата" in sentence) is case.is_under_limit
        assert not (case.is_under_limit and "прекратяват" in sentence)


@given(st.lists(st.tuples(cases, st.sampled_from([Decision.CONFIRMED, Decision.REFUSED])), max_size=9))
def test_totals_count_each_decision_once_and_those_under_the_limit_apart(decided):
    found = totals(decided)

    assert sum(total.count for total in found) == len(decided)
    assert len({(total.reason, total.decision, total.is_under_limit) for total in found}) == len(found)
    under = sum(case.is_under_limit for case, _ in decided)
    assert sum(total.count for total in found if total.is_under_limit) == under


@pytest.mark.parametrize(
    ("case", "unit", "one"),
    [
        (absent("6"), "6 уч. часа", "1 уч. час"),
        (absent("6", is_pupil=False), "6 дни", "1 ден"),
        (absent("6", is_pupil=False, in_kindergarten=True), "6 дни", "1 ден"),
        (absent("6", in_kindergarten=True), "6 дни в детската градина", "1 ден в детската градина"),
    ],
)
def test_the_unit_follows_who_counted(case, unit, one):
    assert (measured(case.figure, case.unit), measured(Decimal(1), case.unit)) == (unit, one)


@given(cases)
def test_only_absences_know_a_kindergarten(case):
    assert case.reason is Reason.ABSENCE or case.unit == replace(case, in_kindergarten=True).unit


@given(cases, st.none() | numbers)
def test_what_is_accepted_keeps_to_the_law(case, corrected):
    if not holds(check_correction, case, corrected):
        return
    if case.reason is Reason.UNENROLLED:
        assert corrected is None
        return
    assert corrected is not None
    assert corrected >= 0
    assert corrected != case.figure or case.is_under_limit
    if case.reason is Reason.DISTANCE:
        assert corrected == int(corrected) <= case.school_days
    else:
        assert corrected < 5 if case.is_pupil and not case.in_kindergarten else corrected <= 3
        assert f"{corrected:.2f}" == f"{corrected.quantize(Decimal('0.01'))}"
        assert Decimal(f"{corrected:.2f}") == corrected


@given(cases)
def test_a_wrong_number_of_absences_can_always_be_corrected(case):
    choices = [None, *(Decimal(n) for n in range(24))]

    may = [number for number in choices if holds(check_correction, case, number)]

    impossible = case.reason is Reason.DISTANCE and case.school_days == 0 == case.figure
    assert bool(may) != impossible


@given(cases)
def test_every_record_can_be_confirmed_or_refused(case):
    corrections = [None, *(Decimal(n) for n in range(24))]

    assert holds(check_confirmation, case) or any(holds(check_correction, case, n) for n in corrections)


@pytest.mark.parametrize(("days", "may"), [("17", True), ("18", False), ("0", True)])
def test_more_days_at_distance_than_school_days_are_not_confirmed(days, may):
    case = Case(Reason.DISTANCE, Decimal(days), is_pupil=True, school_days=17)

    assert holds(check_confirmation, case) == may
    if not may:
        assert "учебните дни в месеца са 17" in str(why(check_confirmation, case))


@pytest.mark.parametrize("case", [PUPIL, CHILD, COUNTED_THERE])
def test_absences_are_not_bounded_by_the_school_days(case):
    check_confirmation(replace(case, figure=Decimal("60.00")))


@given(cases, answers)
def test_what_is_accepted_stays_acceptable_as_it_is_kept(case, answer):
    if not holds(check_decision, case, answer):
        return
    stored = kept(case, answer)

    assert holds(check_decision, case, stored)
    assert kept(case, stored) == stored
    assert stored.decision is answer.decision


@given(cases, answers)
def test_only_a_refusal_keeps_a_number_and_a_reason(case, answer):
    stored = kept(case, answer)

    if stored.decision is not Decision.REFUSED:
        said = (stored.corrected, stored.reason, stored.certificate, stored.placed, stored.enrolled)
        assert said == (None, None, False, False, None)
    if stored.decision is Decision.PENDING:
        assert stored == Decided(Decision.PENDING)
    if case.reason is not Reason.UNENROLLED:
        assert not (stored.certificate or stored.placed or stored.enrolled)
    assert answer.certificate or not stored.certificate
    assert answer.placed or not stored.placed


def test_a_refusal_needs_number_reason_and_note_and_all_are_named_at_once():
    refusal = why(check_decision, PUPIL, Decided(Decision.REFUSED))

    assert {each.field for each in (refusal, *refusal.also)} == {"corrected", "reason", "note"}
    good = Decided(Decision.REFUSED, Decimal("4.5"), RefusalReason.LATE_NOTE, "Закъсняла бележка.")
    check_decision(PUPIL, good)


def test_an_unenrolled_child_is_refused_with_both_facts():
    answer = Decided(Decision.REFUSED, None, RefusalReason.MOVED, "Записано е.")
    refusal = why(check_decision, UNENROLLED, answer)

    assert {each.field for each in (refusal, *refusal.also)} == {"certificate", "placed"}
    check_decision(
        UNENROLLED,
        Decided(Decision.REFUSED, None, RefusalReason.MOVED, "Записано е.", certificate=True, placed=True),
    )


def test_what_is_missing_of_certificate_and_class_is_named_with_the_rest():
    empty = Enrolled("", None, "", None)
    refusal = why(check_decision, UNENROLLED, Decided(Decision.REFUSED, enrolled=empty))

    assert {each.field for each in (refusal, *refusal.also)} == {
        "certificate", "certificate_number", "certificate_date", "placed", "enrolled_class", "enrolled_since",
        "reason", "note",
    }  # fmt: skip
    check_decision(PUPIL, Decided(Decision.REFUSED, Decimal(4), RefusalReason.OTHER, "Да.", enrolled=empty))


GOOD = {
    Reason.ABSENCE: (PUPIL, Decision.REFUSED, Decimal(4)),
    Reason.UNENROLLED: (UNENROLLED, Decision.REFUSED, None),
    Reason.DISTANCE: (DISTANCE, Decision.REFUSED, Decimal(4)),
}
UNTRUE = {
    (Reason.UNENROLLED, RefusalReason.LATE_NOTE),
    (Reason.UNENROLLED, RefusalReason.EXCUSED_BY_PARENT),
    (Reason.UNENROLLED, RefusalReason.OTHER_DAYS),
    (Reason.UNENROLLED, RefusalReason.NOT_PLACED),
    (Reason.DISTANCE, RefusalReason.EXCUSED_BY_PARENT),
}


@pytest.mark.parametrize("why_refused", RefusalReason)
@pytest.mark.parametrize("reason", Reason)
def test_a_refusal_has_a_reason_that_can_be_true_of_its_case(reason, why_refused):
    case, decision, corrected = GOOD[reason]
    answer = Decided(decision, corrected, why_refused, "Проверено.", certificate=True, placed=True)

    if (reason, why_refused) not in UNTRUE:
        check_decision(case, answer)
        return
    refusal = why(check_decision, case, answer)
    assert (refusal.field, refusal.also) == ("reason", ())
    assert f"„{why_refused.label}“ не може да е вярно за „{case.reason.label}“. Изберете" in str(refusal)


@given(cases, answers)
def test_nobody_states_that_a_child_is_placed_and_is_not(case, answer):
    if holds(check_decision, case, answer) and answer.decision is Decision.REFUSED:
        stored = kept(case, answer)
        assert not (stored.placed and stored.reason is RefusalReason.NOT_PLACED)


@pytest.mark.parametrize("decision", [Decision.CONFIRMED, Decision.REFUSED])
def test_a_note_has_its_length(decision):
    def answer(note: str) -> Decided:
        return Decided(decision, Decimal(1), RefusalReason.OTHER, note)

    check_decision(PUPIL, answer("а" * 2000))
    assert "2000 знака" in str(why(check_decision, PUPIL, answer("а" * 2001)))


def test_going_back_to_pending_asks_for_nothing():
    check_decision(DISTANCE, Decided(Decision.PENDING))


@pytest.mark.parametrize(
    ("text", "stored"),
    [
        ("  ред\r\nред\rред \n", "ред\nред\nред"),
        ("и\u0306", "й"),
        ("и\u200b\u0306", "й"),
        ("а\u202eб\u200b\x00", "аб"),
        ("едно\tдве\t", "едно две"),
        ("\ud800", ""),
        ("\u2028", ""),
        ("а\ufffeб\uffff", "аб"),
    ],
)
def test_a_note_is_kept_without_what_cannot_be_seen(text, stored):
    assert clean_note(text) == stored


@given(st.text())
def test_cleaning_a_note_twice_is_once(text):
    assert clean_note(clean_note(text)) == clean_note(text)
    assert unicodedata.is_normalized("NFC", clean_note(text))


@pytest.mark.parametrize(
    ("number", "text"),
    [
        ("7", "7"),
        ("7.00", "7"),
        ("7.33", "7,33"),
        ("18.5", "18,5"),
        ("10.00", "10"),
        ("0.05", "0,05"),
        ("0", "0"),
    ],
)
def test_a_number_is_written_as_people_write_it(number, text):
    assert plain(Decimal(number)) == text


@given(cases, st.sampled_from([Decision.CONFIRMED, Decision.REFUSED]), st.none() | figures)
def test_every_choice_has_a_consequence_in_words(case, decision, corrected):
    sentence = consequence(case, decision, corrected)

    assert sentence.endswith(".")
    assert "None" not in sentence


@pytest.mark.parametrize(
    ("case", "decision", "corrected", "sentence"),
    [
        (
            PUPIL,
            Decision.CONFIRMED,
            None,
            "Семейните помощи за детето се прекратяват за срок до една година.",
        ),
        (
            PUPIL,
            Decision.REFUSED,
            "4.5",
            "Помощите не се прекратяват: неизвинените отсъствия са 4,5 уч. часа, под границата.",
        ),
        (UNENROLLED, Decision.CONFIRMED, None, "Детето не се обучава тук: помощите се спират."),
        (UNENROLLED, Decision.REFUSED, None, "Детето е записано и посещава: помощите не се спират."),
        (
            DISTANCE,
            Decision.CONFIRMED,
            None,
            "Потвърждавате 9 учебни дни от разстояние; по тях АСП определя помощта.",
        ),
        (DISTANCE, Decision.REFUSED, "5", "АСП ще определи помощта по коригирания брой: 5 дни."),
        (DISTANCE, Decision.PENDING, None, ""),
        (
            absent("3.00"),
            Decision.REFUSED,
            None,
            "Законът не засяга помощите за детето, защото подаденият брой е под границата.",
        ),
        (
            absent("3.00"),
            Decision.CONFIRMED,
            None,
            "Законът не засяга помощите за детето, защото подаденият брой е под границата.",
        ),
        (
            absent("3.00", in_kindergarten=True),
            Decision.REFUSED,
            "1",
            "Неизвинените отсъствия са 1 ден в детската градина. "
            "Законът не засяга помощите за детето, защото подаденият брой е под границата.",
        ),
    ],
)
def test_says_what_each_choice_means(case, decision, corrected, sentence):
    number = None if corrected is None else Decimal(corrected)

    assert consequence(case, decision, number) == sentence


def test_one_day_at_distance_is_said_of_one():
    one = replace(DISTANCE, figure=Decimal(1))

    assert consequence(one, Decision.CONFIRMED) == (
        "Потвърждавате 1 учебен ден от разстояние; по него АСП определя помощта."
    )
    assert if_confirmed(one) == "АСП определя помощта по 1 учебен ден."


@pytest.mark.parametrize("case", [absent("5.00"), absent("3.00"), UNENROLLED])
def test_who_has_not_decided_reads_the_law_as_it_stands(case):
    assert if_confirmed(case) == consequence(case, Decision.CONFIRMED)


def test_confirmed_days_at_distance_are_said_together_without_a_number():
    (total,) = totals([(DISTANCE, Decision.CONFIRMED)])

    assert total.consequence == (
        "Потвърждавате подадените от АСП учебни дни от разстояние; по тях АСП определя помощта."
    )
