"""portal.crypto.tokens: the tokens of a login, and what hangs on them."""

import hashlib

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from portal.crypto.errors import CannotOpen, MalformedToken
from portal.crypto.tokens import (
    csrf_secret,
    is_masked,
    mask,
    new_token,
    token_digest,
    unmask,
    unwrap_for_session,
    wrap_for_session,
)

TOKEN, OTHER = new_token(), new_token()
DIGEST = token_digest(TOKEN)
PRIVATE = b"x" * 32
WRAPPED = wrap_for_session(TOKEN, PRIVATE, DIGEST)
SECRETS = st.binary(min_size=16, max_size=16)
MALFORMED = ["", "a" * 42, "a" * 44, "a" * 42 + "=", "a" * 42 + "\n", "ж" * 43, "a" * 42 + "/", "٣" * 43]


def test_a_token_has_256_bits_and_fits_an_address():
    tokens = {new_token() for _ in range(50)}

    assert len(tokens) == 50
    assert all(len(token) == 43 and token.replace("-", "a").replace("_", "a").isalnum() for token in tokens)


def test_keeps_the_digest_of_the_text():
    assert hashlib.sha256(TOKEN.encode()).digest() == DIGEST


@pytest.mark.parametrize("text", MALFORMED)
def test_takes_nothing_else_for_a_token(text):
    with pytest.raises(MalformedToken):
        token_digest(text)
    with pytest.raises(MalformedToken):
        csrf_secret(text)
    with pytest.raises(MalformedToken):
        wrap_for_session(text, PRIVATE, DIGEST)


@given(private=st.binary(max_size=64))
@settings(deadline=None)
def test_a_session_opens_what_it_keeps(private):
    wrapped = wrap_for_session(TOKEN, private, DIGEST)

    assert unwrap_for_session(TOKEN, wrapped, DIGEST) == private


def test_a_session_stays_closed_to_another_cookie():
    with pytest.raises(CannotOpen):
        unwrap_for_session(OTHER, WRAPPED, DIGEST)


def test_a_session_stays_closed_in_another_row():
    with pytest.raises(CannotOpen):
        unwrap_for_session(TOKEN, WRAPPED, token_digest(OTHER))


def test_the_row_alone_does_not_open_the_session():
    as_if_a_token = DIGEST.hex()[:43]

    with pytest.raises(CannotOpen):
        unwrap_for_session(as_if_a_token, WRAPPED, DIGEST)


@given(bit=st.integers(0, len(WRAPPED) * 8 - 1))
@settings(deadline=None)
def test_a_session_stays_closed_when_one_bit_is_changed(bit):
    changed = bytearray(WRAPPED)
    changed[bit // 8] ^= 1 << bit % 8

    with pytest.raises(CannotOpen):
        unwrap_for_session(TOKEN, bytes(changed), DIGEST)


def test_the_secret_of_forms_lives_as_long_as_the_login():
    assert csrf_secret(TOKEN) == csrf_secret(TOKEN)
    assert csrf_secret(TOKEN) not in (csrf_secret(OTHER), DIGEST, TOKEN.encode())


@given(secret=SECRETS)
@settings(deadline=None)
def test_unmasks_what_it_masked(secret):
    assert unmask(mask(secret)) == secret
    assert is_masked(secret, mask(secret))


def test_masks_anew_each_time():
    secret = csrf_secret(TOKEN)
    first, second = mask(secret), mask(secret)

    assert sum(a == b for a, b in zip(first, second, strict=True)) < 15


@given(secret=SECRETS, place=st.integers(0, 42))
@settings(deadline=None)
def test_a_changed_mask_is_of_another_secret(secret, place):
    text = list(mask(secret))
    text[place] = "A" if text[place] != "A" else "Q"

    assert not is_masked(secret, "".join(text))


@pytest.mark.parametrize(
    "text", ["", "a" * 42, "a" * 44, "a" * 42 + "=", "ж" * 43, "a" * 42 + "\n", "a" * 86, "a" * 4000]
)
def test_unmasks_nothing_else(text):
    assert unmask(text) is None
    assert not is_masked(b"\0" * 16, text)


@given(text=st.text(max_size=100))
@settings(deadline=None)
def test_never_stumbles_over_what_a_form_sends(text):
    assert not is_masked(csrf_secret(TOKEN), text)


@pytest.mark.parametrize("secret", [b"", b"short", bytes(17), bytes(32)])
def test_masks_whole_secrets_only(secret):
    with pytest.raises(ValueError):
        mask(secret)
