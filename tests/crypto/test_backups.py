"""portal.crypto.backups: what only the holder of an offline key can read, in the format of age."""

import io
import os

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from pyrage import x25519

from portal.crypto.backups import (
    MAGIC,
    decrypted,
    encrypted,
    load_identities,
    make_identity,
    read_recipient,
)
from portal.crypto.errors import CannotOpen, MalformedKey

KEY, SECOND, STRANGER = (x25519.Identity.generate() for _ in range(3))
CHUNK = 64 * 1024  # bytes that age checks at a time


def locked(content: bytes, *keys) -> bytes:
    file = io.BytesIO()
    with encrypted(file, [key.to_public() for key in keys or (KEY,)]) as stream:
        stream.write(content)
    return file.getvalue()


def opened(box: bytes, key=KEY) -> bytes:
    with decrypted(io.BytesIO(box), [key]) as stream:
        return stream.read()


SMALL, LARGE = locked(b"secret"), locked(bytes(3 * CHUNK))


@given(content=st.binary(max_size=200))
@settings(deadline=None, max_examples=30)
def test_opens_what_it_locked(content):
    assert opened(locked(content)) == content


@pytest.mark.parametrize("length", [0, CHUNK - 1, CHUNK, CHUNK + 1, 5 * CHUNK])
def test_opens_what_is_longer_than_a_chunk(length):
    content = os.urandom(length)

    assert opened(locked(content)) == content


def test_shows_nothing_of_what_it_holds():
    assert SMALL.startswith(MAGIC)
    assert b"secret" not in SMALL


def test_opens_for_each_of_two_recipients_and_for_nobody_else():
    box = locked(b"secret", KEY, SECOND)

    assert opened(box, KEY) == opened(box, SECOND) == b"secret"
    with pytest.raises(CannotOpen):
        opened(box, STRANGER)


@given(bit=st.integers(0, len(SMALL) * 8 - 1))
@settings(deadline=None, max_examples=100)
def test_stays_closed_when_one_bit_is_changed(bit):
    changed = bytearray(SMALL)
    changed[bit // 8] ^= 1 << bit % 8

    with pytest.raises(CannotOpen):
        opened(bytes(changed))


@given(length=st.integers(0, len(LARGE) - 1))
@settings(deadline=None, max_examples=50)
def test_what_was_cut_off_is_told_at_any_place(length):
    with pytest.raises(CannotOpen):
        opened(LARGE[:length])


def test_what_follows_is_told():
    with pytest.raises(CannotOpen):
        opened(SMALL + b"x")


def test_an_error_of_who_writes_or_reads_comes_through():
    with pytest.raises(ZeroDivisionError), encrypted(io.BytesIO(), [KEY.to_public()]):
        raise ZeroDivisionError
    with pytest.raises(ZeroDivisionError), decrypted(io.BytesIO(locked(bytes(5 * CHUNK))), [KEY]) as stream:
        stream.read(10)
        raise ZeroDivisionError


def test_a_full_disk_is_told_as_such():
    with (
        pytest.raises(OSError, match="No space left"),
        open("/dev/full", "wb", buffering=0) as full,  # noqa: PTH123
        encrypted(full, [KEY.to_public()]) as stream,
    ):
        stream.write(bytes(5 * CHUNK))


def test_a_key_is_made_once_and_read_by_its_owner_alone(tmp_path):
    path = tmp_path / "key"

    recipient = make_identity(path, "opens backups")

    assert path.stat().st_mode & 0o777 == 0o600
    [identity] = load_identities(path)
    assert opened(locked(b"secret", identity), identity) == b"secret"
    assert str(read_recipient(recipient)) == str(identity.to_public()) == recipient
    with pytest.raises(FileExistsError):
        make_identity(path, "another")


@pytest.mark.parametrize(
    "text",
    ["", "age1", "AGE-SECRET-KEY-1QQ", pytest.param(str(KEY), id="the secret half"), "\x00", "ключ"],
)
def test_refuses_what_is_no_recipient(text):
    with pytest.raises(MalformedKey):
        read_recipient(text)


@pytest.mark.parametrize(
    "content", [b"", b"# nothing\n", b"age1xyz\n", b"\xff\xfe", pytest.param(SMALL, id="a backup")]
)
def test_refuses_a_file_that_is_no_key(tmp_path, content):
    path = tmp_path / "key"
    path.write_bytes(content)

    with pytest.raises(MalformedKey):
        load_identities(path)
