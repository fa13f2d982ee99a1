"""portal.crypto.grants: a collection key for one holder."""

from dataclasses import replace
from datetime import date

import pytest
from cryptography.hazmat.primitives.asymmetric.x25519 import X25519PrivateKey
from cryptography.hazmat.primitives.hpke import AEAD, KDF, KEM, Suite
from hypothesis import given, settings
from hypothesis import strategies as st

from portal.crypto.errors import CannotOpen, KeyChanged
from portal.crypto.grants import MARK_BYTES, GrantContext, is_grant, open_grant, seal_grant


def pair():
    private = X25519PrivateKey.generate()
    return private.private_bytes_raw(), private.public_key().public_bytes_raw()


KEY = b"k" * 32
ANA, ANA_PUBLIC = pair()
BORIS, BORIS_PUBLIC = pair()
CONTEXT = GrantContext("2200001", "Xb2e", 3, "user:1", "quarantine", date(2021, 2, 1))
BOX = seal_grant(ANA_PUBLIC, KEY, CONTEXT)

texts = st.text("абв123:", max_size=8)
contexts = st.builds(
    GrantContext, texts, texts, st.integers(0, 9), texts, texts, st.none() | st.dates(date(2020, 1, 1))
)


@given(key=st.binary(min_size=32, max_size=32), context=contexts)
@settings(deadline=None)
def test_the_holder_takes_the_key_out(key, context):
    assert open_grant(ANA, seal_grant(ANA_PUBLIC, key, context), context) == key


@given(here=contexts, there=contexts)
@settings(deadline=None)
def test_opens_for_what_it_was_given_only(here, there):
    box = seal_grant(ANA_PUBLIC, KEY, here)

    if here == there:
        assert open_grant(ANA, box, there) == KEY
    else:
        with pytest.raises(CannotOpen):
            open_grant(ANA, box, there)


@pytest.mark.parametrize(
    "context",
    [
        replace(CONTEXT, institution="2200002"),
        replace(CONTEXT, collection="Xb2f"),
        replace(CONTEXT, epoch=4),
        replace(CONTEXT, epoch=2),
        replace(CONTEXT, holder="user:2"),
        replace(CONTEXT, holder="envelope:1"),
        replace(CONTEXT, scope="director"),
        replace(CONTEXT, until=date(2022, 2, 1)),
        replace(CONTEXT, until=None),
        replace(CONTEXT, collection="Xb2e3", epoch=0),
    ],
    ids=str,
)
def test_stays_closed_where_it_was_transplanted(context):
    with pytest.raises(CannotOpen):
        open_grant(ANA, BOX, context)


def test_stays_closed_for_everyone_else():
    with pytest.raises(CannotOpen):
        open_grant(BORIS, BOX, CONTEXT)


@given(bit=st.integers(0, len(BOX) * 8 - 1))
@settings(deadline=None, max_examples=200)
def test_stays_closed_when_one_bit_is_changed(bit):
    changed = bytearray(BOX)
    changed[bit // 8] ^= 1 << bit % 8

    # RFC 7748, section 5: X25519 ignores the highest bit of a point, but the key is bound to its bytes.
    with pytest.raises(CannotOpen):
        open_grant(ANA, bytes(changed), CONTEXT)


@pytest.mark.parametrize("length", range(len(BOX)))
def test_stays_closed_when_cut_short(length):
    with pytest.raises(CannotOpen):
        open_grant(ANA, BOX[:length], CONTEXT)


@pytest.mark.parametrize("private", [b"", b"short", bytes(33)])
def test_stays_closed_with_what_is_no_key(private):
    with pytest.raises(CannotOpen):
        open_grant(private, BOX, CONTEXT)


def test_stays_closed_when_parts_of_two_grants_are_swapped():
    twin = seal_grant(ANA_PUBLIC, KEY, CONTEXT)

    with pytest.raises(CannotOpen):
        open_grant(ANA, BOX[:33] + twin[33:], CONTEXT)


@pytest.mark.parametrize("inside", [b"", b"k" * 31, b"k" * 64])
def test_holds_nothing_but_a_collection_key(inside):
    suite = Suite(KEM.X25519, KDF.HKDF_SHA256, AEAD.AES_256_GCM)
    public = X25519PrivateKey.from_private_bytes(ANA).public_key()

    box = b"\x01" + suite.encrypt(inside, public, info=CONTEXT.info)
    for mark in (b"", bytes(MARK_BYTES), BOX[-MARK_BYTES:]):
        with pytest.raises(CannotOpen):
            open_grant(ANA, box + mark, CONTEXT)
    with pytest.raises(ValueError):
        seal_grant(ANA_PUBLIC, inside, CONTEXT)


@pytest.mark.parametrize("public", [b"", b"p" * 31, bytes(32), b"\x01" + bytes(31)])
def test_gives_nothing_to_a_key_that_nobody_receives_with(public):
    with pytest.raises(KeyChanged):
        seal_grant(public, KEY, CONTEXT)


def test_never_gives_the_same_bytes_twice():
    assert seal_grant(ANA_PUBLIC, KEY, CONTEXT) != BOX


def test_a_grant_to_a_swapped_public_key_is_for_the_stranger_only():
    given_to_boris = seal_grant(BORIS_PUBLIC, KEY, CONTEXT)

    with pytest.raises(CannotOpen):
        open_grant(ANA, given_to_boris, CONTEXT)


def test_only_who_has_the_key_makes_what_is_taken_for_a_grant():
    assert is_grant(KEY, ANA_PUBLIC, BOX, CONTEXT)

    assert not is_grant(b"x" * 32, ANA_PUBLIC, BOX, CONTEXT)
    assert not is_grant(KEY, BORIS_PUBLIC, BOX, CONTEXT)
    assert not is_grant(KEY, ANA_PUBLIC, BOX, replace(CONTEXT, until=None))
    assert not is_grant(KEY, BORIS_PUBLIC, seal_grant(BORIS_PUBLIC, b"x" * 32, CONTEXT), CONTEXT)
    assert not is_grant(KEY, ANA_PUBLIC, b"", CONTEXT)


@given(bit=st.integers(0, len(BOX) * 8 - 1))
def test_a_changed_grant_is_none(bit):
    changed = bytearray(BOX)
    changed[bit // 8] ^= 1 << bit % 8

    assert not is_grant(KEY, ANA_PUBLIC, bytes(changed), CONTEXT)


def test_a_key_without_its_mark_stays_closed():
    """Anybody can seal a key of their own to a public key."""
    twin = seal_grant(ANA_PUBLIC, b"x" * 32, CONTEXT)

    with pytest.raises(CannotOpen):
        open_grant(ANA, twin[:-MARK_BYTES] + BOX[-MARK_BYTES:], CONTEXT)
