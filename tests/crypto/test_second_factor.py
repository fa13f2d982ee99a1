"""portal.crypto.second_factor: the codes of RFC 6238, and those for a lost phone."""

from datetime import UTC, datetime, timedelta
from urllib.parse import parse_qs, unquote, urlsplit

import pytest
from hypothesis import given
from hypothesis import strategies as st

from portal.crypto.second_factor import (
    DRIFT,
    RECOVERY_CODES,
    STEP,
    code_at,
    is_totp,
    new_recovery_codes,
    new_secret,
    provisioning_uri,
    recovery_hash,
    secret_text,
    step_at,
    step_of,
    without_blanks,
)

PEPPER = b"p" * 32
SECRETS = st.binary(min_size=20, max_size=20)
MOMENTS = st.integers(2**30, 2**32).map(lambda seconds: datetime.fromtimestamp(seconds, UTC))

# RFC 6238, appendix B, SHA-1; the last six of its eight digits.
VECTORS = [
    (59, "287082"),
    (1111111109, "081804"),
    (1111111111, "050471"),
    (1234567890, "005924"),
    (2000000000, "279037"),
    (20000000000, "353130"),
]


@pytest.mark.parametrize(("seconds", "code"), VECTORS)
def test_the_vectors_of_the_standard(seconds, code):
    secret, at = b"12345678901234567890", datetime.fromtimestamp(seconds, UTC)

    assert code_at(secret, step_at(at)) == code
    assert step_of(secret, code, at=at) == seconds // STEP


@given(SECRETS, MOMENTS, st.integers(-3, 3))
def test_takes_the_code_of_one_step_to_either_side_and_no_other(secret, at, steps):
    code = code_at(secret, step_at(at) + steps)
    others = {code_at(secret, step_at(at) + near) for near in range(-DRIFT, DRIFT + 1)}

    found = step_of(secret, code, at=at)

    assert (found is not None) == (code in others)
    if abs(steps) <= DRIFT:
        assert code_at(secret, found) == code


@given(SECRETS, MOMENTS)
def test_a_code_is_over_after_three_steps(secret, at):
    code = code_at(secret, step_at(at))
    later = at + timedelta(seconds=STEP * (DRIFT + 1))

    assert step_of(secret, code, at=later) != step_at(at)


@pytest.mark.parametrize("text", ["", "12345", "1234567", "12345a", "١٢٣٤٥٦", "-12345", "12345\n"])
def test_a_code_is_six_ascii_digits(text):
    assert not is_totp(text)


def test_blanks_and_dashes_are_no_part_of_it():
    assert without_blanks(" 123 456 ") == without_blanks("123-456") == "123456"


@given(SECRETS)
def test_the_address_carries_the_secret_to_the_application(secret):
    parts = urlsplit(provisioning_uri(secret, issuer="Портал АСП", account="ana+1@example.org"))

    assert (parts.scheme, parts.netloc, unquote(parts.path)) == (
        "otpauth",
        "totp",
        "/Портал АСП:ana+1@example.org",
    )
    assert parse_qs(parts.query) == {
        "secret": [secret_text(secret).replace(" ", "")],
        "issuer": ["Портал АСП"],
    }


def test_secrets_and_codes_are_new_each_time():
    assert len({new_secret() for _ in range(20)}) == 20
    assert len({code for _ in range(5) for code in new_recovery_codes()}) == 5 * RECOVERY_CODES


def test_a_recovery_code_is_the_accounts_own_however_it_is_typed():
    code = new_recovery_codes()[0]
    kept = recovery_hash(PEPPER, "7", code)

    assert recovery_hash(PEPPER, "7", code.lower().replace("-", " ")) == kept
    assert recovery_hash(PEPPER, "8", code) != kept
    assert recovery_hash(b"q" * 32, "7", code) != kept
