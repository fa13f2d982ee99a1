"""declaration: the same facts are the same bytes, other facts are other bytes."""

import json
import unicodedata
from dataclasses import fields, replace
from datetime import UTC, date, datetime, timedelta, timezone
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from portal.domain.decisions import Decision, Reason, RefusalReason
from portal.domain.enrolled import Enrolled
from portal.domain.signing.declaration import (
    ENROLLED,
    Header,
    Line,
    canonical,
    declaration,
    digest,
    fixed,
    grouped,
    timestamp,
)
from portal.domain.signing.declared import Unreadable, read, version_of

TEXT = st.text(st.characters(exclude_categories=("Cs", "Cc")), max_size=12)
LINE = Line(
    id_type="egn",
    id_number="1351210628",
    given="МАРИЯ",
    middle="ИВАНОВА",
    family="ПЕТРОВА",
    class_code="7",
    band="VII-XI",
    asp_institution="2200000",
    reason="absence",
    absences="007.00",
    days="00",
    counted_in="hours",
    decision="refused",
    corrected="4.50",
    refusal_reason="late_note",
    note="Бележката дойде по-късно.",
    certificate=False,
    placed=False,
    certificate_number="",
    certificate_date="",
    enrolled_class="",
    enrolled_since="",
    decided_by="1",
    decided_at="2021-01-28T08:00:00.000000Z",
)
HEADER = Header(
    month="2020-12",
    institution="2200000",
    institution_name="39. СУ „Отец Паисий“",
    signatory="Ана Янева",
    signatory_id="1",
    authority="директор",
    issued_at=datetime(2021, 1, 28, 8, 0, 0, 123, tzinfo=UTC),
    audit_head="0" * 64,
    previous="",
    list_version=7,
)
lines = st.builds(
    Line,
    **{field.name: st.booleans() if field.type in (bool, "bool") else TEXT for field in fields(Line)},
)
headers = st.builds(
    Header,
    **{
        field.name: TEXT
        for field in fields(Header)
        if field.name not in ("issued_at", "list_version", "schema_version")
    },
    schema_version=st.sampled_from(["1", "2", "3"]),
    # hypothesis takes its bounds without a zone
    issued_at=st.datetimes(min_value=datetime(2000, 1, 1), timezones=st.just(UTC)),  # noqa: DTZ001
    list_version=st.integers(1, 2**31 - 1),
)


def by_order(found: list[Line]) -> list[Line]:
    """One line for each key, as in a list: the database has one record for a child and a reason."""
    return list({normal(line).order: line for line in found}.values())


def normal(line: Line) -> Line:
    texts = {f.name: getattr(line, f.name) for f in fields(Line)}
    return Line(**{n: unicodedata.normalize("NFC", v) if isinstance(v, str) else v for n, v in texts.items()})


@given(headers, st.lists(lines, max_size=6), st.randoms())
def test_the_order_of_the_lines_does_not_matter(header, found, random):
    found = by_order(found)
    mixed = list(found)
    random.shuffle(mixed)

    assert declaration(header, mixed) == declaration(header, found)


@given(headers, st.lists(lines, max_size=6))
def test_what_is_read_back_makes_the_same_bytes(header, found):
    content = declaration(header, by_order(found))

    declared = read(content)

    assert declaration(declared.header, [entry.line for entry in declared.entries]) == content


@given(headers, st.lists(lines, max_size=4))
def test_the_bytes_are_canonical(header, found):
    content = declaration(header, by_order(found))

    text = content.decode()
    assert text == unicodedata.normalize("NFC", text)
    assert canonical(json.loads(content)) == content


@given(headers, st.lists(lines, min_size=1, max_size=4))
def test_two_ways_to_write_a_letter_are_one(header, found):
    found = by_order(found)
    apart = [
        Line(
            **{
                f.name: unicodedata.normalize("NFD", getattr(line, f.name))
                if isinstance(getattr(line, f.name), str) and f.name not in ("id_type", "id_number", "reason")
                else getattr(line, f.name)
                for f in fields(Line)
            }
        )
        for line in found
    ]

    assert declaration(header, apart) == declaration(header, found)


@given(lines, lines)
def test_different_lines_are_different_bytes(one, other):
    same = normal(one) == normal(other)

    assert (declaration(HEADER, [one]) == declaration(HEADER, [other])) == same


@given(headers, headers)
def test_different_headers_are_different_bytes(one, other):
    def facts(header):
        texts = (str(getattr(header, field.name)) for field in fields(Header))
        return [unicodedata.normalize("NFC", text) for text in texts]

    assert (declaration(one, []) == declaration(other, [])) == (facts(one) == facts(other))


@pytest.mark.parametrize("field", fields(Line), ids=lambda field: field.name)
def test_every_field_of_a_line_is_signed(field):
    value = getattr(LINE, field.name)
    changed = replace(LINE, **{field.name: not value if isinstance(value, bool) else f"{value}1"})

    assert declaration(HEADER, [changed]) != declaration(HEADER, [LINE])


def test_a_line_more_or_twice_is_another_declaration():
    once = declaration(HEADER, [LINE])

    assert once not in (declaration(HEADER, []), declaration(HEADER, [LINE, LINE]))


def test_nothing_can_slip_from_one_field_into_the_next():
    one = replace(LINE, given='А","middle":"Б', middle="В")
    other = replace(LINE, given="А", middle='Б","middle":"В')

    assert declaration(HEADER, [one]) != declaration(HEADER, [other])


def test_is_json_without_white_space_that_says_what_it_is():
    content = declaration(HEADER, [LINE])

    value = json.loads(content)
    assert (value["schema"], value["schema_version"]) == ("bg.confirmations.declaration", "3")
    assert value["issued_at"] == "2021-01-28T08:00:00.000123Z"
    assert value["list_version"] == "7"
    assert b'"corrected":"4.50"' in content
    assert "ПЕТРОВА".encode() in content
    assert list(value) == sorted(value)


def test_is_read_as_people_need_it():
    declared = read(declaration(HEADER, [LINE, replace(LINE, id_number="2", class_code="", family="ажур")]))

    assert declared.header == HEADER
    assert [label for label, _ in declared.by_class] == ["VII клас", "без посочен клас"]
    entry = declared.by_class[0][1][0]
    assert (entry.names, entry.reason, entry.decision) == (
        "МАРИЯ ИВАНОВА ПЕТРОВА",
        Reason.ABSENCE,
        Decision.REFUSED,
    )
    assert (entry.case.figure, entry.case.unit) == (Decimal(7), "уч. часа")
    assert (entry.corrected, entry.refusal) == (Decimal("4.5"), RefusalReason.LATE_NOTE)
    assert (declared.count(Decision.REFUSED), declared.count(Decision.CONFIRMED)) == (2, 0)
    [total] = declared.totals
    assert (total.count, total.consequence) == (
        2,
        "Помощите не се прекратяват: неизвинените отсъствия са под границата.",
    )


def test_of_what_was_not_written_nothing_is_shown():
    bare = replace(LINE, middle=" ", note="", certificate=False, placed=True)
    [entry] = read(declaration(HEADER, [bare])).entries

    assert (entry.names, entry.remarks) == ("МАРИЯ ПЕТРОВА", ["разпределено е в паралелка или група"])


@pytest.mark.parametrize(
    "content",
    [
        b"",
        b"{}",
        b"[]",
        b"null",
        b"\xff",
        b'{"schema":"other","schema_version":"3"}',
        declaration(HEADER, [LINE]).replace(b'"schema_version":"3"', b'"schema_version":"4"'),
        declaration(HEADER, [LINE]).replace(b'"counted_in":"hours",', b""),
        declaration(HEADER, [LINE]).replace(b'"enrolled_class":"",', b""),
        declaration(HEADER, [LINE]).replace(b'"note"', b'"noted"'),
        declaration(HEADER, [LINE]).replace(b'"previous"', b'"next"'),
        declaration(HEADER, []).replace(b'"list_version":"7"', b'"list_version":"x"'),
        declaration(HEADER, []).replace(b'"records":[]', b'"records":[7]'),
    ],
)
def test_refuses_to_read_anything_else(content):
    with pytest.raises(Unreadable):
        read(content)


# As the portal issued it before it said in what is counted, and before it asked which certificate.
FIRST, SECOND = (replace(HEADER, schema_version=version) for version in "12")
FIRST_BYTES = declaration(FIRST, [LINE])
UNENROLLED = replace(
    LINE, reason="unenrolled", absences="000.00", counted_in="", corrected="", refusal_reason="moved",
    certificate=True, placed=True,
)  # fmt: skip
ISSUED = [  # SHA-256 of what the portal of each time made of the same facts
    (FIRST, LINE, "79c7945b7eaa4df80cc666e70aa940cbfae4522d1d611b88d47190389f40991f"),
    (FIRST, UNENROLLED, "258cda76725090b3fa4e927da4abda7066eb1b3070f9367aa7226956b4806ae2"),
    (SECOND, LINE, "90ddc92ed4fe70fc86c23c123ec20cdfd26d9952610a1491b5168506209c251b"),
    (SECOND, UNENROLLED, "cb4e5df4a74241bfed5e1c66ab2c28af1ad1fccc768c139f114899f07fe9ec76"),
]
STATED = replace(
    UNENROLLED, certificate_number="15", certificate_date="2021-01-05", enrolled_class="III а",
    enrolled_since="2021-01-06",
)  # fmt: skip


@pytest.mark.parametrize(("header", "line", "sha256"), ISSUED)
def test_what_was_signed_before_is_the_same_bytes_and_is_read(header, line, sha256):
    content = declaration(header, [line])

    assert digest(content) == sha256
    assert (read(content).header, read(content).entries[0].line) == (header, line)
    assert version_of(content) == header.schema_version


def test_the_certificate_and_the_class_are_declared_and_read():
    [entry] = read(declaration(HEADER, [STATED])).entries

    assert entry.enrolled == Enrolled("15", date(2021, 1, 5), "III а", date(2021, 1, 6))
    assert entry.facts == [
        "издадено е удостоверение за записване: № 15 от 05.01.2021 г.",
        "разпределено е в паралелка или група: III а, от 06.01.2021 г.",
    ]


@pytest.mark.parametrize("name", ENROLLED)
@pytest.mark.parametrize("header", [FIRST, SECOND, HEADER])
def test_each_detail_is_in_the_bytes_of_every_version(header, name):
    """Nobody signed it in an earlier one, so ``verify`` tells a row to which it was added."""
    bare = declaration(header, [UNENROLLED])

    assert declaration(header, [replace(UNENROLLED, **{name: getattr(STATED, name)})]) != bare


def test_in_the_first_version_nothing_else_tells_the_unit():
    assert read(FIRST_BYTES).entries[0].case.unit == "уч. часа"
    assert version_of(b"{}") == "3"


@pytest.mark.parametrize(
    ("line", "counted_in", "unit"),
    [
        (LINE, "hours", "уч. часа"),
        (replace(LINE, band="preschool", class_code="-1"), "days", "дни"),
        (replace(LINE, reason="distance", days="09"), "school_days", "уч. дни"),
        (replace(LINE, reason="unenrolled"), "", ""),
    ],
)
def test_in_the_first_version_the_band_tells_the_unit(line, counted_in, unit):
    line = replace(line, counted_in=counted_in)
    [entry] = read(declaration(FIRST, [line])).entries

    assert b"counted_in" not in declaration(FIRST, [line])
    assert (entry.line, entry.case.unit) == (line, unit)


def test_a_pupil_whose_days_a_kindergarten_counted_is_declared_so():
    counted_there = replace(LINE, counted_in="days")
    [entry] = read(declaration(HEADER, [counted_there])).entries

    assert entry.case.unit == "дни в детската градина"
    assert (entry.case.is_under_limit, read(FIRST_BYTES).entries[0].case.is_under_limit) == (False, False)
    assert declaration(FIRST, [counted_there]) != FIRST_BYTES  # nobody signed that in the first version


def test_a_time_is_always_utc_with_six_places():
    sofia = timezone(timedelta(hours=2))

    assert timestamp(datetime(2021, 1, 31, 17, 4, 5, tzinfo=sofia)) == "2021-01-31T15:04:05.000000Z"


@pytest.mark.parametrize(("number", "text"), [("3.5", "3.50"), ("0", "0.00"), ("3", "3.00")])
def test_a_number_has_two_places(number, text):
    assert fixed(Decimal(number)) == text
    assert fixed(None) == ""


def test_a_digest_is_shown_in_groups():
    assert digest(b"") == "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855"
    assert grouped(digest(b"")).split(" ")[:2] == ["e3b0c442", "98fc1c14"]
