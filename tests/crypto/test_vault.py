"""portal.crypto.vault.Vault: sealing for one place."""

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from portal.crypto.errors import CannotOpen
from portal.crypto.vault import Vault

OLD, NEW = b"o" * 32, b"n" * 32
VAULT = Vault([NEW])
PLACE = "outbox/42/body"
BOX = VAULT.seal("Здравейте".encode(), PLACE)


@given(plaintext=st.binary(max_size=3000), place=st.text(max_size=60))
@settings(deadline=None)
def test_opens_what_it_sealed(plaintext, place):
    assert VAULT.open(VAULT.seal(plaintext, place), place) == plaintext


@given(bit=st.integers(0, len(BOX) * 8 - 1))
@settings(deadline=None, max_examples=200)
def test_stays_closed_when_one_bit_is_changed(bit):
    changed = bytearray(BOX)
    changed[bit // 8] ^= 1 << bit % 8

    with pytest.raises(CannotOpen):
        VAULT.open(bytes(changed), PLACE)


@pytest.mark.parametrize("length", range(len(BOX)))
def test_stays_closed_when_cut_short(length):
    with pytest.raises(CannotOpen):
        VAULT.open(BOX[:length], PLACE)


@pytest.mark.parametrize("place", ["outbox/43/body", "outbox/42/subject", "outbox/42/body ", ""])
def test_stays_closed_in_another_place(place):
    with pytest.raises(CannotOpen):
        VAULT.open(BOX, place)


def test_stays_closed_with_another_key():
    with pytest.raises(CannotOpen):
        Vault([OLD]).open(BOX, PLACE)


def test_opens_what_an_older_key_sealed():
    box = Vault([OLD]).seal(b"text", PLACE)

    assert Vault([NEW, OLD]).open(box, PLACE) == b"text"


def test_seals_with_the_newest_key():
    box = Vault([NEW, OLD]).seal(b"text", PLACE)

    assert Vault([NEW]).open(box, PLACE) == b"text"


def test_never_gives_the_same_bytes_twice():
    assert VAULT.seal(b"text", PLACE) != VAULT.seal(b"text", PLACE)


def test_begins_with_its_version():
    assert BOX[0] == 1


@pytest.mark.parametrize("keys", [[], [b"short"], [NEW, b""]])
def test_needs_whole_keys(keys):
    with pytest.raises(ValueError):
        Vault(keys)
