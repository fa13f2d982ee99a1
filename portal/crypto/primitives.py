"""The few building blocks that the other modules share: joining, deriving, sealing."""

import hmac
import os

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from cryptography.hazmat.primitives.kdf.hkdf import HKDF

from portal.crypto.errors import CannotOpen

KEY_BYTES = 32
NONCE_BYTES = 12
TAG_BYTES = 16
VERSION = b"\x01"


def joined(*parts: bytes) -> bytes:
    """Each part after its length, so that no two lists of parts give the same bytes."""
    return b"".join(len(part).to_bytes(4, "big") + part for part in parts)


def derived(secret: bytes, purpose: str) -> bytes:
    """A key of 32 bytes for one purpose. ``secret`` is already random or stretched, so HKDF needs no salt."""
    info = b"portal " + purpose.encode()
    return HKDF(algorithm=hashes.SHA256(), length=KEY_BYTES, salt=None, info=info).derive(secret)


def keyed(key: bytes, message: bytes) -> bytes:
    """HMAC-SHA-256."""
    return hmac.digest(key, message, "sha256")


def sealed(key: bytes, plaintext: bytes, context: bytes) -> bytes:
    """Version, nonce and AES-256-GCM; opens only with the same key and ``context``."""
    nonce = os.urandom(NONCE_BYTES)
    return VERSION + nonce + AESGCM(key).encrypt(nonce, plaintext, VERSION + context)


def opened(key: bytes, box: bytes, context: bytes) -> bytes:
    """The plaintext of ``sealed``, or CannotOpen."""
    start = len(VERSION) + NONCE_BYTES
    if not box.startswith(VERSION) or len(box) < start + TAG_BYTES:
        raise CannotOpen("not sealed by this version")
    try:
        return AESGCM(key).decrypt(box[len(VERSION) : start], box[start:], VERSION + context)
    except InvalidTag:
        raise CannotOpen("wrong key, wrong place, or changed") from None
