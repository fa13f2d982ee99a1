"""portal.domain.keys.passwords: which password an account takes, and why it does not take another."""

from dataclasses import replace

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from zxcvbn.matching import RANKED_DICTIONARIES

from portal.domain.errors import Refusal
from portal.domain.keys import guesses, passwords
from portal.domain.keys.guesses import estimate
from portal.domain.keys.layouts import LAYOUTS, readings, transliterated
from portal.domain.keys.passwords import FEWEST_GUESSES, OTHER_LAYOUT, Owner, check_password, check_repeated
from portal.domain.keys.words import WORDS

ANA = Owner("ana.yaneva@39su.example.org", "Ана Янева", "39. СУ „Отец Паисий“")
NOBODY = Owner("x@example.org")
KEYS = "`qwertyuiop[]\\asdfghjkl;'zxcvbnm,./"


def why(password, owner=ANA):
    with pytest.raises(Refusal) as refusal:
        check_password(password, owner)
    assert refusal.value.field == "password"
    assert password not in str(refusal.value)
    return str(refusal.value)


def test_counts_the_letters_of_a_password_as_they_are_kept():
    assert "12 знака" in why("и\u0306" * 11)  # «й» from a keyboard that sends two marks
    check_password("и\u0306 стол облак" + " жираф" * 164 + "абвг", ANA)
    assert "1000 знака" in why("стол облак " + "жираф " * 165)


@pytest.mark.parametrize("password", ["Ana.Yaneva@39su.example.org", " ana.yaneva@39su.example.org"])
def test_a_password_is_not_the_address(password):
    assert "адресът" in why(password)


def test_two_spellings_of_one_password_are_alike():
    check_repeated("синьо йоде", "синьо и\u0306оде")
    with pytest.raises(Refusal):
        check_repeated("синьо йоде", "синьо йодe")


COMMON, PORTAL, TIME = "често избирани пароли", "думи от работата с портала", "година, месец или дата"
OWN, NAMES = "вашето име, адрес или институция", "имена на хора или места"
GUESSED = [
    ("password12345678", COMMON),
    ("Password2026!", COMMON),
    ("p4r0l@p4r0l@", "повторения"),
    ("aaaaaaaaaaaa", "повторения"),
    ("Есен2026Есен2026", "повторения"),
    ("director-1oy-2026", PORTAL),
    ("директор2026", TIME),
    ("Директор 2026 г.", PORTAL),
    ("потвърждения-май-2026", TIME),
    ("училищеучилище", "повторения"),
    ("детскаградина7", PORTAL),
    ("105-то ОУ директор", PORTAL),
    ("парола123456", COMMON),
    ("парола-за-2026", COMMON),
    ("моята парола е тайна", COMMON),
    ("януари2026парола", TIME),
    ("Левски1914!!!!", COMMON),
    ("qwertyuiop12", COMMON),
    ("уеишщксдзц12", "съседни клавиши"),
    ("абвгдежзийкл", "поредни букви или цифри"),
    ("мартина-петрова85", NAMES),
    ("martina-petrova85", NAMES),
    ("Sofia-2026-Sofia", NAMES),
    ("анаянева123456", OWN),
    ("Ana.Yaneva.2026", OWN),
    ("39СУ-Паисий-2026", OWN),
    ("39su.otets.paisiy", OWN),
    ("p@ssw0rd-2026", COMMON),
    ("d1r3kt0r-2026", "отделни знаци"),
]


@pytest.mark.parametrize(("password", "said"), GUESSED)
def test_refuses_what_is_guessed_among_the_first_and_says_why(password, said):
    assert said in why(password)


@pytest.mark.parametrize("layout", LAYOUTS, ids=["бдс", "phonetic traditional", "phonetic"])
@pytest.mark.parametrize(
    "password", ["password12345678", "aaaaaaaaaaaa", "director-1oy-2026", "qwertyuiop12"]
)
def test_refuses_latin_words_typed_in_a_bulgarian_layout(password, layout):
    typed = password.translate(str.maketrans(KEYS, layout))
    assert typed != password
    why(typed)
    why(typed.upper())


@pytest.mark.parametrize("layout", LAYOUTS, ids=["бдс", "phonetic traditional", "phonetic"])
@pytest.mark.parametrize("password", ["директор2026", "парола123456", "януари2026парола", "училищеучилище"])
def test_refuses_bulgarian_words_typed_in_the_latin_layout(password, layout):
    typed = password.translate(str.maketrans(layout, KEYS))
    assert typed.isascii()
    why(typed)


def test_says_that_another_layout_is_no_help():
    assert why("md,f.djd2026").endswith(OTHER_LAYOUT)  # паролата on the keys of БДС
    assert OTHER_LAYOUT not in why("паролата2026")


def test_refuses_words_in_full_width_letters_or_in_letters_of_two_alphabets():
    why("ｐａｓｓｗｏｒｄ１２３４")
    why("пaролa123456")  # two Latin ones


@pytest.mark.parametrize("password", ["088812345678", "839201748392", "!!!???...---"])
def test_refuses_numbers_alone(password):
    assert "само от цифри" in why(password)


def test_takes_one_that_is_just_hard_enough(monkeypatch):
    monkeypatch.setattr(passwords, "FEWEST_GUESSES", estimate("стол облак жираф", enough=1).guesses)
    check_password("стол облак жираф", NOBODY)


def test_what_is_refused_for_one_is_no_reason_for_another():
    theirs = "кенана-жабокрек-81"
    check_password(theirs, NOBODY)
    why(theirs, replace(NOBODY, place="ДГ „Кенана“", name="Жабокрек"))


@pytest.mark.parametrize(
    "password",
    [
        "зелен трактор пее тихо", "стол облак жираф", "стол-облак-жираф", "нова дълга парола", "qT7xLm2Kp9Zw",
        "K7!x#9@q$2%v", "correct horse battery staple", "дълга парола за тестовете", "сънувам 3 таралежа",
        "бабината пита е с тиква",
    ],
)  # fmt: skip
def test_takes_a_few_words_or_what_no_list_has(password):
    check_password(password, ANA)


def test_one_kind_of_sign_between_the_words_is_no_harder_and_another_is_three_times():
    guessed = estimate("столоблакжираф", enough=1).guesses
    assert estimate("стол-облак-жираф", enough=1).guesses == guessed
    assert estimate("стол-облак_жираф", enough=1).guesses == 3 * guessed
    assert estimate("!?!?!?!?!?!?!?", enough=1).guesses > 1


def test_two_letters_are_a_word_and_one_is_none():
    assert estimate("щъ", ["щъ"], enough=1).kinds == ("own",)
    assert estimate("щ", ["щ"], enough=1).kinds == ("letters",)


def test_a_reading_that_is_just_hard_enough_proves_nothing_before_the_others():
    just = estimate("md,f.djd2026", enough=10**40).guesses
    assert estimate("md,f.djd2026", enough=just).guesses < just


ordinary = st.lists(st.sampled_from(WORDS.split()), min_size=4, max_size=8, unique=True)


@settings(deadline=None)
@given(ordinary, st.sampled_from([" ", "-", ""]))
def test_takes_any_four_ordinary_words(words, between):
    password = between.join(words)
    if len(password) >= 12:
        check_password(password, ANA)


@settings(deadline=None)
@given(ordinary, st.text("ae1 аб", max_size=900))
def test_what_stands_before_a_good_ending_takes_nothing_away(words, before):
    check_password(before + " ".join(words), NOBODY)


@settings(deadline=None)
@given(st.text(max_size=1000))
def test_any_text_is_taken_or_refused_with_a_sentence(text):
    try:
        check_password(text, ANA)
    except Refusal as refusal:
        assert str(refusal).endswith(".")


class Counting(dict):
    """A list that counts how often it is looked into."""

    looked = 0

    def __contains__(self, word):
        self.looked += 1
        return super().__contains__(word)


@pytest.mark.parametrize(
    "crafted",
    [
        "4@8({[<369 1!|7 0$5+%2" * 40,
        "10ol" * 200,
        "0918273645" * 90,
        "ab" * 400,
        "паролa" * 100,
        "1a!0|7l" * 100,
        "\ufdfa" * 1000,  # of which each is eighteen letters when it is folded
    ],
)
def test_no_password_takes_long(crafted, monkeypatch):
    """zxcvbn alone takes four seconds for 72 characters of the first of these."""
    counting = Counting(guesses._listed())
    monkeypatch.setattr(guesses, "_listed", lambda: counting)
    estimate(crafted, enough=10**2000)
    assert counting.looked < 50_000


def test_who_is_known_to_one_check_is_not_to_the_next():
    """zxcvbn.zxcvbn() keeps the person's words among its own lists, which all threads of a process share."""
    estimate("кенана-жабокрек-81", ["кенана"], enough=FEWEST_GUESSES)
    assert "user_inputs" not in RANKED_DICTIONARIES
    assert estimate("кенана-жабокрек-81", enough=FEWEST_GUESSES).guesses >= FEWEST_GUESSES


@pytest.mark.parametrize(
    ("typed", "read"),
    [("gfhjkf", "фюг"), ("md,f.d", "парола"), ("MD<F>D", "парола"), ("qnew", "янев"), ("{kola", "школа")],
)
def test_reads_what_the_keys_write_in_each_layout(typed, read):
    assert (read in readings(typed)) == (typed != "gfhjkf")
    assert len(set(readings(typed))) == len(readings(typed))


@pytest.mark.parametrize(
    ("word", "latin"),
    [("училище", "uchilishte"), ("софия", "sofia"), ("янева", "yaneva"), ("къща", "kashta")],
)
def test_transliterates_as_the_law_has_it(word, latin):
    assert transliterated(word) == latin
