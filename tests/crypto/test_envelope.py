"""portal.crypto.envelope: the printed code and what it opens."""

import itertools
import re

import pytest
from cryptography.hazmat.primitives.asymmetric.x25519 import X25519PrivateKey
from hypothesis import given, settings
from hypothesis import strategies as st

from portal.crypto.envelope import (
    ALPHABET,
    are_groups,
    check_envelope,
    envelope_mac,
    groups,
    groups_mac,
    make_envelope,
    mistyped_groups,
    new_code,
    open_envelope,
    read_code,
)
from portal.crypto.errors import CannotOpen, CryptoError, KeyChanged, MistypedCode
from portal.crypto.primitives import derived, joined, sealed

CODE = new_code()
# Printed when only the whole had check letters.
OF_OLD = "ER03-CNA6-MKRT-SDD1-60D0-2EBP-YY0G-7EJP-MKW6-X8J9-VFC2-QEAS-BN4J-AG7N"
LETTERS = CODE.replace("-", "")
PUBLIC, WRAPPED = make_envelope(CODE, "2200001", "7")
OTHER_PUBLIC, OTHER_WRAPPED = make_envelope(CODE, "2200001", "7")
PEPPER = b"p" * 32


def opened(code=CODE, wrapped=WRAPPED, public=PUBLIC, institution="2200001", envelope="7"):
    return open_envelope(code, wrapped, public, institution, envelope)


def with_letter(at, letter):
    return LETTERS[:at] + letter + LETTERS[at + 1 :]


def test_looks_as_it_is_printed():
    assert re.fullmatch(rf"[{ALPHABET}]{{4}}(-[{ALPHABET}]{{4}}){{13}}", CODE)
    assert not set("ILOU") & set(ALPHABET)


def test_every_code_is_new_and_uses_every_letter_in_every_secret_place():
    codes = [new_code().replace("-", "") for _ in range(1000)]

    assert len(set(codes)) == 1000
    assert all({code[at] for code in codes} == set(ALPHABET) for at in range(56))


def test_splits_into_groups():
    assert "-".join(groups(CODE)) == CODE
    assert len(groups(CODE)) == 14


def test_any_one_wrong_letter_is_caught():
    for at in range(len(LETTERS)):
        for letter in set(ALPHABET) - {LETTERS[at]}:
            with pytest.raises(MistypedCode):
                read_code(with_letter(at, letter))


def test_any_two_swapped_neighbours_are_caught():
    for at in range(len(LETTERS) - 1):
        if LETTERS[at] != LETTERS[at + 1]:
            swapped = LETTERS[:at] + LETTERS[at + 1] + LETTERS[at] + LETTERS[at + 2 :]
            with pytest.raises(MistypedCode):
                read_code(swapped)


def test_any_two_swapped_groups_are_caught():
    for one, other in itertools.combinations(range(14), 2):
        swapped = list(groups(CODE))
        swapped[one], swapped[other] = swapped[other], swapped[one]
        if swapped[one] != swapped[other]:
            with pytest.raises(MistypedCode):
                read_code("-".join(swapped))


def test_a_slip_is_told_of_its_own_group_alone():
    for at in range(len(LETTERS)):
        for letter in set(ALPHABET) - {LETTERS[at]}:
            assert mistyped_groups(with_letter(at, letter)) == (at // 4 + 1,)


def test_so_are_swapped_neighbours_and_groups():
    for at in range(len(LETTERS) - 1):
        if LETTERS[at] != LETTERS[at + 1]:
            swapped = LETTERS[:at] + LETTERS[at + 1] + LETTERS[at] + LETTERS[at + 2 :]
            assert set(mistyped_groups(swapped)) == {at // 4 + 1, (at + 1) // 4 + 1}
    for one, other in itertools.combinations(range(14), 2):
        swapped = list(groups(CODE))
        swapped[one], swapped[other] = swapped[other], swapped[one]
        assert mistyped_groups("-".join(swapped)) == (one + 1, other + 1)


def test_a_letter_too_few_or_too_many_is_told_of_its_group():
    for at, group in enumerate(groups(CODE)):
        for typed in (group[1:], group + "7", "", "????", group[:3] + "U"):
            parts = [*groups(CODE)[:at], typed, *groups(CODE)[at + 1 :]]
            assert mistyped_groups("-".join(parts)) == (at + 1,)


@pytest.mark.parametrize("text", ["", "ABCD", OF_OLD, OF_OLD[:-1] + "7", "0" * 56, "Ж-" * 13])
def test_of_what_was_never_checked_so_no_group_is_told(text):
    assert mistyped_groups(text) == ()


def test_a_code_from_before_groups_had_letters_of_their_own_opens_still():
    public, wrapped = make_envelope(OF_OLD, "2200001", "7")
    assert read_code(OF_OLD.lower()) == OF_OLD.replace("-", "")
    assert len(open_envelope(OF_OLD, wrapped, public, "2200001", "7")) == 32
    with pytest.raises(MistypedCode):
        read_code(OF_OLD[:-1] + "7")


@given(at=st.integers(0, 55), more=st.sampled_from(ALPHABET))
def test_a_missing_or_doubled_letter_is_caught(at, more):
    for text in (LETTERS[:at] + LETTERS[at + 1 :], LETTERS[:at] + more + LETTERS[at:]):
        with pytest.raises(MistypedCode):
            read_code(text)


@pytest.mark.parametrize("text", ["", "-", "U" * 56, "Ж" * 56, "٣" * 56, "0" * 55, "ß" * 28, "U" + "0" * 55])
def test_what_was_never_a_code_is_caught(text):
    with pytest.raises(MistypedCode):
        read_code(text)


@given(text=st.text(max_size=80))
def test_any_text_is_a_code_or_mistyped(text):
    try:
        assert len(read_code(text)) == 56
    except MistypedCode:
        assert read_code(CODE) == LETTERS


@pytest.mark.parametrize(
    "typed",
    [
        lambda code: code.lower(),
        lambda code: code.replace("-", ""),
        lambda code: code.replace("-", " "),
        lambda code: code.replace("-", " – "),
        lambda code: code.replace("-", "\N{MINUS SIGN}"),
        lambda code: code.replace("-", "\N{NO-BREAK SPACE}\r\n"),
        lambda code: f"  {code}.\n",
        lambda code: code.replace("0", "O").replace("1", "I"),
        lambda code: code.replace("0", "o").replace("1", "l"),
        lambda code: code.translate(str.maketrans("ABCEHKMPTX01", "АВСЕНКМРТХОІ")),
        lambda code: code.lower().translate(str.maketrans("abcehkmptx0", "авсенкмртхо")),
    ],
)
def test_reads_the_code_however_it_is_typed(typed):
    for code in [CODE, *(new_code() for _ in range(20))]:
        assert read_code(typed(code)) == code.replace("-", "")
    assert opened(typed(CODE)) == opened()


def test_the_code_takes_out_the_private_half():
    assert X25519PrivateKey.from_private_bytes(opened()).public_key().public_bytes_raw() == PUBLIC


@given(st.data())
@settings(deadline=None, max_examples=50)
def test_every_envelope_opens_with_its_code_and_no_other(data):
    code, other = new_code(), new_code()
    institution = data.draw(st.text("0123456789", min_size=7, max_size=7))
    public, wrapped = make_envelope(code, institution, "1")

    private = open_envelope(code, wrapped, public, institution, "1")
    assert X25519PrivateKey.from_private_bytes(private).public_key().public_bytes_raw() == public
    with pytest.raises(CannotOpen):
        open_envelope(other, wrapped, public, institution, "1")


def test_another_envelopes_code_is_not_called_mistyped():
    with pytest.raises(CannotOpen) as caught:
        opened(new_code())
    assert not isinstance(caught.value, MistypedCode)


def test_a_slip_of_the_hand_is_told_before_anything_is_opened():
    with pytest.raises(MistypedCode):
        opened(with_letter(20, "Q" if LETTERS[20] == "Z" else "Z"))


@pytest.mark.parametrize(
    "changed",
    [
        {"institution": "2200002"},
        {"envelope": "8"},
        {"public": OTHER_PUBLIC},
        {"wrapped": OTHER_WRAPPED},
        {"wrapped": b""},
    ],
    ids=["institution", "envelope", "public", "wrapped", "empty"],
)
def test_stays_closed_where_it_was_transplanted(changed):
    with pytest.raises(CannotOpen):
        opened(**changed)


@given(bit=st.integers(0, len(WRAPPED) * 8 - 1))
@settings(deadline=None)
def test_stays_closed_when_one_bit_is_changed(bit):
    changed = bytearray(WRAPPED)
    changed[bit // 8] ^= 1 << bit % 8

    with pytest.raises(CannotOpen):
        opened(wrapped=bytes(changed))


def test_gives_no_private_half_that_is_not_of_the_public_one():
    foreign = X25519PrivateKey.generate().private_bytes_raw()
    context = joined(b"envelope", b"2200001", b"7", PUBLIC)
    wrapped = sealed(derived(LETTERS.encode(), "envelope"), foreign, context)

    with pytest.raises(CannotOpen):
        opened(wrapped=wrapped)


def test_asks_two_groups_back_without_keeping_the_code():
    third, ninth = groups(CODE)[2], groups(CODE)[8]
    mac = groups_mac(PEPPER, "7", {3: third, 9: ninth})

    assert are_groups(PEPPER, "7", {9: f" {ninth.lower()} ", 3: third}, mac)
    assert not are_groups(PEPPER, "7", {3: third, 9: "????"}, mac)
    assert not are_groups(PEPPER, "7", {3: third}, mac)
    assert not are_groups(PEPPER, "7", {}, mac)
    assert not are_groups(PEPPER, "7", {3: third, 8: ninth}, mac)
    assert not are_groups(PEPPER, "8", {3: third, 9: ninth}, mac)
    assert not are_groups(b"q" * 32, "7", {3: third, 9: ninth}, mac)


def test_does_not_take_the_groups_in_each_others_place():
    assert not are_groups(
        PEPPER, "7", {1: "2222", 2: "1111"}, groups_mac(PEPPER, "7", {1: "1111", 2: "2222"})
    )


def test_knows_the_public_half_that_it_stored():
    check_envelope(PEPPER, "2200001", "7", PUBLIC, envelope_mac(PEPPER, "2200001", "7", PUBLIC))


@pytest.mark.parametrize(
    ("institution", "envelope", "public"),
    [("2200002", "7", PUBLIC), ("2200001", "8", PUBLIC), ("2200001", "7", OTHER_PUBLIC)],
    ids=["institution", "envelope", "public"],
)
def test_notices_a_swapped_public_half(institution, envelope, public):
    with pytest.raises(KeyChanged):
        check_envelope(PEPPER, institution, envelope, public, envelope_mac(PEPPER, "2200001", "7", PUBLIC))


def test_every_failure_is_one_family():
    assert issubclass(MistypedCode, CannotOpen)
    assert issubclass(CannotOpen, CryptoError)
