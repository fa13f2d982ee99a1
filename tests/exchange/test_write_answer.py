"""portal.exchange.answer.write_answer and Manifest"""

import json
from dataclasses import replace
from datetime import UTC, datetime
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from portal.domain.decisions import Decision, Reason
from portal.domain.identifiers import IdType
from portal.domain.month import Month
from portal.exchange.answer import AnswerRow, Manifest, answer_name, write_answer
from tests.exchange.answers import read_back
from tests.exchange.invented import asp_fields

HEADER = (
    b"Year|Month|SchoolID|IDNumber|intIDType|Name 1|Name 2|Name 3|AbsenceCount|DaysCount"
    b"|ASPStatus|MONStatus|AbsenceCorrection|DaysCorrection\r\n"
)
STEFAN = AnswerRow(
    Month(2020, 12), "2200004", IdType.EGN, "1043183143", "Стефан", "Ганчев", "Цветанов", "007.00", "00",
    Reason.ABSENCE,
)  # fmt: skip


@st.composite
def answer_rows(draw) -> AnswerRow:
    f = draw(asp_fields())
    reason, decision = Reason(int(f[9])), draw(st.sampled_from(Decision))
    corrected = None
    if decision is Decision.REFUSED and reason is Reason.ABSENCE:
        corrected = Decimal(draw(st.integers(0, 99_999))) / 100
    elif decision is Decision.REFUSED and reason is Reason.DISTANCE:
        corrected = Decimal(draw(st.integers(0, 99)))
    return AnswerRow(
        Month(int(f[0]), int(f[1])), f[2], IdType(int(f[3])), f[4], f[5], f[6], f[7], f[8], f[10], reason,
        decision, corrected,
    )  # fmt: skip


def written(*rows: AnswerRow) -> bytes:
    return b"".join(write_answer(rows))


@given(st.lists(answer_rows(), max_size=8))
def test_what_is_written_is_read_back(rows):
    assert read_back(written(*rows)) == rows


@given(st.lists(answer_rows(), max_size=8))
def test_the_same_data_are_the_same_bytes(rows):
    assert written(*rows) == written(*rows)
    assert written(*rows).count(b"\r\n") == len(rows) + 1


def test_an_empty_answer_is_its_header():
    assert written() == HEADER


def test_the_identifier_stands_before_its_type():
    assert written(STEFAN) == HEADER + (
        "2020|12|2200004|1043183143|0|Стефан|Ганчев|Цветанов|007.00|00|0|0|000.00|00\r\n".encode("cp1251")
    )


@pytest.mark.parametrize(
    ("reason", "decision", "corrected", "expected"),
    [
        (Reason.ABSENCE, Decision.REFUSED, Decimal("4.5"), "0|2|004.50|00"),
        (Reason.ABSENCE, Decision.REFUSED, Decimal(0), "0|2|000.00|00"),
        (Reason.ABSENCE, Decision.REFUSED, Decimal("-0"), "0|2|000.00|00"),
        (Reason.ABSENCE, Decision.REFUSED, Decimal("1E+1"), "0|2|010.00|00"),
        (Reason.ABSENCE, Decision.REFUSED, Decimal("4.990"), "0|2|004.99|00"),
        (Reason.ABSENCE, Decision.CONFIRMED, Decimal("4.5"), "0|1|000.00|00"),
        (Reason.ABSENCE, Decision.PENDING, Decimal("4.5"), "0|0|000.00|00"),
        (Reason.UNENROLLED, Decision.REFUSED, None, "1|2|000.00|00"),
        (Reason.UNENROLLED, Decision.CONFIRMED, None, "1|1|000.00|00"),
        (Reason.DISTANCE, Decision.REFUSED, Decimal(7), "2|2|000.00|07"),
        (Reason.DISTANCE, Decision.REFUSED, Decimal("17.00"), "2|2|000.00|17"),
        (Reason.DISTANCE, Decision.CONFIRMED, None, "2|1|000.00|00"),
    ],
)
def test_only_a_refused_figure_has_a_correction(reason, decision, corrected, expected):
    row = replace(STEFAN, reason=reason, decision=decision, corrected=corrected)
    assert written(row).decode("cp1251").endswith(f"|007.00|00|{expected}\r\n")


@pytest.mark.parametrize(
    ("reason", "corrected"),
    [
        (Reason.ABSENCE, None),
        (Reason.ABSENCE, Decimal("4.555")),
        (Reason.ABSENCE, Decimal(1000)),
        (Reason.ABSENCE, Decimal("-0.01")),
        (Reason.ABSENCE, Decimal("NaN")),
        (Reason.ABSENCE, Decimal("1E+30")),
        (Reason.DISTANCE, None),
        (Reason.DISTANCE, Decimal("4.5")),
        (Reason.DISTANCE, Decimal(100)),
    ],
)
def test_a_correction_that_does_not_fit_stops_the_answer(reason, corrected):
    with pytest.raises(ValueError, match="correct"):
        written(replace(STEFAN, reason=reason, decision=Decision.REFUSED, corrected=corrected))


@pytest.mark.parametrize("name", ["Сте|фан", "Сте\rфан", "Сте\nфан", "Ștefan"])
def test_a_name_that_would_break_the_file_stops_the_answer(name):
    with pytest.raises(ValueError, match=r"field|encode"):
        written(replace(STEFAN, given=name))


def test_the_file_is_named_by_its_month():
    assert answer_name(Month(2020, 12)) == "MONCONF1220.txt"
    assert answer_name(Month(2021, 1)) == "MONCONF0121.txt"


def test_the_manifest_says_what_the_answer_is():
    made = Manifest(
        month=Month(2020, 12), generated_at=datetime(2021, 2, 2, 8, 30, 5, 999, UTC), by="Мария Петрова",
        is_final=False, states={"signed": 3, "in_progress": 1},
        decisions={Decision.CONFIRMED: 5, Decision.PENDING: 2},
        file_name="MONCONF1220.txt", sha256="ab" * 32, size=1234,
    )  # fmt: skip
    assert json.loads(made.dump()) == {
        "campaign": "2020-12",
        "generated_at": "2021-02-02T08:30:05Z",
        "generated_by": "Мария Петрова",
        "kind": "preview",
        "institutions_by_state": {"signed": 3, "in_progress": 1},
        "records_by_decision": {"pending": 2, "confirmed": 5, "refused": 0},
        "records": 7,
        "file": {"name": "MONCONF1220.txt", "sha256": "ab" * 32, "bytes": 1234},
    }


def test_the_manifest_is_canonical():
    same = {
        "month": Month(2020, 12), "generated_at": datetime(2021, 2, 2, tzinfo=UTC), "by": "Мария",
        "is_final": True, "file_name": "f", "sha256": "00", "size": 1,
    }  # fmt: skip
    one = Manifest(states={"a": 1, "b": 2}, decisions={Decision.REFUSED: 1, Decision.PENDING: 0}, **same)
    two = Manifest(states={"b": 2, "a": 1}, decisions={Decision.REFUSED: 1}, **same)
    assert one.dump() == two.dump()
    assert b'"kind":"final"' in one.dump()
    assert "Мария".encode() in one.dump()


def test_the_manifest_wants_a_time_with_its_zone():
    with pytest.raises(ValueError, match="time zone"):
        Manifest(
            month=Month(2020, 12), generated_at=datetime(2021, 2, 2), by="", is_final=True,  # noqa: DTZ001
            states={}, decisions={}, file_name="", sha256="", size=0,
        ).dump()  # fmt: skip
