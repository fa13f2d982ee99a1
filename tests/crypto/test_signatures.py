"""portal.crypto.signatures: signing a declaration, and checking it."""

import pytest
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey, Ed25519PublicKey
from hypothesis import given, settings
from hypothesis import strategies as st

from portal.crypto.signatures import sign, verify

KEY = Ed25519PrivateKey.from_private_bytes(b"k" * 32)
PRIVATE, PUBLIC = KEY.private_bytes_raw(), KEY.public_key().public_bytes_raw()
OTHER = Ed25519PrivateKey.from_private_bytes(b"l" * 32).public_key().public_bytes_raw()
MESSAGE = '{"месец":"2020-12"}'.encode()


@given(message=st.binary(max_size=2000))
@settings(deadline=None)
def test_verifies_what_was_signed(message):
    assert verify(PUBLIC, message, sign(PRIVATE, message))


@given(bit=st.integers(0, len(MESSAGE) * 8 - 1))
@settings(deadline=None)
def test_a_changed_declaration_does_not_verify(bit):
    changed = bytearray(MESSAGE)
    changed[bit // 8] ^= 1 << bit % 8

    assert not verify(PUBLIC, bytes(changed), sign(PRIVATE, MESSAGE))


@given(bit=st.integers(0, 64 * 8 - 1))
@settings(deadline=None)
def test_a_changed_signature_does_not_verify(bit):
    changed = bytearray(sign(PRIVATE, MESSAGE))
    changed[bit // 8] ^= 1 << bit % 8

    assert not verify(PUBLIC, MESSAGE, bytes(changed))


def test_the_signature_of_another_person_does_not_verify():
    assert not verify(OTHER, MESSAGE, sign(PRIVATE, MESSAGE))


def test_signs_for_declarations_only():
    prefix = len(b"portal declaration v1").to_bytes(4, "big") + b"portal declaration v1"

    assert not verify(PUBLIC, MESSAGE, KEY.sign(MESSAGE))
    Ed25519PublicKey.from_public_bytes(PUBLIC).verify(sign(PRIVATE, MESSAGE), prefix + MESSAGE)


@given(public=st.binary(max_size=40), signature=st.binary(max_size=80))
@settings(deadline=None)
def test_answers_no_to_anything_malformed(public, signature):
    assert verify(public, MESSAGE, signature) is False
    assert verify(PUBLIC, MESSAGE, signature) is False


@pytest.mark.parametrize(
    ("public", "message", "signature"),
    [(None, MESSAGE, b""), (PUBLIC, None, b"s" * 64), (PUBLIC, MESSAGE, None), ("public", MESSAGE, b"")],
)
def test_answers_no_to_what_is_not_bytes(public, message, signature):
    assert verify(public, message, signature) is False
