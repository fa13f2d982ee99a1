"""portal.domain.accounts: addresses, names, wrong passwords, delays."""

from datetime import UTC, datetime, timedelta

import pytest

from portal.domain.accounts import (
    Allowance,
    check_email,
    check_name,
    password_hints,
    wait_in_words,
    wrong_password,
)
from portal.domain.errors import Refusal, check_all

NOW = datetime(2021, 1, 28, 8, 0, tzinfo=UTC)


@pytest.mark.parametrize(
    ("typed", "kept"),
    [
        (" Ana@Example.ORG ", "ana@example.org"),
        ("dir+1@39su.bg", "dir+1@39su.bg"),
        ("a@пример.бг", "a@пример.бг"),
        ("a" * 242 + "@example.org", "a" * 242 + "@example.org"),  # 254 characters
    ],
)
def test_an_address_has_one_spelling(typed, kept):
    assert check_email(typed) == kept


@pytest.mark.parametrize(
    "typed",
    ["", "ana", "ana@", "@example.org", "ana@example", "a b@example.org", "a@b@c.bg", "a@b.bg, c@d.bg",
     "а@b.bg", "ana@example.org\nBcc: x@y.bg", "a@" + "x" * 250 + ".bg",
     "a" * 243 + "@example.org"],
)  # fmt: skip
def test_refuses_what_nobody_could_be_written_to(typed):
    with pytest.raises(Refusal) as refusal:
        check_email(typed)
    assert refusal.value.field == "email"


def test_an_address_that_is_not_there_is_asked_for():
    with pytest.raises(Refusal, match="Напишете адреса"):
        check_email(" ")


def test_a_name_is_one_line_without_marks_that_turn_the_text():
    assert check_name("  Ана\u202e\n Янева ") == "Ана Янева"
    assert check_name("А" * 120) == "А" * 120


@pytest.mark.parametrize("typed", ["", " \n ", "\u202e", "А" * 121])
def test_refuses_a_name_that_is_none(typed):
    with pytest.raises(Refusal):
        check_name(typed)


LATIN, CYRILLIC, CAPS, BLANK = "само латински", "само букви на кирилица", "Caps Lock", "интервал"


@pytest.mark.parametrize(
    ("typed", "said"),
    [
        ("ghjdfhjkf 12", [LATIN]),
        ("проверка 12", [CYRILLIC]),
        ("йи\u0306", [CYRILLIC]),
        ("ПРОВЕРКА", [CYRILLIC, CAPS]),
        ("ABC ", [LATIN, CAPS, BLANK]),
        ("смес mix", []),
        ("\tсмес mix", [BLANK]),
        ("123 456", []),
        ("", []),
    ],
)
def test_a_wrong_password_says_what_to_look_at_in_what_was_typed(typed, said):
    hints = password_hints(typed)
    assert len(hints) == len(said)
    assert all(word in hint for word, hint in zip(said, hints, strict=True))
    refusal = wrong_password("Не е вярна.", typed, field="current")
    assert (str(refusal), refusal.field) == (" ".join(["Не е вярна.", *hints]), "current")


def test_the_first_failures_cost_no_time_and_the_later_ever_more():
    delays = [Allowance(5).delay_after(failures).total_seconds() for failures in range(14)]
    assert delays == [0, 0, 0, 0, 0, 15, 30, 60, 120, 240, 480, 900, 900, 900]


def test_the_delay_grows_to_the_longest_and_no_further():
    allowed = Allowance(5, longest=timedelta(minutes=1))
    delays = [allowed.delay_after(failures).total_seconds() for failures in range(4, 10)]
    assert delays == [0, 15, 30, 60, 60, 60]


def test_waits_whole_seconds_until_the_very_moment():
    wait = Allowance(5).seconds_to_wait
    assert wait(5, NOW, now=NOW) == 15
    assert wait(5, NOW, now=NOW + timedelta(seconds=14, milliseconds=1)) == 1
    assert wait(5, NOW, now=NOW + timedelta(seconds=15)) == 0
    assert wait(4, NOW + timedelta(hours=1), now=NOW) == 0  # a clock that went back


@pytest.mark.parametrize(
    ("seconds", "words"), [(1, "1 секунда"), (15, "15 секунди"), (60, "1 минута"), (61, "2 минути")]
)
def test_says_how_long(seconds, words):
    assert wait_in_words(seconds) == words


def test_gathers_everything_that_is_wrong():
    with pytest.raises(Refusal) as refusal:
        check_all(lambda: check_name(""), lambda: check_email(""), lambda: None)
    assert [refusal.value.field, *(other.field for other in refusal.value.also)] == ["name", "email"]
