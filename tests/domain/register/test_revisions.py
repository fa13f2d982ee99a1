"""portal.domain.register.revisions: an entry as bytes, with its history."""

import json
import unicodedata
from dataclasses import fields, replace
from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from portal.domain.identifiers import IdType
from portal.domain.register.entry import Basis, Draft, Entry, PersonKind
from portal.domain.register.revisions import (
    LABELS,
    Unreadable,
    facts,
    from_bytes,
    revisions,
    says_the_same,
    to_bytes,
    written,
)
from portal.domain.register.rules import check_entry
from tests.domain.invented import AT, KALINA, TODAY, day

texts = st.text(st.characters(exclude_categories=["Cs"]), max_size=30).map(
    lambda text: unicodedata.normalize("NFC", text)
)
entries = st.builds(
    Entry,
    person=st.sampled_from(PersonKind),
    first_name=texts,
    middle_name=texts,
    last_name=texts,
    id_type=st.none() | st.sampled_from(IdType),
    id_number=texts,
    class_name=texts,
    class_code=st.none() | st.integers(-6, 20),
    basis=st.sampled_from(Basis),
    prescription=texts,
    phone=texts,
    place=texts,
    placed_on=st.dates(),
    planned_until=st.dates(),
    released_on=st.none() | st.dates(),
    note=texts,
    struck_out=texts,
    by=texts,
    at=st.none() | st.datetimes(timezones=st.just(UTC), min_value=datetime(1000, 1, 1)),  # noqa: DTZ001
)


@given(found=st.lists(entries, min_size=1, max_size=4))
def test_reads_back_what_it_wrote(found):
    kept = written(found[0], by="Ана", at=AT)
    for each in found[1:]:
        kept = written(each, by="Борис", at=AT, over=kept)

    again = from_bytes(to_bytes(kept))
    assert again == kept
    assert to_bytes(again) == to_bytes(kept)
    assert len(revisions(again)) == len(found)


def test_keeps_every_earlier_revision_inside():
    first = written(KALINA, by="Ана", at=AT)
    second = written(replace(first, released_on=day(9)), by="Борис", at=AT + timedelta(hours=1), over=first)
    third = written(replace(second, note="край"), by="Ана", at=AT + timedelta(hours=2), over=second)

    assert [(each.by, each.released_on, each.note) for each in revisions(third)] == [
        ("Ана", None, KALINA.note),
        ("Борис", day(9), KALINA.note),
        ("Ана", day(9), "край"),
    ]
    assert third.history == (facts(first), facts(second))
    assert third.history[0]["at"] == "2020-12-10T09:30:00.000000Z"


def test_a_checked_entry_keeps_its_history():
    first = written(KALINA, by="Ана", at=AT)
    second = written(replace(first, note=" край "), by="Борис", at=AT, over=first)

    assert check_entry(second, TODAY) == replace(second, note="край")


def test_the_same_words_say_the_same_whoever_wrote_them():
    later = written(KALINA, by="Ана Янева", at=AT, over=KALINA)
    assert says_the_same(later, replace(KALINA, class_code=None))
    assert not says_the_same(later, replace(KALINA, note="Друга бележка."))


def test_every_fact_of_a_person_has_a_label():
    assert set(LABELS) == {field.name for field in fields(Draft)} - {"class_code"}


def changed(**what):
    return json.dumps(json.loads(to_bytes(KALINA)) | what).encode()


@pytest.mark.parametrize(
    "content",
    [
        b"",
        b"\xff\xfe",
        b"null",
        b"[]",
        b"{}",
        b"[" * 100_000,
        to_bytes(KALINA)[:-1],
        changed(schema="other"),
        changed(schema_version="2"),
        changed(schema_version=1),
        changed(entry={}),
        changed(entry=None),
        changed(entry=facts(KALINA) | {"temperature": "38"}),
        changed(entry=facts(KALINA) | {"person": "pupil"}),
        changed(entry=facts(KALINA) | {"placed_on": ""}),
        changed(entry=facts(KALINA) | {"class_code": 5}),
        changed(history=None),
        changed(history=[{}]),
        changed(history=[facts(KALINA) | {"id_type": "9"}]),
        changed(extra=""),
    ],
    ids=range(20),
)
def test_does_not_read_what_it_did_not_write(content):
    with pytest.raises(Unreadable) as unreadable:
        from_bytes(content)
    assert "Калина" not in str(unreadable.value)


@given(st.binary(max_size=200))
def test_any_other_bytes_are_unreadable(content):
    with pytest.raises(Unreadable):
        from_bytes(content)


def test_an_entry_that_stands_is_written_as_before_any_was_struck_out():
    """So an older portal reads it still; one that was struck out it takes for none."""
    entry = check_entry(KALINA, TODAY)

    assert b"struck_out" not in to_bytes(written(entry, by="Ана", at=AT))
    struck = written(replace(entry, struck_out="друго дете"), by="Ана", at=AT, over=entry)
    assert json.loads(to_bytes(struck))["entry"]["struck_out"] == "друго дете"
    assert "struck_out" not in struck.history[0]
    assert from_bytes(to_bytes(struck)) == struck
