"""portal.mail.calendar_file: a deadline by RFC 5545, read back by a reader of its own."""

from dataclasses import replace
from datetime import UTC, date, datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st

from portal.mail.calendar_file import Deadline

AT = datetime(2021, 1, 28, 8, 0, tzinfo=UTC)
DEADLINE = Deadline(
    uid="srok-2020-12-2200000@portal.example.bg",
    sequence=3,
    day=date(2021, 2, 1),
    title="Краен срок: потвърждения към АСП за декември 2020 г.",
    text="39. СУ „Отец Паисий“. Решава се, подписва се; потвърждава се\nи регистърът \\ до края на деня.",
    link="https://portal.example.bg/confirmations/2020-12",
)


def unfolded(text: str) -> list[str]:
    """RFC 5545, 3.1: a line that begins with a blank goes on where the last one ended."""
    assert text.endswith("\r\n")
    lines = []
    for line in text[:-2].split("\r\n"):
        assert "\r" not in line
        assert "\n" not in line
        assert 0 < len(line.encode()) <= 75
        if line.startswith(" "):
            lines[-1] += line[1:]
        else:
            lines.append(line)
    return lines


def read(text: str) -> list[tuple[str, str]]:
    """Name with parameters, and value with its escapes taken off (3.3.11)."""
    found = []
    for line in unfolded(text):
        name, _, value = line.partition(":")
        plain, letters = "", iter(value)
        for letter in letters:
            plain += {"n": "\n", "N": "\n"}.get(after := next(letters), after) if letter == "\\" else letter
        found.append((name, plain))
    return found


def test_is_one_day_with_all_that_the_standard_asks_for():
    lines = read(DEADLINE.as_text(at=AT))

    assert lines[:4] == [
        ("BEGIN", "VCALENDAR"),
        ("VERSION", "2.0"),
        ("PRODID", "-//Потвърждения към АСП//BG"),
        ("CALSCALE", "GREGORIAN"),
    ]
    values = dict(lines[:-2])
    assert values["METHOD"] == "PUBLISH"
    assert values["UID"] == DEADLINE.uid
    assert values["DTSTAMP"] == "20210128T080000Z"
    assert values["SEQUENCE"] == "3"
    assert (values["DTSTART;VALUE=DATE"], values["DTEND;VALUE=DATE"]) == ("20210201", "20210202")
    assert values["SUMMARY"] == DEADLINE.title
    assert ("DESCRIPTION", DEADLINE.text) in lines
    assert values["URL"] == DEADLINE.link
    assert lines[-2:] == [("END", "VEVENT"), ("END", "VCALENDAR")]


def test_what_is_begun_is_ended():
    open_parts = []
    for name, value in read(DEADLINE.as_text(at=AT)):
        if name == "BEGIN":
            open_parts.append(value)
        elif name == "END":
            assert open_parts.pop() == value
    assert open_parts == []


def test_reminds_at_nine_of_the_day_before():
    """Fifteen hours before the midnight with which the day begins."""
    lines = read(DEADLINE.as_text(at=AT))
    assert ("TRIGGER", "-PT15H") in lines
    assert ("ACTION", "DISPLAY") in lines


def test_one_that_is_called_off_takes_itself_out_and_reminds_of_nothing():
    lines = dict(read(replace(DEADLINE, is_cancelled=True).as_text(at=AT)))

    assert (lines["METHOD"], lines["STATUS"], lines["UID"]) == ("CANCEL", "CANCELLED", DEADLINE.uid)
    assert "TRIGGER" not in lines


@given(text=st.text(st.characters(exclude_categories=("Cc", "Cs")) | st.just("\n"), max_size=300))
def test_any_text_comes_back_as_it_was(text):
    assert ("SUMMARY", text) in read(replace(DEADLINE, title=text).as_text(at=AT))


@pytest.mark.parametrize("length", range(60, 90))
def test_no_letter_is_torn_apart_at_the_fold(length):
    """Letters of two octets, at every place."""
    assert ("SUMMARY", "я" * length) in read(replace(DEADLINE, title="я" * length).as_text(at=AT))
