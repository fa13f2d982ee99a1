"""portal.crypto.keys: a person's keys."""

from dataclasses import replace

import pytest
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from cryptography.hazmat.primitives.asymmetric.x25519 import X25519PrivateKey
from hypothesis import given, settings
from hypothesis import strategies as st

from portal.crypto.errors import CannotOpen, CryptoError, KeyChanged, WrongPassword
from portal.crypto.keys import check_public, make_person_keys, rewrap, unwrap_ed25519, unwrap_x25519

UNLOCK, OTHER, PEPPER = b"u" * 32, b"v" * 32, b"p" * 32
ANA = make_person_keys(UNLOCK, PEPPER, "1")
BORIS = make_person_keys(UNLOCK, PEPPER, "2")


def unwrapped_x(unlock, keys, person="1"):
    return unwrap_x25519(unlock, keys.wrapped_x25519, person, keys.x25519_public)


def unwrapped_e(unlock, keys, person="1"):
    return unwrap_ed25519(unlock, keys.wrapped_ed25519, person, keys.ed25519_public)


def test_opens_the_key_that_receives():
    private = X25519PrivateKey.from_private_bytes(unwrapped_x(UNLOCK, ANA))

    assert private.public_key().public_bytes_raw() == ANA.x25519_public


def test_opens_the_key_that_signs():
    private = Ed25519PrivateKey.from_private_bytes(unwrapped_e(UNLOCK, ANA))

    assert private.public_key().public_bytes_raw() == ANA.ed25519_public


def test_makes_new_keys_each_time():
    again = make_person_keys(UNLOCK, PEPPER, "1")

    assert {again.x25519_public, again.ed25519_public}.isdisjoint({ANA.x25519_public, ANA.ed25519_public})


@pytest.mark.parametrize("unwrapped", [unwrapped_x, unwrapped_e])
def test_stays_closed_with_another_password(unwrapped):
    with pytest.raises(WrongPassword):
        unwrapped(OTHER, ANA)


@pytest.mark.parametrize("unwrapped", [unwrapped_x, unwrapped_e])
def test_stays_closed_in_the_row_of_another_person(unwrapped):
    with pytest.raises(WrongPassword):
        unwrapped(UNLOCK, ANA, person="2")


def test_stays_closed_beside_another_public_key():
    with pytest.raises(WrongPassword):
        unwrapped_x(UNLOCK, replace(ANA, x25519_public=BORIS.x25519_public))
    with pytest.raises(WrongPassword):
        unwrapped_e(UNLOCK, replace(ANA, ed25519_public=BORIS.ed25519_public))


def test_does_not_take_one_key_for_the_other():
    with pytest.raises(WrongPassword):
        unwrap_ed25519(UNLOCK, ANA.wrapped_x25519, "1", ANA.x25519_public)


@given(bit=st.integers(0, len(ANA.wrapped_ed25519) * 8 - 1))
@settings(deadline=None)
def test_stays_closed_when_one_bit_is_changed(bit):
    changed = bytearray(ANA.wrapped_ed25519)
    changed[bit // 8] ^= 1 << bit % 8

    with pytest.raises(WrongPassword):
        unwrapped_e(UNLOCK, replace(ANA, wrapped_ed25519=bytes(changed)))


@pytest.mark.parametrize("length", [0, 1, 12, 28, 60])
def test_stays_closed_when_cut_short(length):
    with pytest.raises(WrongPassword):
        unwrapped_e(UNLOCK, replace(ANA, wrapped_ed25519=ANA.wrapped_ed25519[:length]))


def test_a_new_password_keeps_the_keys():
    moved = rewrap(UNLOCK, OTHER, ANA, "1")

    assert unwrapped_x(OTHER, moved) == unwrapped_x(UNLOCK, ANA)
    assert unwrapped_e(OTHER, moved) == unwrapped_e(UNLOCK, ANA)
    check_public(PEPPER, "1", moved.x25519_public, moved.ed25519_public, moved.mac)


@pytest.mark.parametrize("unwrapped", [unwrapped_x, unwrapped_e])
def test_the_old_password_opens_nothing_after_a_new_one(unwrapped):
    with pytest.raises(WrongPassword):
        unwrapped(UNLOCK, rewrap(UNLOCK, OTHER, ANA, "1"))


def test_a_new_password_needs_the_old_one():
    with pytest.raises(WrongPassword):
        rewrap(OTHER, UNLOCK, ANA, "1")


def test_knows_the_public_keys_that_it_stored():
    check_public(PEPPER, "1", ANA.x25519_public, ANA.ed25519_public, ANA.mac)


@pytest.mark.parametrize(
    ("pepper", "person", "keys"),
    [
        (OTHER, "1", ANA),
        (PEPPER, "2", ANA),
        (PEPPER, "1", replace(ANA, x25519_public=BORIS.x25519_public)),
        (PEPPER, "1", replace(ANA, ed25519_public=BORIS.ed25519_public)),
        (PEPPER, "1", replace(ANA, x25519_public=ANA.ed25519_public, ed25519_public=ANA.x25519_public)),
        (PEPPER, "1", BORIS),
        (PEPPER, "1", replace(ANA, mac=b"")),
    ],
)
def test_notices_a_swapped_public_key(pepper, person, keys):
    with pytest.raises(KeyChanged):
        check_public(pepper, person, keys.x25519_public, keys.ed25519_public, keys.mac)


def test_every_failure_is_one_family():
    assert issubclass(WrongPassword, CannotOpen)
    assert issubclass(CannotOpen, CryptoError)
    assert issubclass(KeyChanged, CryptoError)
