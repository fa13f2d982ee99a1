"""portal.crypto.passwords: what a password becomes."""

import hashlib
import hmac
from dataclasses import replace

import pytest
from cryptography.hazmat.primitives.kdf.argon2 import Argon2id

from portal.crypto import passwords
from portal.crypto.errors import WeakParameters
from portal.crypto.passwords import (
    CURRENT,
    MAXIMUM,
    MINIMUM,
    KdfParams,
    derive_root,
    is_login,
    login_tag,
    needs_raise,
    new_salt,
    unlock_key,
)

SALT = bytes(range(16))
PEPPER = b"p" * 32
ROOT = b"r" * 32


@pytest.fixture(autouse=True)
def every_password_is_stretched(monkeypatch):
    """As in service, where nothing remembers one."""
    monkeypatch.setattr(passwords, "Argon2id", Argon2id)


def hkdf(secret: bytes, info: bytes) -> bytes:
    """RFC 5869 for one block, written out."""
    extracted = hmac.digest(b"\0" * 32, secret, "sha256")
    return hmac.digest(extracted, info + b"\x01", "sha256")


def test_todays_cost_is_the_one_the_design_names():
    assert KdfParams(memory_kib=65536, iterations=3, lanes=1) == CURRENT


def test_gives_the_root_that_stored_accounts_were_made_with():
    root = derive_root("Парола за проба 1", SALT, CURRENT)

    assert root.hex() == "73efece7cbd36cdeb81a4deda928e4041ba792ba930e1a13f8490a02e44ca5be"


def test_takes_a_letter_alike_however_the_keyboard_sends_it():
    composed, decomposed = "чай", "чаи\u0306"

    assert derive_root(composed, SALT, MINIMUM) == derive_root(decomposed, SALT, MINIMUM)


@pytest.mark.parametrize("other", ["парола", "Парола ", ""])
def test_gives_another_root_for_another_password(other):
    assert derive_root(other, SALT, MINIMUM) != derive_root("Парола", SALT, MINIMUM)


def test_gives_another_root_for_another_salt():
    assert derive_root("Парола", new_salt(), MINIMUM) != derive_root("Парола", new_salt(), MINIMUM)


def test_takes_what_is_no_text_as_a_wrong_password():
    assert len(derive_root("\ud800", SALT, MINIMUM)) == 32


@pytest.mark.parametrize("field", ["memory_kib", "iterations", "lanes"])
@pytest.mark.parametrize(("bound", "step"), [(MINIMUM, -1), (MAXIMUM, 1)])
def test_never_follows_stored_parameters_outside_the_bounds(field, bound, step):
    changed = replace(bound, **{field: getattr(bound, field) + step})

    with pytest.raises(WeakParameters):
        derive_root("Парола", SALT, changed)


@pytest.mark.parametrize("salt", [b"", b"short", bytes(17)])
def test_refuses_a_salt_of_another_length(salt):
    with pytest.raises(WeakParameters):
        derive_root("Парола", salt, MINIMUM)


@pytest.mark.parametrize(
    ("params", "behind"),
    [
        (CURRENT, False),
        (MAXIMUM, False),
        (MINIMUM, True),
        (replace(CURRENT, iterations=2), True),
        (replace(CURRENT, memory_kib=CURRENT.memory_kib - 1), True),
    ],
)
def test_raises_what_is_behind_today(params, behind):
    assert needs_raise(params) is behind


def test_keeps_of_the_login_only_a_tag_by_the_pepper():
    verifier = hkdf(ROOT, b"portal login")

    assert login_tag(PEPPER, ROOT) == hmac.digest(PEPPER, verifier, "sha256")


def test_knows_the_login_again():
    assert is_login(PEPPER, ROOT, login_tag(PEPPER, ROOT))


@pytest.mark.parametrize("tag", [b"", b"\0" * 32, login_tag(b"q" * 32, ROOT), login_tag(PEPPER, b"s" * 32)])
def test_knows_no_other_login(tag):
    assert not is_login(PEPPER, ROOT, tag)


def test_makes_the_unlocking_key_of_root_and_pepper():
    assert unlock_key(PEPPER, ROOT) == hkdf(ROOT + PEPPER, b"portal unlock")


def test_what_the_database_keeps_is_not_the_key():
    kept = login_tag(PEPPER, ROOT)

    assert unlock_key(PEPPER, ROOT) not in (kept, hashlib.sha256(kept).digest())
