"""portal.crypto.site_key: how the local signing service (BISS) knows the site."""

import os
import subprocess
from datetime import UTC, datetime
from hashlib import sha256

import pytest
from cryptography.hazmat.primitives.serialization import (
    BestAvailableEncryption,
    Encoding,
    NoEncryption,
    PrivateFormat,
    PublicFormat,
)
from hypothesis import given
from hypothesis import strategies as st

from portal.crypto.errors import SiteKeyError
from portal.crypto.site_key import load_key, site_key
from tests.crypto.qualified.authority import Authority, ec_key, rsa_key

# RFC 8017, 9.2: what stands before a SHA-256 digest in PKCS#1 v1.5.
SHA256_INFO = bytes.fromhex("3031300d060960864801650304020105000420")


@pytest.fixture(scope="module")
def authority():
    return Authority(datetime(2021, 1, 26, tzinfo=UTC))


@pytest.fixture(scope="module")
def site(authority):
    return authority.site


@pytest.fixture(scope="module")
def loaded(site, tmp_path_factory):
    folder = tmp_path_factory.mktemp("site")
    return site_key(load_key(secret(folder / "key", site.key_pem)), secret(folder / "cert", site.pem))


def secret(path, content):
    path.touch(mode=0o600)
    path.write_bytes(content)
    return path


def opened(signature: bytes, key) -> bytes:
    """What an RSA signature holds, by arithmetic alone."""
    numbers = key.public_key().public_numbers()
    return pow(int.from_bytes(signature), numbers.e, numbers.n).to_bytes(key.key_size // 8)


@given(st.binary(max_size=2000))
def test_signs_what_was_hashed_twice(loaded, site, content):
    info = SHA256_INFO + sha256(sha256(content).digest()).digest()
    padded = b"\x00\x01" + b"\xff" * (256 - 3 - len(info)) + b"\x00" + info

    assert opened(loaded.sign(content), site.key) == padded


def test_openssl_finds_the_same(loaded, site, tmp_path):
    public = site.key.public_key().public_bytes(Encoding.PEM, PublicFormat.SubjectPublicKeyInfo)
    files = {
        "public": public,
        "digest": sha256(b"attributes").digest(),
        "signature": loaded.sign(b"attributes"),
    }
    for file, content in files.items():
        (tmp_path / file).write_bytes(content)
    verify = ["openssl", "dgst", "-sha256", "-verify", "public", "-signature", "signature", "digest"]

    assert subprocess.run(verify, cwd=tmp_path, capture_output=True, check=True).stdout == b"Verified OK\n"


def test_shows_no_key(loaded):
    assert repr(loaded).startswith("SiteKey(certificate=")
    assert "Private" not in repr(loaded)


@pytest.mark.parametrize("encoding", [Encoding.PEM, Encoding.DER])
def test_sends_the_first_certificate_of_the_file(site, authority, tmp_path, encoding):
    content = site.certificate.public_bytes(encoding)
    if encoding is Encoding.PEM:
        content += authority.issuing.pem
    found = site_key(site.key, secret(tmp_path / "cert", content))

    assert found.certificate == site.der


@pytest.mark.parametrize("mode", [0o640, 0o604, 0o620, 0o666])
def test_refuses_a_key_that_others_can_use(site, tmp_path, mode):
    path = secret(tmp_path / "key", site.key_pem)
    path.chmod(mode)

    with pytest.raises(SiteKeyError, match="chmod 600"):
        load_key(path)


def pem_of(key, protection=None):
    return key.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, protection or NoEncryption())


@pytest.mark.parametrize(
    ("content", "said"),
    [
        (lambda: b"", "no private RSA key"),
        (lambda: b"-----BEGIN PRIVATE KEY-----\nAAAA\n-----END PRIVATE KEY-----\n", "no private RSA key"),
        (lambda: pem_of(ec_key()), "knows no other kind"),
        (lambda: pem_of(rsa_key(1024)), "2048 bits"),
        (lambda: pem_of(rsa_key(), BestAvailableEncryption(b"secret")), "without one"),
        (lambda: b"x" * 70_000, "no file with a key"),
    ],
)
def test_says_why_a_key_cannot_be_used(tmp_path, content, said):
    with pytest.raises(SiteKeyError, match=said):
        load_key(secret(tmp_path / "key", content()))


@pytest.mark.parametrize("content", [b"", b"0\x80", b"-----BEGIN CERTIFICATE-----\n", b"x" * 100])
def test_says_what_is_no_certificate(site, tmp_path, content):
    with pytest.raises(SiteKeyError, match="no certificate in PEM or DER"):
        site_key(site.key, secret(tmp_path / "cert", content))


def test_refuses_the_certificate_of_another_key(site, authority, tmp_path):
    with pytest.raises(SiteKeyError, match="of another key"):
        site_key(site.key, secret(tmp_path / "cert", authority.issuing.pem + site.pem))


@pytest.mark.parametrize("make", [os.mkdir, os.mkfifo, lambda path: None])
def test_refuses_what_is_no_file(tmp_path, make):
    make(tmp_path / "key")

    with pytest.raises(SiteKeyError):
        load_key(tmp_path / "key")
