"""portal.domain.accounts: addresses, names, wrong passwords, delays."""

import unicodedata
from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from portal.domain.accounts import (
    Allowance,
    check_email,
    check_name,
    fold_email,
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
        ("a@пример.бг", "a@xn--e1afmkfd.xn--90ae"),
        ("a@Пример.bg", "a@xn--e1afmkfd.bg"),
        ("a@xn--e1afmkfd.xn--90ae", "a@xn--e1afmkfd.xn--90ae"),
        ("ａｎａ＠ｅｘａｍｐｌｅ．ｏｒｇ", "ana@example.org"),
        ("a@пример。бг", "a@xn--e1afmkfd.xn--90ae"),
        ("a@stra\u00dfe.de", "a@xn--strae-oqa.de"),
        ("a@\u212aelvin.org", "a@kelvin.org"),
        ("a" * 242 + "@example.org", "a" * 242 + "@example.org"),  # 254 characters
    ],
)
def test_an_address_has_one_spelling(typed, kept):
    assert check_email(typed) == kept


@pytest.mark.parametrize(
    "typed",
    ["", "ana", "ana@", "@example.org", "ana@example", "a b@example.org", "a@b@c.bg", "a@b.bg, c@d.bg",
     "а@b.bg", "a@b_c.bg", "a@пример", "a@☃.bg", "a@" + "ж" * 63 + ".bg", "a@" + "ж." * 150 + "бг",
     "ana@example.org\nBcc: x@y.bg", "a@" + "x" * 250 + ".bg",
     "a" * 243 + "@example.org"],
)  # fmt: skip
def test_refuses_what_nobody_could_be_written_to(typed):
    with pytest.raises(Refusal) as refusal:
        check_email(typed)
    assert refusal.value.field == "email"


@pytest.mark.parametrize("typed", ["\u0430na@b.bg", "ана@example.org", "\u0131vo@b.bg", "α@b.bg"])
def test_before_the_sign_there_is_nothing_that_looks_latin(typed):
    """Nor is it put right: the address with the Latin letter may be somebody else's."""
    with pytest.raises(Refusal, match="само с латински букви"):
        check_email(typed)


@pytest.mark.parametrize("typed", ["ana@ex\u0430mple.org", "ana@примeр.бг", "ana@b.бг.cоm", "a@ꜱпример.бг"])
def test_no_word_after_the_sign_is_of_two_alphabets(typed):
    with pytest.raises(Refusal, match="две азбуки"):
        check_email(typed)


letters = st.sampled_from("aeocxаеосхрｅＡßıẞЖ1.-_ @\u200d\u00ad\u202e\u0301。")


@given(st.lists(letters, max_size=12), st.lists(letters, min_size=1, max_size=12))
def test_what_is_taken_is_ascii_and_is_taken_again_as_it_is(local, domain):
    """So two that differ differ in a sign that everybody sees."""
    try:
        email = check_email("".join([*local, "@", *domain, ".bg"]))
    except Refusal:
        return
    assert email.isascii()
    assert fold_email(email) == check_email(email) == email
    assert fold_email(email.upper()) == email


@given(st.text(max_size=300), st.text(max_size=300))
def test_any_text_is_taken_in_ascii_or_refused(local, domain):
    try:
        assert check_email(f"{local}@{domain}").isascii()
    except Refusal as refusal:
        assert refusal.field == "email"


def test_what_is_too_long_to_be_an_address_is_not_folded(monkeypatch):
    """A thousand times eighteen letters are: that took more than a second of whoever was not logged in."""
    forms, normalize = set(), unicodedata.normalize

    def noted(form, text):
        forms.add(form)
        return normalize(form, text)

    monkeypatch.setattr(unicodedata, "normalize", noted)
    for typed in ("a@" + "\ufdfa" * 1000, "\ufdfa" * 80_000 + "@b.bg"):
        with pytest.raises(Refusal, match="Проверете адреса"):
            check_email(typed)
    assert forms == {"NFC"}


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
