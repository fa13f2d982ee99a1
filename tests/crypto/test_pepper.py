"""portal.crypto.pepper: the file, and the keys made of it."""

import os

import pytest

from portal.crypto.errors import PepperError
from portal.crypto.files import write_once
from portal.crypto.pepper import (
    asked_egn_hash,
    egn_hash,
    keyed_hash,
    load_pepper,
    make_pepper,
    outbox_key,
    throttle_key,
)

PEPPER, OTHER = b"p" * 32, b"q" * 32


@pytest.fixture
def path(tmp_path):
    return tmp_path / "pepper"


def test_makes_a_file_for_its_owner_only(path):
    make_pepper(path)

    assert path.stat().st_mode & 0o777 == 0o600
    assert load_pepper(path) == path.read_bytes()
    assert len(path.read_bytes()) == 32


def test_leaves_nothing_beside_it(path):
    make_pepper(path)

    assert list(path.parent.iterdir()) == [path]


def test_makes_another_one_each_time(tmp_path):
    make_pepper(tmp_path / "one")
    make_pepper(tmp_path / "two")

    assert load_pepper(tmp_path / "one") != load_pepper(tmp_path / "two")


def test_never_overwrites(path):
    make_pepper(path)
    kept = path.read_bytes()

    with pytest.raises(PepperError, match="already"):
        make_pepper(path)
    assert path.read_bytes() == kept
    assert list(path.parent.iterdir()) == [path]


def test_never_follows_a_link_that_leads_nowhere(path, tmp_path):
    path.symlink_to(tmp_path / "elsewhere")

    with pytest.raises(PepperError):
        make_pepper(path)
    assert not (tmp_path / "elsewhere").exists()


def test_says_where_it_could_not_write(tmp_path):
    with pytest.raises(PepperError, match="cannot be written"):
        make_pepper(tmp_path / "missing" / "pepper")


@pytest.mark.parametrize("content", [b"", b"p" * 31, b"p" * 33, PEPPER.hex().encode()])
def test_refuses_a_file_of_another_size(path, content):
    write_once(path, content)

    with pytest.raises(PepperError, match="32 bytes"):
        load_pepper(path)


@pytest.mark.parametrize("mode", [0o640, 0o604, 0o620, 0o601, 0o666])
def test_refuses_a_file_that_others_can_use(path, mode):
    make_pepper(path)
    path.chmod(mode)

    with pytest.raises(PepperError, match="chmod 600"):
        load_pepper(path)


@pytest.mark.parametrize("make", [os.mkdir, os.mkfifo, lambda path: None])
def test_refuses_what_is_no_file(path, make):
    make(path)

    with pytest.raises(PepperError):
        load_pepper(path)


def test_each_purpose_has_its_own_key():
    keys = {outbox_key(PEPPER), throttle_key(PEPPER), outbox_key(OTHER), throttle_key(OTHER), PEPPER, OTHER}

    assert len(keys) == 6
    assert {len(key) for key in keys} == {32}


def test_a_hash_tells_nothing_without_the_key():
    assert keyed_hash(PEPPER, "10.0.0.1") == keyed_hash(PEPPER, "10.0.0.1")
    assert keyed_hash(PEPPER, "10.0.0.1") not in (
        keyed_hash(OTHER, "10.0.0.1"),
        keyed_hash(PEPPER, "10.0.0.2"),
    )


def test_recognises_an_egn_by_its_hash():
    assert egn_hash(PEPPER, "7", "7501020018") == egn_hash(PEPPER, "7", "7501020018")
    assert egn_hash(PEPPER, "7", "7501020018") not in (
        egn_hash(OTHER, "7", "7501020018"),
        egn_hash(PEPPER, "7", "7501020028"),
    )


def test_an_egn_is_of_one_account_only():
    hashes = {egn_hash(PEPPER, person, "7501020018") for person in ("7", "8", "77", "")}

    assert len(hashes) == 4


def test_an_egn_that_was_asked_for_is_not_yet_the_accounts():
    assert asked_egn_hash(PEPPER, "7", "7501020018") != egn_hash(PEPPER, "7", "7501020018")


def test_a_lnch_is_not_the_egn_of_the_same_digits():
    assert egn_hash(PEPPER, "7", "PI:BG-7501020018") != egn_hash(PEPPER, "7", "7501020018")


@pytest.mark.parametrize(
    "text",
    [
        "",
        "PI:BG-",
        "PI:BG-750102001",
        "PI:RO-7501020018",
        "750102001",
        "75010200189",
        "750102001 ",
        "٧٥٠١٠٢٠٠١٨",
        "7501020018\n",
    ],
)
def test_takes_an_egn_in_ascii_digits_only(text):
    with pytest.raises(ValueError):
        egn_hash(PEPPER, "7", text)
    with pytest.raises(ValueError):
        asked_egn_hash(PEPPER, "7", text)
