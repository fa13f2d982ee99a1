"""The site's own signature over what it asks the local service (BISS) to sign, by which the service knows the
site.

Public clients of BISS all send it, in ``signedContents`` and ``signedContentsCert``: docs/decisions/0014.
"""

import os
import stat
from dataclasses import dataclass, field
from hashlib import sha256
from pathlib import Path

from cryptography import x509
from cryptography.exceptions import UnsupportedAlgorithm
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric.padding import PKCS1v15
from cryptography.hazmat.primitives.asymmetric.rsa import RSAPrivateKey
from cryptography.hazmat.primitives.serialization import Encoding, load_pem_private_key

from portal.crypto.errors import SiteKeyError

FEWEST_BITS = 2048
MOST_BYTES = 64 * 1024  # of a file with a key, or with a certificate and those of its issuers
NOT_A_KEY = "is no private RSA key in PEM"
NOT_A_CERTIFICATE = "is no certificate in PEM or DER"
_UNREADABLE = (ValueError, TypeError, UnsupportedAlgorithm)


@dataclass(frozen=True)
class SiteKey:
    """``certificate`` is DER, and of this key."""

    certificate: bytes
    _key: RSAPrivateKey = field(repr=False)

    def sign(self, content: bytes) -> bytes:
        """RSA, PKCS#1 v1.5 with SHA-256, over SHA-256 of the content: hashed twice, as the service checks."""
        return self._key.sign(sha256(content).digest(), PKCS1v15(), hashes.SHA256())


def load_key(path: Path) -> RSAPrivateKey:
    """The key; SiteKeyError unless it is RSA, in PEM without a password, and only its owner can read it."""
    content, mode = _read(path)
    if mode & 0o077:
        raise SiteKeyError(f"{path} can be read by others. Run: chmod 600 {path}.")
    try:
        key = load_pem_private_key(content, None)
    except TypeError:
        raise SiteKeyError(f"{path} is locked with a password: store the key without one.") from None
    except _UNREADABLE:
        raise SiteKeyError(f"{path} {NOT_A_KEY}.") from None
    if not isinstance(key, RSAPrivateKey):
        raise SiteKeyError(f"{path} {NOT_A_KEY}: the local service knows no other kind.")
    if key.key_size < FEWEST_BITS:
        raise SiteKeyError(f"{path} is too short a key: it must have {FEWEST_BITS} bits.")
    return key


def site_key(key: RSAPrivateKey, path: Path) -> SiteKey:
    """With the certificate in the file ``path``, the first of it; SiteKeyError unless it is this key's."""
    content, _ = _read(path)
    try:
        is_pem = b"-----BEGIN" in content
        found = (
            x509.load_pem_x509_certificates(content)[0] if is_pem else x509.load_der_x509_certificate(content)
        )
        is_theirs = found.public_key() == key.public_key()
    except _UNREADABLE:
        raise SiteKeyError(f"{path} {NOT_A_CERTIFICATE}.") from None
    if not is_theirs:
        raise SiteKeyError(f"{path} is the certificate of another key. The site's own must come first in it.")
    return SiteKey(found.public_bytes(Encoding.DER), key)


def _read(path: Path) -> tuple[bytes, int]:
    """The content, and who may read it (mode)."""
    try:
        with os.fdopen(os.open(path, os.O_RDONLY | os.O_CLOEXEC | os.O_NONBLOCK), "rb") as file:
            found = os.fstat(file.fileno())
            if not stat.S_ISREG(found.st_mode) or found.st_size > MOST_BYTES:
                raise SiteKeyError(f"{path} is no file with a key or a certificate.")
            return file.read(), stat.S_IMODE(found.st_mode)
    except OSError as error:
        raise SiteKeyError(f"{path} cannot be read: {error.strerror}.") from error
