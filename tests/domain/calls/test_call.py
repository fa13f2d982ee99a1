"""check_noted, next_due, read_time: what has to be noted of a call, and when the next one is due."""

from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from portal.domain.calls.call import (
    NOTE_LENGTH,
    PART_OF_REST,
    Noted,
    Outcome,
    check_noted,
    next_due,
    read_time,
    written,
)
from portal.domain.errors import Refusal
from portal.domain.times import end_of
from tests.cast import CLOSES, EGNS, NOW

CLOSES_AT = end_of(CLOSES)
HOUR = timedelta(hours=1)


def fields(noted: Noted) -> list[str]:
    try:
        check_noted(noted, CLOSES_AT, now=NOW)
    except Refusal as refusal:
        return [each.field for each in (refusal, *refusal.also)]
    return []


@pytest.mark.parametrize(
    ("noted", "wrong"),
    [
        (Noted(Outcome.PROMISED, next_call=NOW + HOUR), []),
        (Noted(Outcome.PROMISED), ["next_call"]),
        (Noted(Outcome.PROMISED, next_call=NOW), ["next_call"]),
        (Noted(Outcome.PROMISED, next_call=CLOSES_AT - HOUR), []),
        (Noted(Outcome.PROMISED, next_call=CLOSES_AT), ["next_call"]),
        (Noted(Outcome.NO_ANSWER), []),
        (Noted(Outcome.AWAY), []),
        (Noted(Outcome.OTHER_PHONE), ["phone"]),
        (Noted(Outcome.OTHER_PHONE, phone="0888 123 456"), []),
        (Noted(Outcome.OTHER_PHONE, phone="02/987-65-43 вътр. 12"), []),
        (Noted(Outcome.OTHER_PHONE, phone="+359 (2) 900 00 00"), []),
        (Noted(Outcome.AWAY, phone="Иван"), ["phone"]),
        (Noted(Outcome.AWAY, phone="12"), ["phone"]),
        (Noted(Outcome.AWAY, phone="1" * 41), ["phone"]),
        (Noted(Outcome.OTHER), ["note"]),
        (Noted(Outcome.OTHER, "Нямат ток."), []),
        (Noted(Outcome.OTHER, "я" * NOTE_LENGTH), []),
        (Noted(Outcome.OTHER, "я" * (NOTE_LENGTH + 1)), ["note"]),
        (Noted(Outcome.OTHER, f"За {EGNS[0]} няма бележка."), ["note"]),
        (Noted(Outcome.OTHER, "Писмо № 123456789012."), []),
        (Noted(None), ["outcome"]),
        (Noted(None, "я" * 501, NOW - HOUR, "?"), ["outcome", "note", "phone", "next_call"]),
    ],
)
def test_says_everything_that_is_wrong(noted, wrong):
    assert fields(noted) == wrong


@given(st.sampled_from([each for each in Outcome if each is not Outcome.PROMISED]), st.integers(0, 10_000))
def test_a_row_rests_at_most_a_quarter_of_what_is_left(outcome, minutes):
    now = CLOSES_AT - timedelta(minutes=minutes)
    due = next_due(Noted(outcome), CLOSES_AT, now=now)
    assert now <= due <= now + (CLOSES_AT - now) / PART_OF_REST


@given(st.sampled_from(Outcome), st.timedeltas(timedelta(minutes=1), timedelta(days=9)))
def test_what_was_said_is_what_is_due(outcome, later):
    assert next_due(Noted(outcome, next_call=NOW + later), CLOSES_AT, now=NOW) == NOW + later


def test_without_a_deadline_whoever_does_not_answer_rests_an_hour():
    assert next_due(Noted(Outcome.NO_ANSWER), None, now=NOW) == NOW + HOUR


@pytest.mark.parametrize(
    "text",
    [
        "2021-01-29T14:05",
        "2021-01-29 14:05",
        "29.01.2021 14:05",
        "29.1.2021 г., 14:05 ч.",
        "29.01.2021 14.05",
    ],
)
def test_reads_a_time_in_sofia(text):
    assert read_time(text) == datetime(2021, 1, 29, 12, 5, tzinfo=UTC)


@pytest.mark.parametrize("text", ["2021-01-29", "29.01.2021", " 29.01.2021 г. "])
def test_a_day_alone_is_its_end_of_work(text):
    assert read_time(text) == datetime(2021, 1, 29, 15, 0, tzinfo=UTC)


def test_nothing_is_no_time():
    assert read_time("  ") is None


@pytest.mark.parametrize(
    "text", ["утре", "31.02.2021 10:00", "29.01.2021 25:00", "1.2", "2021-01-29T10:00 и после", "0.0.0"]
)
def test_what_is_no_time_is_refused(text):
    with pytest.raises((ValueError, OverflowError)):
        read_time(text)


@given(st.integers(0, 60 * 24 * 365 * 50))
def test_a_time_is_written_as_it_is_read(minutes):
    """Of the hour that comes twice in October the first is meant."""
    at = datetime(2000, 1, 1, tzinfo=UTC) + timedelta(minutes=minutes)
    assert read_time(written(at)) in (at, at - HOUR)


@given(st.text(max_size=40))
def test_no_text_breaks_the_reader(text):
    try:
        found = read_time(text)
    except (ValueError, OverflowError):
        return
    assert found is None or found.tzinfo is UTC
